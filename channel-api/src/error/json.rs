//! An error as JSON, to be kept and read back.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Error, ErrorKind, Inner, ProviderError, Retry, Scope};
use crate::{Issue, Report};

#[derive(Serialize, Deserialize)]
struct Wire<'a> {
    kind: ErrorKind,
    code: Cow<'a, str>,
    message: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hint: Option<Cow<'a, str>>,
    // What is unclear counts as possibly done: nobody repeats it by mistake.
    #[serde(default = "possibly_done")]
    retry: Retry,
    #[serde(default, deserialize_with = "Scope::known", skip_serializing_if = "Option::is_none")]
    scope: Option<Scope>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    operation: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    context: Cow<'a, [(Cow<'static, str>, String)]>,
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    issues: Cow<'a, [Issue]>,
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    warnings: Cow<'a, [Issue]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    provider: Option<Cow<'a, ProviderError>>,
    /// The sentences of the causes, the nearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    causes: Vec<String>,
}

const fn possibly_done() -> Retry {
    Retry::IF_IDEMPOTENT
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let inner = &*self.0;
        let causes = std::iter::successors(std::error::Error::source(self), |cause| cause.source());
        Wire {
            kind: inner.kind,
            code: Cow::Borrowed(&inner.code),
            message: Cow::Borrowed(&inner.message),
            hint: inner.hint.as_deref().map(Cow::Borrowed),
            retry: inner.retry,
            scope: inner.scope,
            operation: Cow::Borrowed(&inner.operation),
            context: Cow::Borrowed(&inner.context),
            issues: Cow::Borrowed(&inner.report.refusals),
            warnings: Cow::Borrowed(&inner.report.warnings),
            provider: inner.provider.as_ref().map(Cow::Borrowed),
            causes: causes.map(ToString::to_string).collect(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Error {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        let source =
            wire.causes.into_iter().rev().fold(None, |source, sentence| Some(Arc::new(Cause { sentence, source })));
        Ok(Self(Box::new(Inner {
            kind: wire.kind,
            retry: wire.retry,
            scope: wire.scope,
            code: owned(wire.code),
            message: owned(wire.message),
            hint: wire.hint.map(owned),
            operation: owned(wire.operation),
            context: wire.context.into_owned(),
            report: Report { refusals: wire.issues.into_owned(), warnings: wire.warnings.into_owned() },
            provider: wire.provider.map(Cow::into_owned),
            source: source.map(|cause| cause as _),
        })))
    }
}

/// Equal when they say the same.
impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        let said = |error: &Self| serde_json::to_value(error).ok();
        said(self) == said(other)
    }
}

/// A cause that was read back: its sentence is all that was kept.
#[derive(Debug)]
struct Cause {
    sentence: String,
    source: Option<Arc<Self>>,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Cause {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|cause| cause as _)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{Pointer, ProviderCode};

    #[test]
    fn what_is_kept_is_read_back() {
        let inner =
            Error::new(ErrorKind::Unexpected, "inner", "the outer cause").with_source(std::io::Error::other("refused"));
        let mut report = Report::default();
        report.refuse(Issue::new(&Pointer::ROOT.key("to"), "required", "name the person").with_limit(1, 0));
        let error = Error::refused(ErrorKind::InvalidMessage, "invalid_message", "the message", report)
            .with_retry(Retry::Safe { after: Some(Duration::from_secs(9)) })
            .with_scope(Some(Scope::App))
            .with_hint("mend it")
            .with_operation("send")
            .with_context("channel_id", "ch_1")
            .with_provider(ProviderError::new(Some(ProviderCode::from(190))).with_subcode(Some("expired".into())))
            .with_source(inner);
        let kept = serde_json::to_value(&error).unwrap();
        let back: Error = serde_json::from_value(kept.clone()).unwrap();
        assert_eq!(serde_json::to_value(&back).unwrap(), kept);
        assert_eq!(kept["causes"], serde_json::json!(["the outer cause", "refused"]));
        assert_eq!(back.provider().unwrap().code, Some(190.into()));
        assert_eq!((back.kind(), back.scope()), (ErrorKind::InvalidMessage, Some(Scope::App)));
    }

    #[test]
    fn what_a_later_version_says_is_read_carefully() {
        let json = serde_json::json!({"kind": "from_next_year", "code": "x", "message": "…", "scope": "galaxy"});
        let error: Error = serde_json::from_value(json).unwrap();
        assert_eq!((error.kind(), error.scope()), (ErrorKind::Unexpected, None));
        assert_eq!(error.retry(), Retry::IF_IDEMPOTENT);

        let retry = serde_json::json!({"advice": "after_a_human_looked", "afterSeconds": 9, "by": "whom"});
        let json = serde_json::json!({"kind": "rejected", "code": "x", "message": "…", "retry": retry});
        let error: Error = serde_json::from_value(json).unwrap();
        assert_eq!(error.kind(), ErrorKind::Rejected);
        assert_eq!(error.retry(), Retry::IfIdempotent { after: Some(Duration::from_secs(9)) });
    }

    #[test]
    fn each_advice_is_read_back() {
        let after = Some(Duration::from_mins(1));
        for retry in
            [Retry::Never, Retry::SAFE, Retry::Safe { after }, Retry::IF_IDEMPOTENT, Retry::IfIdempotent { after }]
        {
            let kept = serde_json::to_string(&retry).unwrap();
            assert_eq!(serde_json::from_str::<Retry>(&kept).unwrap(), retry, "{kept}");
        }
    }
}
