//! Lists with an entry for each locale.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/messenger-profile/supported-locales>

use channel_api::{Issue, Pointer, Report};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::value::{PropertyValue, written};
use crate::{locale, rules};

/// The locale of everybody for whom there is no other entry.
pub(super) const DEFAULT: &str = "default";

/// What there is for one locale.
pub(super) trait OfLocale: DeserializeOwned + Serialize {
    /// The locale.
    fn locale(&self) -> Option<&str>;

    /// Notes what is wrong with the rest.
    fn check(&self, at: &Pointer<'_>, report: &mut Report);

    /// Notes all that is wrong with a list.
    fn check_list(entries: &[Self], at: &Pointer<'_>, report: &mut Report) {
        check(entries, at, report);
    }
}

impl<T: OfLocale> PropertyValue for Vec<T> {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        T::check_list(self, at, report);
    }

    fn to_meta(self) -> Value {
        written(&self)
    }
}

/// Notes all that is wrong with a list that has an entry for each locale.
pub(super) fn check<T: OfLocale>(entries: &[T], at: &Pointer<'_>, report: &mut Report) {
    let mut seen: Vec<&str> = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let (here, locale) = (at.index(index), entry.locale());
        let place = here.key("locale");
        match locale {
            None => rules::filled(&place, None, "name the locale: default for everybody, or one such as pt_BR", report),
            Some(locale) if !is_locale(locale) => report.refuse(no_locale(&place, locale)),
            Some(locale) if seen.contains(&locale) => {
                let advice = "has an entry already: give each locale once";
                report.refuse(Issue::new(&place, "locale.duplicate", advice));
            }
            Some(_) => {}
        }
        seen.extend(locale);
        entry.check(&here, report);
    }
    if !seen.contains(&DEFAULT) {
        let advice = "has no entry for everybody else: add one with the locale `default`";
        report.refuse(Issue::new(at, "locale.default", advice));
    }
}

/// `default`, or one of Meta's.
fn is_locale(name: &str) -> bool {
    name == DEFAULT || locale::is_locale(name)
}

fn no_locale(at: &Pointer<'_>, given: &str) -> Issue {
    let issue = Issue::new(at, "locale", "is no locale of Meta's: write default, or language and country as in pt_BR");
    let default = given.eq_ignore_ascii_case(DEFAULT).then(|| DEFAULT.to_owned());
    match default.or_else(|| locale::meant(given)) {
        Some(meant) => issue.with_hint(format!("perhaps {meant}")),
        None => issue,
    }
}
