//! Bodies with known secrets and digests: SHA-256 verifies, anything else is refused.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use libtest_mimic::{Failed, Trial};
use tests::{Ran, Run, digest};

use crate::block_on;

/// One test a line of `signatures.tsv`.
pub(crate) fn trials(corpus: &Path) -> Vec<Trial> {
    let table = fs::read_to_string(corpus.join("signatures.tsv")).expect("the corpus has signatures");
    let mut lines = table.lines();
    let columns: Vec<&str> = lines.next().expect("the table has a head").split('\t').collect();
    lines
        .map(|line| {
            let row: HashMap<String, String> =
                columns.iter().zip(line.split('\t')).map(|(k, v)| ((*k).to_owned(), v.to_owned())).collect();
            let body = corpus.join("signatures").join(format!("{}.body", row["name"]));
            Trial::test(format!("signatures/{}", row["name"]), move || signature(&body, &row))
        })
        .collect()
}

fn signature(body: &Path, row: &HashMap<String, String>) -> Result<(), Failed> {
    let body = fs::read(body)?;
    let (alg, secret, hex) = (row["alg"].as_str(), row["secret"].as_str(), row["hex"].as_str());
    let given = normalize(&body, secret, &format!("{alg}={hex}"));
    if alg != "sha256" {
        return refused(&given);
    }
    if digest(secret, &body) != hex {
        return Err("the table's digest is not the body's".into());
    }
    accepted(&given)?;
    refused(&normalize(&body, secret, &format!("sha256={}", digest("guess", &body))))?;
    refused(&normalize(&body, "guess", &format!("sha256={hex}")))
}

fn normalize(body: &[u8], secret: &str, signature: &str) -> Ran {
    let run = Run::new(["normalize", "facebook", "--app-secret", secret, "--signature", signature]);
    block_on(run.stdin(body).run())
}

/// Some of the bodies are no webhooks, such as `hello world`: those are refused too, but not for their signature.
fn accepted(ran: &Ran) -> Result<(), Failed> {
    match ran.code {
        Some(0) => Ok(()),
        Some(1) if !ran.stderr.contains("signature") => Ok(()),
        other => Err(format!("ended with {other:?}: {}", ran.stderr).into()),
    }
}

fn refused(ran: &Ran) -> Result<(), Failed> {
    if ran.code == Some(1) && ran.stderr.contains("signature") && ran.stdout.is_empty() {
        return Ok(());
    }
    Err(format!("ended with {:?}: {}{}", ran.code, ran.stdout, ran.stderr).into())
}
