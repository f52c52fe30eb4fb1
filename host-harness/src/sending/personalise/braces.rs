/// The first `{{…}}` of a text: what stands before it, in it and after it. There are no braces in it.
///
/// Every byte is looked at a few times at most, however many braces begin and never end: a text is filled in before anybody has
/// asked how long it is.
pub(super) fn first(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let begin = from + text.get(from..)?.find("{{")?;
        let inside = text.get(begin + 2..)?;
        let (inner, rest) = inside.split_at(inside.find(['{', '}'])?);
        if let Some(tail) = rest.strip_prefix("}}") {
            return Some((text.get(..begin)?, inner, tail));
        }
        // Of three braces the last two may be the ones.
        from = begin + 1 + inner.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_braces_are_the_ones() {
        for (text, expected) in [
            ("Hi {{name}}!", Some(("Hi ", "name", "!"))),
            ("{{{name}}}", Some(("{", "name", "}"))),
            ("{{ {{name}} }}", Some(("{{ ", "name", " }}"))),
            ("{{a}b {{name}}", Some(("{{a}b ", "name", ""))),
            ("{{}}", Some(("", "", ""))),
            ("{{é {{ä}}", Some(("{{é ", "ä", ""))),
            ("{{a{b}}", None),
            ("{{open", None),
            ("{{{{", None),
            ("{a} }}", None),
            ("", None),
        ] {
            assert_eq!(first(text), expected, "{text}");
        }
    }

    /// Looked for from each of them to the text's end, these would take minutes.
    #[test]
    fn braces_that_never_end_cost_one_look_each() {
        let many = 200_000;
        for open in ["{{", "{{a", "{{a}"] {
            assert_eq!(first(&open.repeat(many)), None);
            let text = open.repeat(many) + "}} {{name}}";
            assert!(first(&text).is_some());
        }
    }
}
