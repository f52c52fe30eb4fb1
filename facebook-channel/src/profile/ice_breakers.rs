//! `ice_breakers`: questions to begin with.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/messenger-profile-api/ice-breakers>

use channel_api::{Issue, Pointer, Report};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::locales::{self, OfLocale};
use super::value::{Given, set_call};
use crate::limits;
use crate::rules;

/// Meta states no length for Messenger; this is Instagram's.
const LONG_QUESTION: usize = 80;
/// Meta states no length here; this is that of every other payload.
const LONG_PAYLOAD: usize = 1000;

/// Sets the questions to begin with.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["iceBreakers"]))]
pub(crate) struct SetIceBreakers {
    /// The questions for each locale, `default` among them.
    #[schemars(title = "Ice breakers", with = "Vec<Questions>", length(min = 1))]
    ice_breakers: Given<Vec<Questions>>,
}

/// The questions of one locale.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, rename_all(deserialize = "camelCase"))]
#[schemars(inline, extend("required" = ["locale", "callToActions"]))]
pub(super) struct Questions {
    /// `default` for everybody without questions of their own, or a locale.
    #[schemars(title = "Locale", extend("examples" = ["default", "pt_BR"]))]
    locale: Option<String>,
    /// The questions, from top to bottom.
    #[serde(alias = "call-to-actions")]
    #[schemars(title = "Questions", length(min = limits::ICE_BREAKERS.min, max = limits::ICE_BREAKERS.max))]
    call_to_actions: Option<Vec<Question>>,
    // In the older form, the entry is the question itself.
    #[schemars(skip)]
    question: Option<String>,
    #[schemars(skip)]
    payload: Option<String>,
}

/// One question.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(inline, extend("required" = ["question", "payload"]))]
struct Question {
    /// What is asked.
    #[schemars(title = "Question", length(min = 1), extend("examples" = ["Where are you located?"]))]
    question: Option<String>,
    /// What comes back with a tap.
    #[schemars(title = "Payload", length(min = 1), extend("examples" = ["LOCATION"]))]
    payload: Option<String>,
}

set_call!(SetIceBreakers { ice_breakers: Vec<Questions> = "iceBreakers" });

impl Questions {
    fn is_a_question(&self) -> bool {
        self.question.is_some() && self.locale.is_none()
    }
}

impl OfLocale for Questions {
    fn locale(&self) -> Option<&str> {
        self.locale.as_deref()
    }

    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        let advice = "belongs under callToActions";
        rules::absent(&at.key("question"), self.question.is_some(), advice, report);
        rules::absent(&at.key("payload"), self.payload.is_some(), advice, report);
        let at = at.key("callToActions");
        let Some(questions) = &self.call_to_actions else {
            return rules::filled(&at, None, "give the questions, each with what comes back with a tap", report);
        };
        rules::count(&at, questions.len(), &limits::ICE_BREAKERS, "questions", report);
        for (index, question) in questions.iter().enumerate() {
            check(question.question.as_deref(), question.payload.as_deref(), &at.index(index), report);
        }
    }

    /// A list with questions for each locale, or in the older form the questions themselves.
    fn check_list(entries: &[Self], at: &Pointer<'_>, report: &mut Report) {
        let old = entries.iter().filter(|entry| entry.is_a_question()).count();
        if old == 0 {
            locales::check(entries, at, report);
        } else if old < entries.len() {
            let advice = "holds questions of both forms: put all of them under call_to_actions of a locale, or none";
            report.refuse(Issue::new(at, "ice_breakers.mixed", advice));
        } else {
            rules::count(at, entries.len(), &limits::ICE_BREAKERS, "questions", report);
            for (index, entry) in entries.iter().enumerate() {
                let at = at.index(index);
                check(entry.question.as_deref(), entry.payload.as_deref(), &at, report);
                let advice = "belongs to the form with a locale: leave it out";
                rules::absent(&at.key("callToActions"), entry.call_to_actions.is_some(), advice, report);
            }
        }
    }
}

fn check(question: Option<&str>, payload: Option<&str>, at: &Pointer<'_>, report: &mut Report) {
    let place = at.key("question");
    rules::filled(&place, question, "say what is asked", report);
    let doubt = "is longer than 80 characters; Meta states no limit for Messenger, but this one for Instagram";
    rules::doubtful(&place, longer(question, LONG_QUESTION), "ice_breakers.question", doubt, report);
    let place = at.key("payload");
    rules::filled(&place, payload, "say what comes back with a tap", report);
    let doubt = "is longer than 1000 characters; Meta states no limit here, but this one for all other payloads";
    rules::doubtful(&place, longer(payload, LONG_PAYLOAD), "ice_breakers.payload", doubt, report);
}

fn longer(text: Option<&str>, than: usize) -> bool {
    text.is_some_and(|text| text.chars().count() > than)
}
