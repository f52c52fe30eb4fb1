//! `instant_form`: a lead form inside the conversation.

use channel_api::message::string_or_number;
use channel_api::{Pointer, Report};
use serde::{Deserialize, Serialize};

use super::OwnTemplate;
use crate::rules;

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct InstantForm {
    #[serde(deserialize_with = "string_or_number")]
    form_id: Option<String>,
}

impl OwnTemplate for InstantForm {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        rules::filled(&at.key("formId"), self.form_id.as_deref(), "give the id of the Page's form", report);
    }
}
