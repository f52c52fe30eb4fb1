//! Words that are gathered for a text, with what can be answered by number.

use channel_api::Choice;

use crate::limits;
use crate::split;
use crate::wire::Object;

/// The lines of a text. Its numbers go on where an earlier text of the same message has ended.
pub(super) struct Words<'a> {
    /// An empty one stands between paragraphs.
    lines: Vec<String>,
    choices: &'a mut Vec<Choice>,
}

impl<'a> Words<'a> {
    pub(super) fn new(choices: &'a mut Vec<Choice>) -> Self {
        Self { lines: Vec::new(), choices }
    }

    /// A line, unless there is nothing to see in it.
    pub(super) fn say(&mut self, words: &str) {
        let words = words.trim();
        if !words.is_empty() {
            self.lines.push(words.to_owned());
        }
    }

    /// What follows is another paragraph.
    pub(super) fn pause(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    /// An answer under the next number. `words` are what is shown; they may be more than its title.
    pub(super) fn offer(&mut self, words: &str, choice: Choice) {
        self.choices.push(choice);
        self.say(&format!("{}. {}", self.choices.len(), words.trim()));
    }

    pub(super) fn are_none(&self) -> bool {
        self.lines.is_empty()
    }

    /// Meta's `message` objects, as few as hold it all. No line is cut that fits into one.
    pub(super) fn messages(self) -> Vec<Object> {
        self.below(None)
    }

    /// The same, the first of them in one with the text above it where there is room.
    pub(super) fn below(self, above: Option<&str>) -> Vec<Object> {
        let mut texts = vec![above.unwrap_or_default().to_owned()];
        let mut border = if above.is_some() { "\n\n" } else { "" };
        for line in &self.lines {
            if line.is_empty() {
                border = "\n\n";
                continue;
            }
            for part in split::parts(line, limits::TEXT.max) {
                let text = texts.last_mut().filter(|text| fits(text, border, part));
                match text {
                    Some(text) if text.is_empty() => part.clone_into(text),
                    Some(text) => *text = [text, border, part].concat(),
                    None => texts.push(part.to_owned()),
                }
                border = "\n";
            }
        }
        texts.retain(|text| !text.is_empty());
        texts.into_iter().map(|text| Object::new().with("text", text)).collect()
    }
}

fn fits(text: &str, border: &str, part: &str) -> bool {
    [text, border, part].iter().map(|words| words.chars().count()).sum::<usize>() <= limits::TEXT.max
}
