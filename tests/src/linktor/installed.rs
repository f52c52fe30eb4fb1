//! Where `nats-server` is.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest one that will do: consumers of several subjects came with it.
const OLDEST: [u32; 2] = [2, 10];

/// A `nats-server` of 2.10 or newer: the one that `NATS_SERVER_BIN` names, the one that `tests/nats` put beside the build, or the
/// one on the path.
///
/// # Errors
/// Why there is none, in words for whoever reads which tests were skipped.
pub fn nats_server() -> Result<PathBuf, String> {
    let found = match env::var_os("NATS_SERVER_BIN") {
        Some(named) => PathBuf::from(named),
        None => beside_the_build().unwrap_or_else(|| PathBuf::from("nats-server")),
    };
    let said = Command::new(&found).arg("--version").output();
    let said = said.map_err(|error| format!("{} cannot be run ({error})", found.display()))?;
    let said = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    if is_new_enough(&said) {
        return Ok(found);
    }
    Err(format!("{} is not of {}.{} or newer: {said:?}", found.display(), OLDEST[0], OLDEST[1]))
}

/// Tests are built into `<target>/<profile>/deps`, programs into `<target>/<profile>`, and the server is put into `<target>/nats`.
fn beside_the_build() -> Option<PathBuf> {
    let this = env::current_exe().ok()?;
    this.ancestors().map(|folder: &Path| folder.join("nats/bin/nats-server")).find(|server| server.is_file())
}

/// It says `nats-server: v2.15.1`.
fn is_new_enough(said: &str) -> bool {
    let Some((_, version)) = said.rsplit_once('v') else { return false };
    let numbers: Vec<u32> = version.split('.').take(2).map_while(|part| part.parse().ok()).collect();
    numbers.len() == 2 && numbers.as_slice() >= OLDEST.as_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_by_its_numbers() {
        for new in ["nats-server: v2.10.0", "nats-server: v2.15.1-RC.1", "nats-server: v3.0.0"] {
            assert!(is_new_enough(new), "{new}");
        }
        for old in ["nats-server: v2.9.25", "nats-server: v1.4.1", "", "command not found"] {
            assert!(!is_new_enough(old), "{old}");
        }
    }
}
