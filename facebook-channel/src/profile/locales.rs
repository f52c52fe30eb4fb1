//! Lists with an entry for each locale.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/messenger-profile/supported-locales>

use channel_api::{Issue, Pointer};
use serde_json::Value;

use super::members::{Members, elements};
use super::notes::Notes;
use crate::send::wire::Object;

/// The locale of everybody for whom there is no other entry.
pub(super) const DEFAULT: &str = "default";

/// Reads the list. `known` are an entry's members besides `locale`; `rest` reads them.
pub(super) fn read(
    value: &Value,
    at: &Pointer<'_>,
    known: &[&'static str],
    notes: &mut Notes,
    rest: impl Fn(&Members<'_, '_>, Object, &mut Notes) -> Object,
) -> Value {
    let entries = elements(value, at, "a list with an entry for each locale", notes).unwrap_or_default();
    let known = [&["locale"], known].concat();
    let mut seen: Vec<&str> = Vec::new();
    let mut written = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let here = at.index(index);
        let Some(members) = Members::read(entry, &here, &known, notes) else { continue };
        let locale = members.text("locale", notes);
        let place = members.at("locale");
        match locale {
            None => {
                let advice = "name the locale: default for everybody, or one such as pt_BR";
                notes.rules.refuse(Issue::new(&place, "required", advice));
            }
            Some(locale) if !is_locale(locale) => notes.rules.refuse(no_locale(&place, locale)),
            Some(locale) if seen.contains(&locale) => {
                let advice = "has an entry already: give each locale once";
                notes.rules.refuse(Issue::new(&place, "locale.duplicate", advice));
            }
            Some(_) => {}
        }
        seen.extend(locale);
        written.push(Value::from(rest(&members, Object::new().maybe("locale", locale), notes)));
    }
    if value.is_array() && !seen.contains(&DEFAULT) {
        let advice = "has no entry for everybody else: add one with the locale `default`";
        notes.rules.refuse(Issue::new(at, "locale.default", advice));
    }
    Value::Array(written)
}

/// `default`, or a language and a country: `pt_BR`.
fn is_locale(locale: &str) -> bool {
    let fits = |(language, country): (&str, &str)| {
        (2..=3).contains(&language.len())
            && language.bytes().all(|byte| byte.is_ascii_lowercase())
            && country.len() == 2
            && country.bytes().all(|byte| byte.is_ascii_uppercase())
    };
    locale == DEFAULT || locale.split_once('_').is_some_and(fits)
}

fn no_locale(at: &Pointer<'_>, locale: &str) -> Issue {
    let issue = Issue::new(at, "locale", "is no locale of Meta's: write default, or language and country as in pt_BR");
    let meant = match locale.replace('-', "_").split_once('_') {
        Some((language, country)) => format!("{}_{}", language.to_ascii_lowercase(), country.to_ascii_uppercase()),
        None => locale.to_ascii_lowercase(),
    };
    if is_locale(&meant) { issue.with_hint(format!("perhaps {meant}")) } else { issue }
}
