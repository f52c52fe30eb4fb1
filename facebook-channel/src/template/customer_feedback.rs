//! `customer_feedback`: a survey with one question.

use channel_api::{Issue, Pointer, Report};
use serde::{Deserialize, Serialize};

use super::{BusinessPrivacy, OwnTemplate};
use crate::address;
use crate::limits;
use crate::rules;

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct CustomerFeedback {
    title: Option<String>,
    subtitle: Option<String>,
    button_title: Option<String>,
    feedback_screens: Vec<Screen>,
    business_privacy: Option<BusinessPrivacy>,
    expires_in_days: Option<u32>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Screen {
    questions: Vec<Question>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Question {
    id: Option<String>,
    r#type: Option<String>,
    title: Option<String>,
    score_label: Option<String>,
    score_option: Option<String>,
    follow_up: Option<FollowUp>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct FollowUp {
    r#type: Option<String>,
    placeholder: Option<String>,
}

impl OwnTemplate for CustomerFeedback {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        for (name, value, advice, limit) in [
            ("title", &self.title, "a survey needs a title", &limits::FEEDBACK_TITLE),
            ("subtitle", &self.subtitle, "a survey needs a line below its title", &limits::FEEDBACK_SUBTITLE),
            ("buttonTitle", &self.button_title, "the button needs words", &limits::FEEDBACK_BUTTON_TITLE),
        ] {
            rules::words(&at.key(name), value.as_deref(), advice, limit, report);
            address::none_in(&at.key(name), value.as_deref(), report);
        }
        let screens = at.key("feedbackScreens");
        rules::count(&screens, self.feedback_screens.len(), &limits::FEEDBACK_SCREENS, "screens", report);
        for (index, screen) in self.feedback_screens.iter().enumerate() {
            let screen_at = screens.index(index);
            let questions = screen_at.key("questions");
            rules::count(&questions, screen.questions.len(), &limits::FEEDBACK_QUESTIONS, "questions", report);
            for (index, question) in screen.questions.iter().enumerate() {
                question.check(&questions.index(index), report);
            }
        }
        BusinessPrivacy::check(self.business_privacy.as_ref(), &at.key("businessPrivacy"), report);
        rules::between(&at.key("expiresInDays"), self.expires_in_days, &limits::FEEDBACK_EXPIRY, report);
    }
}

impl Question {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        let id = at.key("id");
        rules::words(&id, self.id.as_deref(), "a question needs an id", &limits::FEEDBACK_QUESTION_ID, report);
        let plain = |id: &str| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        rules::format(&id, self.id.as_deref(), plain, "use letters, digits and underscores only", report);
        let kind = self.r#type.as_deref();
        rules::required_choice(&at.key("type"), kind, &["csat", "nps", "ces", "free_form"], report);
        let title = at.key("title");
        rules::fits(&title, self.title.as_deref(), &limits::FEEDBACK_QUESTION_TITLE, report);
        address::none_in(&title, self.title.as_deref(), report);
        self.check_score(kind, at, report);
        if let Some(follow_up) = &self.follow_up {
            let here = at.key("followUp");
            rules::required_choice(&here.key("type"), follow_up.r#type.as_deref(), &["free_form"], report);
            rules::fits(
                &here.key("placeholder"),
                follow_up.placeholder.as_deref(),
                &limits::FEEDBACK_PLACEHOLDER,
                report,
            );
            let doubt = "Meta describes a text after a score, not one after a text";
            rules::doubtful(&here, kind == Some("free_form"), "template.customer_feedback.follow_up", doubt, report);
        }
    }

    fn check_score(&self, kind: Option<&str>, at: &Pointer<'_>, report: &mut Report) {
        let (label, option) = (at.key("scoreLabel"), at.key("scoreOption"));
        let labels = ["neg_pos", "hard_easy", "dis_sat", "unlike_like", "poor_great", "none"];
        rules::choice(&label, self.score_label.as_deref(), &labels, report);
        let given = self.score_option.as_deref();
        let options: &[&str] = match kind {
            Some("csat") => &["one_to_five", "five_stars", "five_emojis"],
            Some("nps") => &["zero_to_ten"],
            Some("ces") => &["one_to_seven"],
            Some("free_form") => {
                let advice = "a free_form question has no score: leave it out";
                rules::absent(&label, self.score_label.is_some(), advice, report);
                rules::absent(&option, given.is_some(), advice, report);
                return;
            }
            _ => return,
        };
        if given == Some("1_to_5") && kind == Some("csat") {
            let doubt = "Meta's page has both 1_to_5 and one_to_five";
            report.warn(
                Issue::new(&option, "template.customer_feedback.score_option", doubt).with_hint("use one_to_five"),
            );
        } else {
            rules::choice(&option, given, options, report);
        }
    }
}
