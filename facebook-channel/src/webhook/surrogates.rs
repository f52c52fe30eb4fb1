//! Half characters: an emoji cut in two, as `"\ud83d"` without the second half.

use std::borrow::Cow;

/// The JSON with every half character replaced, as Unicode asks for. Otherwise nobody could read the words around it.
pub(super) fn replaced(json: &str) -> Cow<'_, str> {
    let mut repaired: Option<String> = None;
    let mut copied = 0;
    let mut escapes = json.match_indices('\\').peekable();
    while let Some((at, _)) = escapes.next() {
        match unit(json, at) {
            None => {
                // A two-character escape. Its second character may be a backslash, which then begins nothing.
                escapes.next_if(|(next, _)| *next == at + 1);
            }
            Some(0xd800..=0xdbff) if matches!(unit(json, at + 6), Some(0xdc00..=0xdfff)) => {
                escapes.next();
            }
            Some(0xd800..=0xdfff) => {
                let text = repaired.get_or_insert_with(|| String::with_capacity(json.len()));
                text.push_str(json.get(copied..at).unwrap_or_default());
                text.push_str("\\ufffd");
                copied = at + 6;
            }
            Some(_) => {}
        }
    }
    match repaired {
        None => Cow::Borrowed(json),
        Some(mut text) => {
            text.push_str(json.get(copied..).unwrap_or_default());
            Cow::Owned(text)
        }
    }
}

/// The UTF-16 unit that is written here as `\uXXXX`.
fn unit(json: &str, at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_replaced_and_nothing_else() {
        for (given, repaired) in [
            (r#""plain ä""#, r#""plain ä""#),
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\ud83d""#, r#""\ufffd""#),
            (r#""\ud83d!""#, r#""\ufffd!""#),
            (r#""\ude00\ud83d""#, r#""\ufffd\ufffd""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\\\ud83d""#, r#""\\\ufffd""#),
            (r#""\n\u00e4""#, r#""\n\u00e4""#),
            (r#""\ud83"#, r#""\ud83"#),
        ] {
            assert_eq!(replaced(given), repaired, "{given}");
        }
    }
}
