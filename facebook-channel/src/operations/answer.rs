//! What Meta answers, read leniently: ids come as numbers, truth as words, and members are missing. What is not known here is
//! left out.

use channel_api::{Error, ErrorKind, ProviderRequest, Result, Retry};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::handler::Outcome;
use crate::graph::{Page, not_done};

/// Meta's word that it was done.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Success {
    /// Always true; a failure is an error.
    success: bool,
}

impl Success {
    /// # Errors
    /// When the answer itself says that nothing was done.
    pub(super) fn read(answer: &Value) -> Result<Self> {
        if truth(&answer["success"]) == Some(false) {
            return Err(not_done());
        }
        Ok(Self { success: true })
    }

    /// Makes a call of which nothing comes but that it was done.
    pub(super) async fn of(page: Page<'_>, request: &ProviderRequest) -> Result<Outcome<Self>> {
        Ok(Self::read(&page.graph.call(request).await?)?.into())
    }
}

/// What was made.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Created {
    /// The id by which it is called from now on.
    id: String,
}

impl Created {
    /// Makes a call that makes something.
    pub(super) async fn by(page: Page<'_>, request: &ProviderRequest) -> Result<Outcome<Self>> {
        Ok(Self { id: created(&page.graph.call(request).await?)? }.into())
    }
}

/// The id of what was made.
///
/// # Errors
/// When there is none: it may have been made all the same.
pub(super) fn created(answer: &Value) -> Result<String> {
    text(&answer["id"]).ok_or_else(|| {
        Error::new(ErrorKind::ProviderFailed, "facebook.no_id", "Meta did not refuse, but gave no id of what it made")
            .with_retry(Retry::IF_IDEMPOTENT)
            .with_hint("look whether it is there before making it again")
    })
}

/// A piece of a list.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct List<T> {
    /// The items.
    pub(super) data: Vec<T>,
    /// Give this as `after` to get the next ones. Absent when there are no more.
    after: Option<String>,
}

/// A thing in a list of Meta's.
pub(super) trait Item: Serialize + JsonSchema {
    /// Reads it.
    fn read(found: &Value) -> Self;
}

impl<T: Item> List<T> {
    pub(super) fn read(answer: &Value) -> Self {
        let paging = &answer["paging"];
        // Only `next` says that there is more. Its address holds the token: the cursor says the same and goes on alone.
        let after = text(&paging["cursors"]["after"]).filter(|_| paging["next"].is_string());
        Self { data: items(&answer["data"], T::read), after }
    }
}

/// Each object of a list.
pub(super) fn items<T>(list: &Value, item: impl Fn(&Value) -> T) -> Vec<T> {
    list.as_array().into_iter().flatten().filter(|value| value.is_object()).map(item).collect()
}

/// Each text of a list.
pub(super) fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(text).collect()
}

/// A text or an id.
pub(super) fn text(value: &Value) -> Option<String> {
    crate::graph::id(value)
}

/// A whole number, which may be written as a string.
pub(super) fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// Yes or no, which may be written as a string.
pub(super) fn truth(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| value.as_str()?.to_ascii_lowercase().parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Serialize, JsonSchema)]
    struct Thing {}

    impl Item for Thing {
        fn read(_: &Value) -> Self {
            Self {}
        }
    }

    #[test]
    fn success_is_believed_unless_it_is_denied() {
        for done in
            [json!({"success": true}), json!({"success": "true"}), json!({"result": "ok"}), json!({}), json!([])]
        {
            assert!(Success::read(&done).is_ok(), "{done}");
        }
        for denied in [json!({"success": false}), json!({"success": "False"})] {
            let error = Success::read(&denied).unwrap_err();
            assert_eq!((error.kind(), error.code()), (ErrorKind::Rejected, "facebook.not_done"), "{denied}");
        }
    }

    #[test]
    fn what_was_made_without_an_id_may_have_been_made() {
        assert_eq!(created(&json!({"id": 17})).unwrap(), "17");
        for answer in [json!({}), json!({"id": null}), json!({"id": ""})] {
            let error = created(&answer).unwrap_err();
            assert_eq!((error.code(), error.retry()), ("facebook.no_id", Retry::IF_IDEMPOTENT), "{answer}");
        }
    }

    #[test]
    fn a_list_goes_on_only_where_meta_says_so() {
        let read = |paging: Value| List::<Thing>::read(&json!({"data": [{"id": 1}, null, 5], "paging": paging}));
        let more = read(
            json!({"cursors": {"before": "A", "after": "B"}, "next": "https://graph.facebook.com/x?access_token=t"}),
        );
        assert_eq!((more.data.len(), more.after.as_deref()), (1, Some("B")));
        for last in [json!({"cursors": {"before": "A", "after": "B"}}), json!({"next": "https://x"}), json!(null)] {
            assert_eq!(read(last.clone()).after, None, "{last}");
        }
        assert_eq!(List::<Thing>::read(&json!("nothing")).data.len(), 0);
    }

    #[test]
    fn numbers_and_truth_may_be_words() {
        assert_eq!(
            [number(&json!(5)), number(&json!("5")), number(&json!("x")), number(&json!(null))],
            [Some(5), Some(5), None, None]
        );
        assert_eq!([truth(&json!(true)), truth(&json!("FALSE")), truth(&json!(1))], [Some(true), Some(false), None]);
        assert_eq!(texts(&json!(["a", 1, null, ""])), ["a", "1"]);
    }
}
