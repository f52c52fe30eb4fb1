use std::fmt;
use std::pin::Pin;

use channel_api::spec::{CLAUSES, Clause};

use super::finding::Checked;
use super::{Applies, CaseContext, Outcome};

/// The future of a case.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// One thing that the suite looks at.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Case {
    /// Area and name: `verify.changed_bytes`.
    pub id: &'static str,
    /// The id of the clause that it measures.
    pub clause: &'static str,
    /// Whether it applies to an adapter, or why not.
    pub requires: fn(&CaseContext) -> Applies,
    /// Looks.
    pub run: for<'a> fn(&'a CaseContext) -> BoxFuture<'a, Outcome>,
}

impl Case {
    /// The clause that it measures.
    pub fn clause(&self) -> Option<&'static Clause> {
        CLAUSES.iter().find(|clause| clause.id == self.clause)
    }

    /// The clause's sentence.
    pub fn clause_text(&self) -> &'static str {
        self.clause().map_or("", |clause| clause.text)
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("id", &self.id).field("clause", &self.clause).finish_non_exhaustive()
    }
}

pub(super) async fn outcome(checking: impl Future<Output = Checked>) -> Outcome {
    checking.await.into()
}
