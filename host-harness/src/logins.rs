//! Sign-ins that have begun: an operator is at the provider's page and will come back with a code.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use channel_api::login::LoginApp;

/// How long an operator may take at the provider's page.
pub(crate) const LOGIN_TTL: Duration = Duration::from_mins(10);
/// How many sign-ins may wait at once.
pub(crate) const MAX_PENDING_LOGINS: usize = 1000;

/// The sign-ins that wait for their operator, by state. In memory: after a restart an operator begins again.
#[derive(Default)]
pub(crate) struct Logins {
    waiting: Mutex<HashMap<String, Login>>,
}

/// A sign-in that has begun.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    /// The channel type as registered.
    pub(crate) channel_type: &'static str,
    /// The app, with the secret that the code is traded with.
    pub(crate) app: LoginApp,
    until: Instant,
}

impl Login {
    pub(crate) fn new(channel_type: &'static str, app: LoginApp, now: Instant) -> Self {
        Self { channel_type, app, until: now + LOGIN_TTL }
    }
}

impl fmt::Debug for Logins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A state is the right to finish a sign-in.
        f.debug_struct("Logins").field("waiting", &self.lock().len()).finish()
    }
}

impl Logins {
    /// Remembers a sign-in. `false` when too many wait.
    pub(crate) fn begin(&self, state: String, login: Login, now: Instant) -> bool {
        let mut waiting = self.lock();
        if waiting.len() >= MAX_PENDING_LOGINS {
            waiting.retain(|_, login| login.until > now);
        }
        let room = waiting.len() < MAX_PENDING_LOGINS;
        if room {
            waiting.insert(state, login);
        }
        room
    }

    /// The sign-in of this state, once: a second who brings it finds nothing.
    pub(crate) fn finish(&self, state: &str, channel_type: &str, now: Instant) -> Option<Login> {
        let mut waiting = self.lock();
        waiting.get(state).filter(|login| login.channel_type == channel_type)?;
        waiting.remove(state).filter(|login| login.until > now)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Login>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What nobody can guess: 32 random bytes in hexadecimal digits.
///
/// # Errors
/// When the system has no random bytes.
pub(crate) fn new_state() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use channel_api::Secret;

    use super::*;

    fn login(now: Instant) -> Login {
        let way_back = "https://linktor.example/oauth/scripted/callback";
        let app = LoginApp::new("2233445566778899", Secret::new("canary"), way_back);
        Login::new("scripted", app, now)
    }

    #[test]
    fn a_state_counts_once_and_for_its_type_only() {
        let (logins, now) = (Logins::default(), Instant::now());
        assert!(logins.begin("s".to_owned(), login(now), now));
        assert!(logins.finish("other", "scripted", now).is_none());
        assert!(logins.finish("s", "telegraph", now).is_none());
        assert!(logins.finish("s", "scripted", now).is_some());
        assert!(logins.finish("s", "scripted", now).is_none());
    }

    #[test]
    fn a_state_ends_after_ten_minutes() {
        let (logins, now) = (Logins::default(), Instant::now());
        assert!(logins.begin("early".to_owned(), login(now), now));
        assert!(logins.begin("late".to_owned(), login(now), now));
        let just_before = now + Duration::from_secs(599);
        assert!(logins.finish("early", "scripted", just_before).is_some());
        assert!(logins.finish("late", "scripted", now + LOGIN_TTL).is_none());
    }

    #[test]
    fn room_is_bounded_and_comes_back() {
        let (logins, now) = (Logins::default(), Instant::now());
        for number in 0..MAX_PENDING_LOGINS {
            assert!(logins.begin(number.to_string(), login(now), now));
        }
        assert!(!logins.begin("one more".to_owned(), login(now), now));
        assert!(logins.begin("later".to_owned(), login(now + LOGIN_TTL), now + LOGIN_TTL));
        assert!(logins.finish("later", "scripted", now + LOGIN_TTL).is_some());
    }

    #[test]
    fn nothing_is_shown_of_what_waits() {
        let (logins, now) = (Logins::default(), Instant::now());
        let state = new_state().unwrap();
        assert!(logins.begin(state.clone(), login(now), now));
        let shown = format!("{logins:?}");
        assert!(!shown.contains("canary") && !shown.contains(&state), "{shown}");
        assert!(state.len() == 64 && state.bytes().all(|byte| byte.is_ascii_hexdigit()), "{state}");
        assert_ne!(state, new_state().unwrap());
    }
}
