use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use channel_api::Registration;

use super::finding::Finding;
use super::panics::{unless_it_panics, words};
use super::{Applies, CASES, Case, CaseContext, CaseReport, Fixture, Layers, Outcome, RegisteredFixture, Report};

/// How long one case may take. Far more than any needs: an adapter that loops is to be told from one that is slow.
const LONGEST_CASE: Duration = Duration::from_mins(1);

/// The case that stands for the fixture itself.
const BRINGS_A_FIXTURE: &str = "registration.brings_a_fixture";

/// An adapter to be measured.
#[derive(Clone)]
pub struct Subject {
    registration: Registration,
    fixtures: Vec<Arc<dyn Fixture>>,
    layers: Layers,
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject").field("registration", &self.registration).finish_non_exhaustive()
    }
}

impl Subject {
    /// The adapter of a registration, with the fixture that is [registered](crate::register_fixture) for its channel type.
    pub fn new(registration: Registration) -> Self {
        Self { registration, fixtures: RegisteredFixture::all_of(registration.id), layers: |channel| channel }
    }

    /// Measures the adapter with this fixture, whatever is registered; with none, the suite says that one is missing.
    #[must_use]
    pub fn with_fixture(mut self, fixture: Option<Arc<dyn Fixture>>) -> Self {
        self.fixtures = fixture.into_iter().collect();
        self
    }

    /// Measures the adapter in the layers in which a host runs it.
    #[must_use]
    pub fn within(mut self, layers: Layers) -> Self {
        self.layers = layers;
        self
    }

    /// The adapter's registration.
    pub fn registration(&self) -> &Registration {
        &self.registration
    }

    /// What the adapter brings.
    pub fn fixture(&self) -> Option<&dyn Fixture> {
        self.fixtures.first().map(|fixture| &**fixture)
    }

    fn context(&self) -> Option<CaseContext> {
        let fixture = Arc::clone(self.fixtures.first()?);
        Some(CaseContext::new(self.registration, fixture, self.layers))
    }

    /// Whether a case applies to the adapter. It asks what the adapter and its fixture hand out, and runs nothing.
    ///
    /// # Errors
    /// Why it does not: what the adapter does not hand out, or its fixture does not bring.
    pub fn applies(&self, case: &Case) -> Applies {
        match self.context() {
            // An adapter that panics here is told by the case, not by its absence.
            Some(context) => unless_it_panics(|| (case.requires)(&context)).unwrap_or(Ok(())),
            None if case.id == BRINGS_A_FIXTURE => Ok(()),
            None => Err("the adapter brings no fixture"),
        }
    }

    /// Runs every case, one after the other.
    pub fn run(&self) -> Report {
        Report { cases: CASES.iter().map(|case| self.run_case(case)).collect() }
    }

    /// Runs one case, on a thread and an executor of its own: a panic or an endless loop is a finding.
    pub fn run_case(&self, case: &'static Case) -> CaseReport {
        let start = Instant::now();
        let outcome = match &self.fixtures[..] {
            [] if case.id == BRINGS_A_FIXTURE => not_one("none"),
            [_, _, ..] if case.id == BRINGS_A_FIXTURE => not_one("several"),
            _ => match (self.applies(case), self.context()) {
                (Err(reason), _) => Outcome::Skipped(reason.to_owned()),
                (Ok(()), Some(context)) => apart(case, context),
                (Ok(()), None) => not_one("none"),
            },
        };
        CaseReport::new(case, self.registration.id, outcome, start.elapsed())
    }
}

fn not_one(got: &str) -> Outcome {
    Outcome::Failed(vec![Finding::new("the channel type", "one fixture: write register_fixture!(…) beside it", got)])
}

fn apart(case: &'static Case, context: CaseContext) -> Outcome {
    let (done, wait) = mpsc::channel();
    let run = move || {
        let outcome = catch_unwind(AssertUnwindSafe(|| here(case, &context)))
            .unwrap_or_else(|panic| Outcome::Failed(vec![panicked(case, &*panic)]));
        // Nobody listens any more when the time was up.
        drop(done.send(outcome));
    };
    match thread::Builder::new().name(case.id.to_owned()).spawn(run) {
        Ok(_) => wait.recv_timeout(LONGEST_CASE).unwrap_or_else(|_| {
            let expected = format!("an end within {} s", LONGEST_CASE.as_secs());
            Outcome::Failed(vec![Finding::new("the adapter", expected, "none: it loops, or waits for ever")])
        }),
        Err(error) => Outcome::Failed(vec![Finding::this_machine(&error)]),
    }
}

fn here(case: &'static Case, context: &CaseContext) -> Outcome {
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => {
            let logs = context.logs().clone();
            tracing::subscriber::with_default(logs, || runtime.block_on((case.run)(context)))
        }
        Err(error) => Outcome::Failed(vec![Finding::this_machine(&error)]),
    }
}

fn panicked(case: &Case, panic: &(dyn Any + Send)) -> Finding {
    Finding::new(case.id, "no panic", format!("a panic: {}", words(panic)))
}
