//! A real nats-server on a free port of loopback, with a directory of its own for what it stores.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::time::{Duration, interval};

use super::door::Door;
use super::installed::nats_server;
use crate::within;

/// How long between two looks whether the server listens.
const LOOK: Duration = Duration::from_millis(20);

/// A server, which keeps its store over a stop and has another port after it: whoever is to find it again goes through a [`Door`].
#[derive(Debug)]
pub struct Nats {
    program: PathBuf,
    dir: TempDir,
    child: Option<Child>,
    address: watch::Sender<SocketAddr>,
}

impl Nats {
    /// Starts one that lets everybody in. `None` where there is no nats-server: such a test is skipped, and `tests/run` says so.
    /// Where `CI=true` that is a failure.
    pub async fn start() -> Option<Self> {
        Self::with("").await
    }

    /// With more lines in the server's configuration, such as users and what they may do.
    pub async fn with(lines: &str) -> Option<Self> {
        let program = match nats_server() {
            Ok(program) => program,
            Err(reason) => {
                assert!(std::env::var("CI").as_deref() != Ok("true"), "{reason}");
                return None;
            }
        };
        let dir = TempDir::with_prefix("linktor-nats-").expect("a temporary directory");
        let here = dir.path().display();
        let config = format!(
            "listen: \"127.0.0.1:-1\"\nports_file_dir: \"{here}\"\njetstream {{ store_dir: \"{here}/store\", max_file: 4GB }}\n{lines}\n",
        );
        fs::write(dir.path().join("nats.conf"), config).expect("a file in a temporary directory");
        let address = watch::Sender::new(SocketAddr::from(([127, 0, 0, 1], 9)));
        let mut nats = Self { program, dir, child: None, address };
        nats.start_again().await;
        Some(nats)
    }

    /// Starts it on what it has stored, after a stop or a kill.
    pub async fn start_again(&mut self) {
        let log = fs::File::options().create(true).append(true).open(self.dir.path().join("log"));
        let log = log.expect("a file in a temporary directory");
        let child = Command::new(&self.program)
            .arg("-c")
            .arg(self.dir.path().join("nats.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .expect("nats-server can be run");
        let id = child.id().expect("a server that has not been waited for has an id");
        self.child = Some(child);
        let address = within("nats-server to listen", self.listens(id)).await;
        self.address.send_replace(address);
    }

    /// It writes its ports into a file that is named after the process.
    async fn listens(&self, id: u32) -> SocketAddr {
        let mut looks = interval(LOOK);
        loop {
            looks.tick().await;
            let files = fs::read_dir(self.dir.path()).expect("a temporary directory").filter_map(Result::ok);
            let ports =
                files.map(|file| file.path()).find(|path| path.to_string_lossy().ends_with(&format!("_{id}.ports")));
            let ports = ports.and_then(|path| fs::read(path).ok()).and_then(|text| serde_json::from_slice(&text).ok());
            let url = ports.and_then(|ports: Value| ports["nats"][0].as_str().map(str::to_owned));
            if let Some(address) = url.and_then(|url| url.strip_prefix("nats://")?.parse().ok()) {
                return address;
            }
        }
    }

    /// A way to it that can be cut.
    pub async fn door(&self) -> Door {
        Door::to(self.address.subscribe()).await
    }

    /// Asks it to end, as an operator does.
    pub async fn stop(&mut self) {
        self.end(Signal::TERM).await;
    }

    /// Ends it as a crash does.
    pub async fn kill(&mut self) {
        self.end(Signal::KILL).await;
    }

    async fn end(&mut self, signal: Signal) {
        let mut child = self.child.take().expect("a server that runs");
        let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw).expect("a process id");
        kill_process(id, signal).expect("a child can be signalled");
        within("nats-server to end", child.wait()).await.expect("a child can be waited for");
    }

    /// What it has logged.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }
}
