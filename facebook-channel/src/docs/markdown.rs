//! Tables in Markdown.

/// A table with these heads and rows.
pub(super) fn table<const N: usize>(heads: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut table = line(heads.map(str::to_owned));
    table.push_str(&line(heads.map(|_| "---".to_owned())));
    rows.into_iter().for_each(|row| table.push_str(&line(row)));
    table
}

fn line<const N: usize>(cells: [String; N]) -> String {
    let cells = cells.map(|cell| cell.replace('|', "\\|").replace('\n', " "));
    format!("| {} |\n", cells.join(" | "))
}

/// As it is written in code.
pub(super) fn code(text: impl std::fmt::Display) -> String {
    format!("`{text}`")
}

/// `a`, `b`, `c`.
pub(super) fn codes<T: std::fmt::Display>(texts: impl IntoIterator<Item = T>) -> String {
    texts.into_iter().map(code).collect::<Vec<_>>().join(", ")
}

/// A sentence in which names of fields and constants are set as code.
pub(super) fn prose(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let name = word.trim_matches(|c: char| !c.is_alphanumeric());
        let whole = name.contains('_') || name.starts_with("options.");
        if whole { word.replace(name, &code(name)) } else { word.to_owned() }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A link to a public page, under the last words of its address.
pub(super) fn link(address: &str) -> String {
    let name = address.trim_end_matches('/').rsplit('/').next().unwrap_or(address);
    format!("[{}]({address})", name.replace('_', "\\_"))
}
