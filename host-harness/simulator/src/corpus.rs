//! A recorded session as a folder: webhook bodies with their signatures, to be played again or given to other tests.
//!
//! ```text
//! INDEX.tsv               file, kind, form, source, licence, notes: one line a body, in the order of delivery
//! inbound/0001-messages.json
//! signatures.tsv          name, alg, secret, hex, expected, recomputed, source, note
//! signatures/0001-messages.body
//! ```
//!
//! A signature cannot be checked without its secret, so the secret is in the folder: record with a made-up one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::journal::PostedWebhook;
use super::webhook::signature;

const INDEX: &str = "INDEX.tsv";
const INDEX_HEAD: &str = "file\tkind\tform\tsource\tlicence\tnotes\n";
const SIGNATURES: &str = "signatures.tsv";
const SIGNATURES_HEAD: &str = "name\talg\tsecret\thex\texpected\trecomputed\tsource\tnote\n";

/// Why a session could not be kept or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CorpusError {
    /// There is a corpus already.
    #[error("{0} holds a corpus already: name another folder")]
    Exists(PathBuf),
    /// The secret does not fit.
    #[error("webhook {0} was signed with another app secret: give the one that the simulator runs with")]
    WrongSecret(u64),
    /// Nothing went out.
    #[error("there are no webhooks to keep")]
    Empty,
    /// No index, or a file that it names is missing.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line of the index that leads out of the folder.
    #[error("{INDEX} names {0:?}, which is not a file of its own folder")]
    Outside(String),
}

/// One body of a corpus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// Its file, from the folder.
    pub file: String,
    /// The exact bytes.
    pub body: Bytes,
}

/// Writes a session into a folder, which is made if it is missing. Returns how many bodies there are.
///
/// # Errors
/// [`CorpusError`]; what was written until then stays.
pub fn write(folder: &Path, webhooks: &[PostedWebhook], app_secret: &str) -> Result<usize, CorpusError> {
    if webhooks.is_empty() {
        return Err(CorpusError::Empty);
    }
    if let Some(webhook) = webhooks.iter().find(|webhook| signature(app_secret, &webhook.body) != webhook.signature) {
        return Err(CorpusError::WrongSecret(webhook.seq));
    }
    if folder.join(INDEX).exists() {
        return Err(CorpusError::Exists(folder.to_owned()));
    }
    for inner in ["inbound", "signatures"] {
        let path = folder.join(inner);
        fs::create_dir_all(&path).map_err(|source| CorpusError::File { path, source })?;
    }
    let put = |name: String, content: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, content).map_err(|source| CorpusError::File { path, source })
    };
    let (mut index, mut signatures) = (INDEX_HEAD.to_owned(), SIGNATURES_HEAD.to_owned());
    for (number, webhook) in webhooks.iter().enumerate() {
        let kind = match &webhook.fields[..] {
            [] => "raw".to_owned(),
            [field] => field.clone(),
            fields => format!("batch-of-{}", fields.len()),
        };
        let name = format!("{:04}-{kind}", number + 1);
        let hex = webhook.signature.trim_start_matches("sha256=");
        let form = if webhook.fields.is_empty() { "raw" } else { "full-body" };
        let kind = if webhook.fields.is_empty() { kind } else { webhook.fields.join("+") };
        let note = format!("page {} at {}", webhook.page, webhook.at);
        let file = format!("inbound/{name}.json");
        index.extend([&file, "\t", &kind, "\t", form, "\tsimulator\tApache-2.0\t", &note, "\n"]);
        signatures.extend([&name, "\tsha256\t", app_secret, "\t", hex]);
        signatures.extend(["\tvalid\trecomputed-match\tsimulator\t", &note, "\n"]);
        put(format!("inbound/{name}.json"), &webhook.body)?;
        put(format!("signatures/{name}.body"), &webhook.body)?;
    }
    put(SIGNATURES.to_owned(), signatures.as_bytes())?;
    // Last: a folder with an index is complete.
    put(INDEX.to_owned(), index.as_bytes())?;
    Ok(webhooks.len())
}

/// Reads the bodies of a corpus in the order of its index.
///
/// # Errors
/// [`CorpusError::File`], [`CorpusError::Outside`].
pub fn read(folder: &Path) -> Result<Vec<Recording>, CorpusError> {
    let get = |name: &str| {
        let path = folder.join(name);
        fs::read(&path).map_err(|source| CorpusError::File { path, source })
    };
    let index = String::from_utf8_lossy(&get(INDEX)?).into_owned();
    let files = index.lines().skip(1).filter_map(|line| line.split('\t').next());
    let mut found = Vec::new();
    for file in files.filter(|file| file.starts_with("inbound/")) {
        if Path::new(file).components().any(|part| !matches!(part, std::path::Component::Normal(_))) {
            return Err(CorpusError::Outside(file.to_owned()));
        }
        found.push(Recording { file: file.to_owned(), body: get(file)?.into() });
    }
    if found.is_empty() { Err(CorpusError::Empty) } else { Ok(found) }
}

/// Posts one body as Meta would. Returns the status.
///
/// # Errors
/// The connection's own.
pub async fn replay(
    http: &reqwest::Client,
    url: &str,
    app_secret: &str,
    recording: &Recording,
) -> Result<u16, reqwest::Error> {
    let request = http
        .post(url)
        .header(reqwest::header::CONTENT_TYPE, "application/json")
        .header("x-hub-signature-256", signature(app_secret, &recording.body))
        .body(recording.body.clone());
    Ok(request.send().await?.status().as_u16())
}
