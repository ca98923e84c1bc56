//! The process of a command: started with its three pipes, and ended with all that it has started.

use std::ffi::OsString;
use std::io;
use std::process::{ExitStatus, Stdio};

use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

/// Longest name of a machine in the name of a worker, in characters.
const MAX_HOST: usize = 60;

/// A command that runs.
pub struct Process {
    child: Child,
    /// The process group, which the command and its children are in.
    #[cfg(unix)]
    group: Option<rustix::process::Pid>,
    has_ended: bool,
}

/// Its standard input and outputs.
pub struct Pipes {
    pub stdin: ChildStdin,
    pub stdout: ChildStdout,
    pub stderr: ChildStderr,
}

impl Process {
    /// Starts the command, without this variable in its environment.
    pub fn start(command: &[OsString], without: &str) -> io::Result<(Self, Pipes)> {
        let (program, arguments) =
            command.split_first().ok_or_else(|| io::Error::other("no command is given"))?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_remove(without)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        // A group of its own: Ctrl-C in a terminal reaches this program alone, which lets the command finish.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(io::Error::other("its pipes are missing"));
        };
        #[cfg(unix)]
        let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        let process = Self {
            child,
            #[cfg(unix)]
            group,
            has_ended: false,
        };
        Ok((process, Pipes { stdin, stdout, stderr }))
    }

    /// Waits for the end of the command.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await;
        self.has_ended = true;
        status
    }

    /// Ends the command at once, and what it has started.
    pub fn kill(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.group {
            // There may be nobody left in it.
            rustix::process::kill_process_group(group, rustix::process::Signal::KILL).ok();
        }
        self.child.start_kill().ok();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.has_ended {
            self.kill();
        }
    }
}

/// The name of this machine.
pub fn host() -> String {
    #[cfg(unix)]
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    #[cfg(not(unix))]
    let name = std::env::var("COMPUTERNAME").unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).take(MAX_HOST).collect();
    if name.is_empty() { "localhost".to_owned() } else { name }
}
