//! The feedback form. Source: `…/send-messages/templates/customer-feedback-template`.

use super::FREE_TEXT;
use crate::graph_error::GraphError;
use crate::rules::param::Param;

const TITLE: usize = 65;
const SUBTITLE: usize = 80;
const BUTTON_TITLE: usize = 20;
const QUESTION_ID: usize = 80;
const QUESTION_TITLE: std::ops::RangeInclusive<usize> = 5..=85;
const PLACEHOLDER: usize = 65;
/// Here as in the other forms.
pub(super) const EXPIRES_IN_DAYS: std::ops::RangeInclusive<i64> = 1..=7;

/// The page's own table says `1_to_5` once; its sample and its text say `one_to_five`.
const SCORE_OPTIONS: &[(&str, &[&str])] = &[
    ("csat", &["one_to_five", "five_stars", "five_emojis"]),
    ("nps", &["zero_to_ten"]),
    ("ces", &["one_to_seven"]),
    ("free_form", &[]),
];
const SCORE_LABELS: &[&str] = &["neg_pos", "hard_easy", "dis_sat", "unlike_like", "poor_great", "none"];

pub(super) fn judge(template: &Param<'_>) -> Result<(), GraphError> {
    template.object(&[
        "template_type",
        "title",
        "subtitle",
        "button_title",
        "feedback_screens",
        "business_privacy",
        "expires_in_days",
    ])?;
    for (key, max) in [("title", TITLE), ("subtitle", SUBTITLE), ("button_title", BUTTON_TITLE)] {
        without_url(&template.require(key)?, max)?;
    }
    for screen in template.require("feedback_screens")?.items(1)? {
        screen.object(&["questions"])?;
        screen.require("questions")?.items(1)?.iter().try_for_each(question)?;
    }
    privacy(template)?;
    template.optional_whole("expires_in_days", EXPIRES_IN_DAYS)
}

/// The address of the privacy policy.
pub(super) fn privacy(template: &Param<'_>) -> Result<(), GraphError> {
    let privacy = template.require("business_privacy")?;
    privacy.object(&["url"])?;
    privacy.require("url")?.https_url().map(drop)
}

fn question(question: &Param<'_>) -> Result<(), GraphError> {
    question.object(&["id", "type", "title", "score_label", "score_option", "follow_up"])?;
    let id = question.require("id")?;
    if !id.text(QUESTION_ID)?.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Err(id.must("have letters, digits and underscores only"));
    }
    let kinds: Vec<&str> = SCORE_OPTIONS.iter().map(|(kind, _)| *kind).collect();
    let kind = question.require("type")?.one_of(&kinds)?;
    question.optional("title", |title| {
        let length = without_url(title, *QUESTION_TITLE.end())?.chars().count();
        if length >= *QUESTION_TITLE.start() { Ok(()) } else { Err(title.must("have at least 5 characters")) }
    })?;
    question.optional_one_of("score_label", SCORE_LABELS)?;
    let options = SCORE_OPTIONS.iter().find(|(known, _)| *known == kind).map_or(&[][..], |(_, options)| options);
    question.optional_one_of("score_option", options)?;
    question.optional("follow_up", |follow_up| {
        follow_up.object(&["type", "placeholder"])?;
        follow_up.require("type")?.one_of(&["free_form"])?;
        follow_up.optional_text("placeholder", PLACEHOLDER)
    })
}

fn without_url<'a>(text: &Param<'a>, max: usize) -> Result<&'a str, GraphError> {
    let words = text.text(max.min(FREE_TEXT))?;
    let lower = words.to_ascii_lowercase();
    if ["http://", "https://", "www."].iter().any(|sign| lower.contains(sign)) {
        return Err(text.must("not contain a URL"));
    }
    Ok(words)
}
