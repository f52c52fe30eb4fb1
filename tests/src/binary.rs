//! Where the built binary is.

use std::env;
use std::path::{Path, PathBuf};

use tokio::process::Command;

/// The `host-harness` under test: `HOST_HARNESS_BIN` if it is set, else the one beside this test in the target directory.
#[must_use]
pub fn host_harness() -> PathBuf {
    if let Some(named) = env::var_os("HOST_HARNESS_BIN") {
        let named = PathBuf::from(named);
        assert!(named.is_file(), "HOST_HARNESS_BIN names {}, which is no file", named.display());
        return named;
    }
    let this = env::current_exe().expect("a running test has a path");
    let found = beside(&this).unwrap_or_else(|| {
        panic!(
            "no host-harness was built in the profile of {}: run `cargo build -p host-harness` first",
            this.display()
        )
    });
    assert!(found.is_file(), "{} is missing: run `cargo build -p host-harness` first", found.display());
    found
}

/// What of the tests' own environment a host may see: enough to run, nothing that changes what it does.
const PASSED_ON: [&str; 6] = ["PATH", "HOME", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "LLVM_PROFILE_FILE"];

/// `host-harness` in an environment of its own.
pub(crate) fn clean_command() -> Command {
    let mut command = Command::new(host_harness());
    command.env_clear().kill_on_drop(true);
    for name in PASSED_ON {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

/// Tests are built into `<target>/<profile>/deps`, binaries into `<target>/<profile>`.
fn beside(test: &Path) -> Option<PathBuf> {
    let folder = test.parent()?;
    let profile = if folder.ends_with("deps") { folder.parent()? } else { folder };
    Some(profile.join(format!("host-harness{}", env::consts::EXE_SUFFIX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binary_is_one_above_the_tests() {
        assert_eq!(
            beside(Path::new("/t/debug/deps/blackbox-0a1b")).unwrap(),
            Path::new("/t/debug").join(format!("host-harness{}", env::consts::EXE_SUFFIX)),
        );
    }
}
