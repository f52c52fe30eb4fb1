//! Cutting a text that is too long.
//!
//! A part ends at the last border that fits, of the strongest kind that there is: between paragraphs (an empty line), after a
//! sentence or a line, at white space, at another border between words (as in Chinese), between characters as a person sees
//! them. White space at a cut, and at both ends of the text, is dropped; put back there, it makes the parts the text again. No
//! part is empty.

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

/// How far past a possible cut a sentence is read, to see whether it ends there. In bytes.
const AHEAD: usize = 64;

/// The parts of `text`, none longer than `most` Unicode scalar values. Takes time in proportion to the text.
pub(crate) fn parts(text: &str, most: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = trim_end(trim_start(text));
    while let Some((end, _)) = rest.char_indices().nth(most) {
        let (part, after) = rest.split_at(cut(rest, end));
        parts.push(trim_end(part));
        rest = trim_start(after);
    }
    parts.push(rest);
    parts.retain(|part| !part.is_empty());
    parts
}

/// Where to cut so that what is before it, without white space at its end, is no longer than up to `end`. Never 0: the text
/// starts with something visible.
fn cut(text: &str, end: usize) -> usize {
    // White space at the end needs no room. But a little of it is enough to see a border in, and more is not looked at: a
    // megabyte of it would be read again for every border.
    let blank = text.get(end..).map_or(0, |after| after.len() - after.trim_start().len()).min(AHEAD);
    let reach = text.floor_char_boundary(end + blank);
    let window = head(text, reach);
    let seen = head(text, text.floor_char_boundary(reach + AHEAD));
    let visible = trim_end(window).len();
    let whole = |at: &usize| {
        let length = if *at >= visible { visible } else { *at };
        (length <= end || trim_end(head(text, *at)).len() <= end)
            && GraphemeCursor::new(*at, text.len(), true).is_boundary(text, 0).unwrap_or(true)
    };
    let last = |borders: &mut dyn Iterator<Item = usize>| {
        borders.skip_while(|border| *border == 0).take_while(|border| *border <= reach).filter(whole).last()
    };
    let white = || window.char_indices().rev().filter(|(_, c)| c.is_whitespace()).map(|(border, _)| border);
    paragraph(window)
        .filter(whole)
        .or_else(|| last(&mut seen.split_sentence_bound_indices().map(|(border, _)| border)))
        .or_else(|| white().filter(whole).find(|border| !head(text, *border).trim().is_empty()))
        .or_else(|| last(&mut seen.split_word_bound_indices().map(|(border, _)| border)))
        .or_else(|| last(&mut seen.grapheme_indices(true).map(|(border, _)| border)))
        // One character, as a person sees it, that is longer than a whole message: nothing better is left.
        .unwrap_or(end)
}

/// The end of the last empty line.
fn paragraph(window: &str) -> Option<usize> {
    let mut border = None;
    let mut line_end: Option<usize> = None;
    for (index, character) in window.char_indices() {
        match character {
            '\n' if line_end.is_some() => border = line_end,
            '\n' => line_end = Some(index),
            character if character.is_whitespace() => {}
            _ => line_end = None,
        }
    }
    border.filter(|border| !head(window, *border).trim().is_empty())
}

/// The text up to `end`.
fn head(text: &str, end: usize) -> &str {
    text.get(..end).unwrap_or(text)
}

/// Without white space at the start; a mark that sits on white space keeps it.
fn trim_start(text: &str) -> &str {
    let blank: usize = text.graphemes(true).take_while(|seen| seen.trim().is_empty()).map(str::len).sum();
    text.get(blank..).unwrap_or(text)
}

/// Without white space at the end.
fn trim_end(text: &str) -> &str {
    let blank: usize = text.graphemes(true).rev().take_while(|seen| seen.trim().is_empty()).map(str::len).sum();
    head(text, text.len() - blank)
}
