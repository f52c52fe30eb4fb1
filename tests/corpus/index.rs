//! `INDEX.tsv`: what each body is.

use std::fs;
use std::path::Path;

/// A line of the index.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Below the corpus: `inbound/….json`.
    pub(crate) file: String,
    /// What it holds: `message-text`.
    pub(crate) kind: String,
    /// How it came: `full-body`, `wrapped`, `raw-malformed`.
    pub(crate) form: String,
}

/// The lines about the bodies of this folder.
pub(crate) fn entries(corpus: &Path, folder: &str) -> Vec<Entry> {
    let index = fs::read_to_string(corpus.join("INDEX.tsv")).expect("the corpus has an index");
    let mut lines = index.lines();
    let columns: Vec<&str> = lines.next().expect("the index has a head").split('\t').collect();
    let column = |name: &str| columns.iter().position(|column| *column == name).expect("a column of the index");
    let (file, kind, form) = (column("file"), column("kind"), column("form"));
    lines
        .map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>())
        .filter(|fields| fields[file].starts_with(folder))
        .map(|fields| Entry { file: fields[file].clone(), kind: fields[kind].clone(), form: fields[form].clone() })
        .collect()
}
