//! Meta's locales.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/messenger-profile/supported-locales>

/// A language and a country: `pt_BR`.
pub(crate) fn is_locale(locale: &str) -> bool {
    locale.split_once('_').is_some_and(|(language, country)| {
        (2..=3).contains(&language.len())
            && language.bytes().all(|byte| byte.is_ascii_lowercase())
            && country.len() == 2
            && country.bytes().all(|byte| byte.is_ascii_uppercase())
    })
}

/// The locale that somebody may have meant: `pt-br` is `pt_BR`.
pub(crate) fn meant(locale: &str) -> Option<String> {
    let (language, country) = locale.split_once(['_', '-'])?;
    let meant = format!("{}_{}", language.to_ascii_lowercase(), country.to_ascii_uppercase());
    is_locale(&meant).then_some(meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_is_a_language_and_a_country() {
        for (given, good, perhaps) in [
            ("en_US", true, Some("en_US")),
            ("fil_PH", true, Some("fil_PH")),
            ("pt-br", false, Some("pt_BR")),
            ("EN_us", false, Some("en_US")),
            ("english", false, None),
            ("en", false, None),
            ("", false, None),
            ("en_US_1", false, None),
        ] {
            assert_eq!((is_locale(given), meant(given).as_deref()), (good, perhaps), "{given}");
        }
    }
}
