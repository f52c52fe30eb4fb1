//! `[linktor]` and `linktor_channel_id` of `[[channels]]`: the bus on which Linktor's core talks to its channels.

mod place;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use channel_api::{Issue, Pointer, Report, Secret};
use jiff::SignedDuration;
use reqwest::Url;
use serde::Deserialize;
use serde_json::Value;

pub use self::place::Place;
use self::place::uuid;
pub(super) use self::place::{Given, places};

/// How old an answer may be unless the configuration says otherwise.
const MAX_AGE: Duration = Duration::from_hours(24);
/// A younger answer could never arrive.
const SHORTEST: Duration = Duration::from_secs(1);
/// The core's stream keeps nothing longer.
const LONGEST: Duration = Duration::from_hours(7 * 24);
/// Whoever looks more often does nothing else.
const SHORTEST_WAIT: Duration = Duration::from_millis(100);
/// Whoever looks less often finds out too late.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// Linktor's bus.
#[derive(Clone, Debug)]
pub struct Linktor {
    /// The NATS servers of one cluster, any of which will do.
    pub servers: Vec<Url>,
    /// How the host says who it is.
    pub login: Login,
    /// Certificates that servers are checked with, in place of the system's: PEM.
    pub tls_ca_file: Option<PathBuf>,
    /// The host's own certificate and its key: PEM.
    pub tls_client: Option<(PathBuf, PathBuf)>,
    /// An older answer is not sent any more.
    pub max_age: Duration,
    /// How it finds out what the core did not take.
    pub watch: Watch,
    /// Whether the address of a picture stands in the message's words, too: Linktor's dashboard shows nothing else.
    pub media_in_content: bool,
}

/// How the host finds out what the core did not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    /// How often it looks.
    pub look_every: Duration,
    /// After how long a message that was handed out and not acknowledged counts as given up.
    pub given_up_after: Duration,
    /// How often a channel that has stopped publishing tries whether the core takes something again.
    pub probe_every: Duration,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            look_every: Duration::from_mins(1),
            given_up_after: Duration::from_mins(3),
            probe_every: Duration::from_mins(1),
        }
    }
}

/// How the host says who it is.
#[derive(Clone)]
pub enum Login {
    /// It does not.
    Nobody,
    /// A name and a password.
    User(String, Secret),
    /// A token.
    Token(Secret),
    /// What a `.creds` file holds: a JWT and the seed of its key.
    Credentials(Secret),
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nobody => "Nobody",
            Self::User(..) => "User(…)",
            Self::Token(_) => "Token(…)",
            Self::Credentials(_) => "Credentials(…)",
        })
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Section {
    nats: Value,
    tenant_id: Option<String>,
    credentials: Option<Secret>,
    credentials_file: Option<PathBuf>,
    user: Option<String>,
    password: Option<Secret>,
    token: Option<Secret>,
    tls_ca_file: Option<PathBuf>,
    tls_cert_file: Option<PathBuf>,
    tls_key_file: Option<PathBuf>,
    max_age: Option<String>,
    look_every: Option<String>,
    given_up_after: Option<String>,
    probe_every: Option<String>,
    media_in_content: Option<bool>,
}

impl Section {
    /// The bus, and the tenant of all channels that name none.
    pub(super) fn linktor(
        &self,
        directory: &Path,
        at: &Pointer<'_>,
        report: &mut Report,
    ) -> (Option<Linktor>, Option<String>) {
        let servers = servers(&self.nats, &at.key("nats"), report);
        let tenant = self.tenant_id.as_deref().and_then(|given| uuid(given, &at.key("tenant_id"), TENANT, report));
        let login = self.login(directory, at, report);
        let tls_ca_file = readable(self.tls_ca_file.as_deref(), directory, &at.key("tls_ca_file"), report);
        let certificate = readable(self.tls_cert_file.as_deref(), directory, &at.key("tls_cert_file"), report);
        let key = readable(self.tls_key_file.as_deref(), directory, &at.key("tls_key_file"), report);
        for (given, other, missing) in [
            (&self.tls_cert_file, &self.tls_key_file, "tls_key_file"),
            (&self.tls_key_file, &self.tls_cert_file, "tls_cert_file"),
        ] {
            if given.is_some() && other.is_none() {
                let message = "must stand beside the other of tls_cert_file and tls_key_file";
                report.refuse(Issue::new(&at.key(missing), "required", message));
            }
        }
        let max_age = max_age(self.max_age.as_deref(), &at.key("max_age"), report);
        let linktor = Linktor {
            servers,
            login,
            tls_ca_file,
            tls_client: certificate.zip(key),
            max_age,
            watch: self.watch(at, report),
            media_in_content: self.media_in_content.unwrap_or(true),
        };
        (Some(linktor), tenant)
    }

    fn watch(&self, at: &Pointer<'_>, report: &mut Report) -> Watch {
        let usual = Watch::default();
        let mut wait = |name: &str, given: &Option<String>, usual| wait(given.as_deref(), usual, &at.key(name), report);
        Watch {
            look_every: wait("look_every", &self.look_every, usual.look_every),
            given_up_after: wait("given_up_after", &self.given_up_after, usual.given_up_after),
            probe_every: wait("probe_every", &self.probe_every, usual.probe_every),
        }
    }

    fn login(&self, directory: &Path, at: &Pointer<'_>, report: &mut Report) -> Login {
        let ways = [
            ("credentials", self.credentials.is_some()),
            ("credentials_file", self.credentials_file.is_some()),
            ("user", self.user.is_some()),
            ("token", self.token.is_some()),
        ];
        let mut given = ways.into_iter().filter(|(_, given)| *given).map(|(name, _)| name);
        let first = given.next();
        if let (Some(first), Some(second)) = (first, given.next()) {
            let message = format!("stands beside {first}: the server is told one of the two");
            report.refuse(Issue::new(&at.key(second), "conflict", message).with_hint("leave one out"));
        }
        if self.password.is_some() != self.user.is_some() {
            let missing = if self.user.is_some() { "password" } else { "user" };
            let issue = Issue::new(&at.key(missing), "required", "must stand beside the other of user and password");
            report.refuse(issue);
        }
        match first {
            Some("credentials") => credentials(self.credentials.clone(), &at.key("credentials"), report),
            Some("credentials_file") => {
                let at = at.key("credentials_file");
                let path = readable(self.credentials_file.as_deref(), directory, &at, report);
                let text = path.and_then(|path| std::fs::read_to_string(path).ok());
                text.map_or(Login::Nobody, |text| credentials(Some(text.as_str().into()), &at, report))
            }
            Some("user") => {
                let (user, password) = (self.user.clone().unwrap_or_default(), self.password.clone());
                Login::User(user, password.unwrap_or_else(|| Secret::new("")))
            }
            Some("token") => self.token.clone().map_or(Login::Nobody, Login::Token),
            _ => Login::Nobody,
        }
    }
}

/// What a tenant's id is, for whoever looks for it.
pub(super) const TENANT: &str = "the tenant's id in Linktor";

fn credentials(given: Option<Secret>, at: &Pointer<'_>, report: &mut Report) -> Login {
    let Some(given) = given else { return Login::Nobody };
    if async_nats::ConnectOptions::with_credentials(given.expose()).is_err() {
        let message = "must be what a .creds file of NATS holds: a user's JWT and the seed of its key";
        report.refuse(Issue::new(at, "credentials", message).with_hint("nsc generate creds writes one"));
    }
    Login::Credentials(given)
}

/// One address, or a list of them.
fn servers(given: &Value, at: &Pointer<'_>, report: &mut Report) -> Vec<Url> {
    let list = match given {
        Value::String(_) => vec![(None, given)],
        Value::Array(list) if !list.is_empty() => list.iter().enumerate().map(|(at, one)| (Some(at), one)).collect(),
        _ => {
            let message = "must be the address of a NATS server, such as \"nats://127.0.0.1:4222\", or a list of them";
            report.refuse(Issue::new(at, "required", message));
            return Vec::new();
        }
    };
    let read = list.into_iter().filter_map(|(index, one)| {
        let here = index.map_or_else(|| at.key(""), |index| at.index(index));
        let at = if index.is_some() { &here } else { at };
        match server(one.as_str().unwrap_or_default()) {
            Ok(url) => Some(url),
            Err(issue) => {
                report.refuse(Issue::new(at, issue.0, issue.1).with_hint(issue.2));
                None
            }
        }
    });
    read.collect()
}

/// A code, a message and a hint.
type Refusal = (&'static str, &'static str, &'static str);

fn server(given: &str) -> Result<Url, Refusal> {
    let unreadable = (
        "url",
        "must be an address such as nats://nats.example:4222, or tls:// where TLS is required",
        "write scheme, host and port, and nothing behind them",
    );
    let url = Url::parse(given).map_err(|_| unreadable)?;
    if !url.username().is_empty() || url.password().is_some() {
        let message = "must not hold a user or a password: addresses stand in logs";
        return Err(("user_info", message, "put them into user and password, or into token, of [linktor]"));
    }
    let plain = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    if !matches!(url.scheme(), "nats" | "tls") || url.host().is_none() || !plain {
        return Err(unreadable);
    }
    Ok(url)
}

fn readable(given: Option<&Path>, directory: &Path, at: &Pointer<'_>, report: &mut Report) -> Option<PathBuf> {
    let path = directory.join(given?);
    match std::fs::File::open(&path) {
        Ok(_) => Some(path),
        Err(error) => {
            let message = format!("the file {} cannot be read: {}", path.display(), error.kind());
            let hint = "check its path and that the server's user may read it";
            report.refuse(Issue::new(at, "unreadable", message).with_hint(hint));
            None
        }
    }
}

fn max_age(given: Option<&str>, at: &Pointer<'_>, report: &mut Report) -> Duration {
    let Some(given) = given else { return MAX_AGE };
    let age = given.parse().ok().and_then(|age: SignedDuration| Duration::try_from(age).ok());
    age.filter(|age| (SHORTEST..=LONGEST).contains(age)).unwrap_or_else(|| {
        let message = "must be a time from 1 second to 7 days (168h), written like \"24h\" or \"30m\"";
        let hint =
            "\"24h\" is what the host does without this setting; the core's stream keeps nothing longer than 7 days";
        report.refuse(Issue::new(at, "duration", message).with_hint(hint));
        MAX_AGE
    })
}

/// A wait of the watch over what the core takes.
fn wait(given: Option<&str>, usual: Duration, at: &Pointer<'_>, report: &mut Report) -> Duration {
    let Some(given) = given else { return usual };
    let wait = given.parse().ok().and_then(|wait: SignedDuration| Duration::try_from(wait).ok());
    wait.filter(|wait| (SHORTEST_WAIT..=LONGEST_WAIT).contains(wait)).unwrap_or_else(|| {
        let message = "must be a time from 100 milliseconds to 1 hour, written like \"1m\" or \"500ms\"";
        let hint = format!("leave it out, then it is {} seconds", usual.as_secs());
        report.refuse(Issue::new(at, "duration", message).with_hint(hint));
        usual
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(section: Value) -> Result<(Linktor, Option<String>), Vec<String>> {
        let section: Section = serde_json::from_value(section).unwrap();
        let mut report = Report::default();
        let directory = Path::new("/nowhere");
        let (linktor, tenant) = section.linktor(directory, &Pointer::ROOT.key("linktor"), &mut report);
        if report.refusals.is_empty() {
            return Ok((linktor.unwrap(), tenant));
        }
        Err(report.refusals.into_iter().map(|issue| format!("{} {}", issue.pointer, issue.code)).collect())
    }

    fn with(name: &str, value: impl Into<Value>) -> Value {
        let mut section = json!({"nats": "nats://127.0.0.1:4222"});
        section[name] = value.into();
        section
    }

    #[test]
    fn an_address_is_enough() {
        let (linktor, tenant) = read(json!({"nats": "nats://127.0.0.1:4222"})).unwrap();
        assert_eq!(linktor.servers[0].as_str(), "nats://127.0.0.1:4222");
        assert_eq!((linktor.max_age, linktor.media_in_content, tenant), (MAX_AGE, true, None));
        assert!(matches!(linktor.login, Login::Nobody));
        let (linktor, _) = read(with("nats", json!(["nats://a.example", "tls://b.example:4443"]))).unwrap();
        assert_eq!(linktor.servers.len(), 2);
        let (linktor, _) = read(with("max_age", "2h")).unwrap();
        assert_eq!(linktor.max_age, Duration::from_hours(2));
        assert_eq!(linktor.watch, Watch::default());
        let (linktor, _) = read(with("look_every", "500ms")).unwrap();
        assert_eq!(linktor.watch, Watch { look_every: Duration::from_millis(500), ..Watch::default() });
    }

    #[test]
    fn what_is_wrong_is_placed() {
        for (section, found) in [
            (json!({}), &["/linktor/nats required"][..]),
            (with("nats", json!([])), &["/linktor/nats required"]),
            (with("nats", "http://127.0.0.1:4222"), &["/linktor/nats url"]),
            (with("nats", "127.0.0.1:4222"), &["/linktor/nats url"]),
            (with("nats", "nats://me@127.0.0.1:4222"), &["/linktor/nats user_info"]),
            (with("nats", json!(["nats://a.example", "nats://me:pw@b.example"])), &["/linktor/nats/1 user_info"]),
            (with("nats", "nats://a.example/x"), &["/linktor/nats url"]),
            (with("tenant_id", "tenant"), &["/linktor/tenant_id uuid"]),
            (with("max_age", "0s"), &["/linktor/max_age duration"]),
            (with("max_age", "8d"), &["/linktor/max_age duration"]),
            (with("look_every", "99ms"), &["/linktor/look_every duration"]),
            (with("given_up_after", "61m"), &["/linktor/given_up_after duration"]),
            (with("probe_every", "soon"), &["/linktor/probe_every duration"]),
            (with("user", "me"), &["/linktor/password required"]),
            (with("password", "pw"), &["/linktor/user required"]),
            (with("credentials", "canary"), &["/linktor/credentials credentials"]),
            (with("credentials_file", "me.creds"), &["/linktor/credentials_file unreadable"]),
            (with("tls_ca_file", "ca.pem"), &["/linktor/tls_ca_file unreadable"]),
            (with("tls_key_file", "k.pem"), &["/linktor/tls_key_file unreadable", "/linktor/tls_cert_file required"]),
        ] {
            assert_eq!(read(section.clone()).unwrap_err(), found, "{section}");
        }
        let mut two = with("user", "me");
        (two["password"], two["token"]) = (json!("canary"), json!("canary"));
        assert_eq!(read(two).unwrap_err(), ["/linktor/token conflict"]);
    }

    #[test]
    fn a_login_prints_nothing_of_itself() {
        let mut section = with("user", "canary-user");
        section["password"] = json!("canary-password");
        let (linktor, _) = read(section).unwrap();
        assert!(!format!("{linktor:?}").contains("canary"));
        let (linktor, _) = read(with("token", "canary-token")).unwrap();
        assert!(!format!("{linktor:?}").contains("canary"));
    }
}
