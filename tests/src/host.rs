//! A running `host-harness serve`.

use std::fmt;
use std::io::Write as _;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::Child;
use tokio::task::JoinHandle;

use crate::binary::clean_command;
use crate::{ConfigFile, HostConfig, Usage, within};

/// What `serve` prints when it is ready.
const READY: &str = "listening on http://";

/// A host process on a port of its own. It is killed when this is dropped.
#[derive(Debug)]
pub struct HostProcess {
    child: Child,
    address: SocketAddr,
    config: ConfigFile,
    stdout: Transcript,
    stderr: Transcript,
}

/// A host that ended instead of listening.
#[derive(Debug)]
pub struct NotStarted {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it logged.
    pub stderr: String,
}

impl fmt::Display for NotStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the host ended with {:?} before it listened\nstdout: {}\nstderr: {}",
            self.code, self.stdout, self.stderr
        )
    }
}

/// A host that was stopped.
#[derive(Debug)]
pub struct Stopped {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it printed, from start to end.
    pub stdout: String,
    /// What it logged, from start to end.
    pub stderr: String,
    /// What it ran on.
    pub config: ConfigFile,
}

impl Stopped {
    /// Starts a host again on the same file and the same data directory.
    pub async fn restart(&self) -> HostProcess {
        self.config.serve().await
    }
}

impl HostConfig {
    /// Writes the file and starts a host on it.
    pub async fn serve(&self) -> HostProcess {
        self.write().serve().await
    }

    /// Writes the file and starts a host on it that is expected to refuse.
    ///
    /// # Errors
    /// What the host said, when it did not start.
    pub async fn try_serve(&self) -> Result<HostProcess, NotStarted> {
        HostProcess::start(&self.write()).await
    }
}

impl ConfigFile {
    /// Starts a host on it.
    pub async fn serve(&self) -> HostProcess {
        HostProcess::start(self).await.unwrap_or_else(|refusal| panic!("{refusal}"))
    }
}

impl HostProcess {
    /// Starts `serve` and waits until it says where it listens.
    ///
    /// # Errors
    /// When it ends instead.
    pub async fn start(config: &ConfigFile) -> Result<Self, NotStarted> {
        let mut child = clean_command()
            .arg("serve")
            .arg("--config")
            .arg(config.path())
            .args(&config.args)
            .envs(config.env.iter().cloned())
            .current_dir(config.dir())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("host-harness can be run");
        let mut stderr = Transcript::of(child.stderr.take().expect("a piped stderr"));
        let mut lines = BufReader::new(child.stdout.take().expect("a piped stdout"));
        let mut first = String::new();
        within("the host to listen or to end", lines.read_line(&mut first)).await.expect("a pipe can be read");
        let mut stdout = Transcript::after(first.clone(), lines);
        let address = first.trim().strip_prefix(READY).and_then(|address| address.parse().ok());
        if let Some(address) = address {
            return Ok(Self { child, address, config: config.clone(), stdout, stderr });
        }
        if !first.is_empty() {
            drop(child.start_kill());
        }
        let status = within("the host to end", child.wait()).await.expect("a child can be waited for");
        Err(NotStarted { code: status.code(), stdout: stdout.whole().await, stderr: stderr.whole().await })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it runs on.
    #[must_use]
    pub fn config(&self) -> &ConfigFile {
        &self.config
    }

    /// What it has used so far.
    #[must_use]
    pub fn usage(&self) -> Usage {
        Usage::of(self.child.id().expect("a host that has not been waited for has an id"))
    }

    /// What it has logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.stderr.so_far()
    }

    /// Asks it to stop (SIGTERM) and waits until it has.
    pub async fn terminate(self) -> Stopped {
        self.stop(Signal::TERM).await
    }

    /// Ends it at once (SIGKILL), as a crash does.
    pub async fn kill(self) -> Stopped {
        self.stop(Signal::KILL).await
    }

    async fn stop(mut self, signal: Signal) -> Stopped {
        let id = self.child.id().expect("a host that has not been waited for has an id");
        let id = i32::try_from(id).ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(id, signal).expect("a child can be signalled");
        let status = within("the host to end", self.child.wait()).await.expect("a child can be waited for");
        Stopped {
            code: status.code(),
            stdout: self.stdout.whole().await,
            stderr: self.stderr.whole().await,
            config: self.config.clone(),
        }
    }
}

impl Drop for HostProcess {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            // Nobody can be told if even this fails.
            drop(writeln!(std::io::stderr(), "the host of the test that failed had logged:\n{log}"));
        }
        // `kill_on_drop` does the rest.
    }
}

/// What comes out of a pipe, kept while it goes on.
#[derive(Debug)]
struct Transcript {
    text: Arc<Mutex<String>>,
    reading: Option<JoinHandle<()>>,
}

impl Transcript {
    fn of(pipe: impl AsyncRead + Unpin + Send + 'static) -> Self {
        Self::after(String::new(), BufReader::new(pipe))
    }

    fn after(first: String, mut pipe: BufReader<impl AsyncRead + Unpin + Send + 'static>) -> Self {
        let text = Arc::new(Mutex::new(first));
        let kept = Arc::clone(&text);
        let reading = tokio::spawn(async move {
            let mut line = Vec::new();
            while pipe.read_until(b'\n', &mut line).await.is_ok_and(|read| read > 0) {
                kept.lock().unwrap_or_else(PoisonError::into_inner).push_str(&String::from_utf8_lossy(&line));
                line.clear();
            }
        });
        Self { text, reading: Some(reading) }
    }

    fn so_far(&self) -> String {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Everything, once the other end is closed.
    async fn whole(&mut self) -> String {
        if let Some(reading) = self.reading.take() {
            within("the end of the host's output", reading).await.expect("reading a pipe does not panic");
        }
        self.so_far()
    }
}
