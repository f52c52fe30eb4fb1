use std::io;
use std::path::Path;

/// One webhook body of a corpus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recording {
    /// Its path in the directory.
    pub(super) file: String,
    /// What it holds, in the corpus's own words.
    pub(super) kind: String,
    /// It is deliberately no webhook.
    pub(super) malformed: bool,
}

/// The recordings of a directory, in the order of its index or of their names.
pub(super) fn recordings(directory: &Path) -> io::Result<Vec<Recording>> {
    let about = |path: &Path| {
        let path = path.display().to_string();
        move |error: io::Error| io::Error::new(error.kind(), format!("{path}: {error}"))
    };
    let path = directory.join("INDEX.tsv");
    if path.is_file() {
        return Ok(indexed(&std::fs::read_to_string(&path).map_err(about(&path))?));
    }
    let mut recordings = Vec::new();
    for folder in ["", "inbound"] {
        let path = directory.join(folder);
        if !folder.is_empty() && !path.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&path).map_err(about(&path))? {
            let name = entry?.file_name();
            let is_json = Path::new(&name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
            let Some(name) = name.to_str().filter(|_| is_json) else { continue };
            let file = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            recordings.push(Recording { file, kind: "recorded".to_owned(), malformed: false });
        }
    }
    recordings.sort_by(|one, other| one.file.cmp(&other.file));
    Ok(recordings)
}

fn indexed(index: &str) -> Vec<Recording> {
    let mut lines = index.lines();
    let columns: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let column = |fields: &[&str], name: &str| {
        let at = columns.iter().position(|column| *column == name);
        at.and_then(|at| fields.get(at)).copied().unwrap_or_default().to_owned()
    };
    lines
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .map(|fields| Recording {
            file: column(&fields, "file"),
            kind: column(&fields, "kind"),
            malformed: column(&fields, "form").contains("malformed"),
        })
        .filter(|recording| recording.file.starts_with("inbound/"))
        .collect()
}
