//! Half characters in a document's text: found, and replaced, before a reader of JSON sees them.

use std::borrow::Cow;

/// What stands for a half character, as Unicode asks for: U+FFFD, escaped.
const REPLACEMENT: &str = "\\ufffd";

/// The JSON with every half character replaced by U+FFFD. Of the same length, so that a place in the one is a place in the other.
/// For what cannot be refused: otherwise nobody could read the words around it.
pub fn mended(json: &str) -> Cow<'_, str> {
    replaced(json, REPLACEMENT)
}

pub(super) fn replaced<'a>(json: &'a str, replacement: &str) -> Cow<'a, str> {
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
                text.push_str(replacement);
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

/// A character to find the halves by once the document is read: one that Unicode gives to nobody, and that it does not hold.
pub(super) fn mark(text: &str) -> char {
    let lower = text.to_ascii_lowercase();
    let is_free = |mark: &char| !lower.contains(*mark) && !lower.contains(&escaped(*mark));
    // Who writes all 32 of them is told of half characters where there are none.
    ('\u{fdd0}'..='\u{fdef}').find(is_free).unwrap_or('\u{fffd}')
}

pub(super) fn escaped(mark: char) -> String {
    format!("\\u{:04x}", u32::from(mark))
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
            assert_eq!(mended(given), repaired, "{given}");
        }
    }
}
