//! One run of a command, from its arguments to its exit code.

use std::path::Path;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStderr, Command};

use crate::binary::clean_command;
use crate::{ConfigFile, within};

/// A command line that has yet to run.
#[derive(Debug)]
pub struct Run {
    command: Command,
    stdin: Vec<u8>,
}

impl Run {
    /// `host-harness` with these arguments.
    #[must_use]
    pub fn new<'a>(args: impl IntoIterator<Item = &'a str>) -> Self {
        let mut command = clean_command();
        command.args(args);
        Self { command, stdin: Vec::new() }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, arg: &str) -> Self {
        self.command.arg(arg);
        self
    }

    /// Adds the path of a file as an argument.
    #[must_use]
    pub fn path(mut self, path: &Path) -> Self {
        self.command.arg(path);
        self
    }

    /// Adds `--config` with this file, and the file's variables.
    #[must_use]
    pub fn config(mut self, config: &ConfigFile) -> Self {
        self.command.arg("--config").arg(config.path()).envs(config.env.iter().cloned());
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Sets the working directory.
    #[must_use]
    pub fn within(mut self, dir: &Path) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// What it reads.
    #[must_use]
    pub fn stdin(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.stdin = input.into();
        self
    }

    /// Runs it to its end.
    pub async fn run(mut self) -> Ran {
        let (child, feeding) = self.spawn();
        let what = format!("the end of {:?}", self.command.as_std());
        let ((), output) = within(&what, async { tokio::join!(feeding, child.wait_with_output()) }).await;
        let output = output.expect("a child that was spawned can be waited for");
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs it until these words stand on its standard error.
    pub async fn until(mut self, words: &str) -> Running {
        let (mut child, feeding) = self.spawn();
        let mut lines = BufReader::new(child.stderr.take().expect("a piped stderr"));
        let mut stderr = String::new();
        let reading = async {
            while !stderr.contains(words) {
                let read = lines.read_line(&mut stderr).await.expect("a pipe can be read");
                assert!(read > 0, "{words:?} was never said: {stderr}");
            }
        };
        let what = format!("{words:?} of {:?}", self.command.as_std());
        within(&what, async { tokio::join!(feeding, reading) }).await;
        Running { child, lines, stderr }
    }

    fn spawn(&mut self) -> (Child, impl Future<Output = ()> + use<>) {
        let command = self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("host-harness can be run");
        let mut stdin = child.stdin.take().expect("a piped stdin");
        let input = std::mem::take(&mut self.stdin);
        let feeding = async move {
            // A command that refuses before it reads closes the pipe: its exit code tells.
            drop(stdin.write_all(&input).await);
        };
        (child, feeding)
    }
}

/// A command that has not come to its end. It is killed when this is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    lines: BufReader<ChildStderr>,
    stderr: String,
}

impl Running {
    /// Its process's id.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.id().expect("a child that has not been waited for has an id")
    }

    /// Presses Ctrl-C, and waits for its end.
    pub async fn interrupt(self) -> Ran {
        let id = i32::try_from(self.process()).ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(id, Signal::INT).expect("a child can be signalled");
        self.end().await
    }

    /// Waits for its end.
    pub async fn end(mut self) -> Ran {
        let rest = async {
            let rest = self.lines.read_to_string(&mut self.stderr);
            tokio::join!(rest, self.child.wait_with_output())
        };
        let (read, output) = within("the end of what was begun", rest).await;
        read.expect("a pipe can be read");
        let output = output.expect("a child that was spawned can be waited for");
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        Ran { code: output.status.code(), stdout, stderr: self.stderr }
    }
}

/// What a command left behind.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Data.
    pub stdout: String,
    /// Everything else.
    pub stderr: String,
}

impl Ran {
    /// Fails unless it ended with this exit code.
    #[expect(
        clippy::must_use_candidate,
        clippy::return_self_not_must_use,
        reason = "often the code is all that counts"
    )]
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    /// Standard output as one JSON document.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("stdout is no JSON ({error}): {}", self.stdout))
    }

    /// Standard output as JSON documents, one a line.
    #[must_use]
    #[track_caller]
    pub fn json_lines(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("no JSON line ({error}): {line}")))
            .collect()
    }

    /// Both streams.
    #[must_use]
    pub fn everything(&self) -> String {
        format!("{}\n{}", self.stdout, self.stderr)
    }
}
