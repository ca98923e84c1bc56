//! A gateway: the built program as a process, behind a bad network on both sides.

use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::proxy::Proxy;

/// How long a gateway may take to come back once the faults are over.
const PATIENCE: Duration = Duration::from_secs(60);

/// A gateway.
pub struct Gateway {
    /// What reports call it.
    pub name: &'static str,
    /// Its clients' way to it.
    pub client: Client,
    /// The network between clients and it.
    pub in_front: Proxy,
    /// The network between it and the database; none to a file.
    pub behind: Option<Proxy>,
    /// Its log.
    pub log: PathBuf,
    direct: Client,
    command: Mutex<Command>,
    child: Mutex<Option<Child>>,
}

impl Gateway {
    /// Not started yet. `command` is the program and what it needs of its environment.
    pub async fn new(
        name: &'static str,
        address: SocketAddr,
        mut command: Command,
        behind: Option<Proxy>,
        log: PathBuf,
    ) -> Self {
        let in_front = Proxy::to(address).await;
        let stderr = File::options().create(true).append(true).open(&log).unwrap();
        command.arg("serve").stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr);
        Self {
            name,
            client: Client::new(name, in_front.address, &log),
            in_front,
            behind,
            direct: Client::new(name, address, &log),
            log,
            command: Mutex::new(command),
            child: Mutex::new(None),
        }
    }

    /// Starts it, again and again as a service manager would, until it says that it can work.
    pub async fn start(&self) -> Result<(), String> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if self.ended().is_some() {
                let child = self.command.lock().unwrap().spawn().map_err(|error| error.to_string())?;
                *self.child.lock().unwrap() = Some(child);
            }
            if self.is_ready().await {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(format!("{} is not ready {} s after it was started", self.name, PATIENCE.as_secs()))
    }

    /// Starts it once, and waits until it is ready or has ended. Gives the exit code of one that has ended.
    pub async fn start_once(&self) -> Option<i32> {
        let child = self.command.lock().unwrap().spawn().unwrap();
        *self.child.lock().unwrap() = Some(child);
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE && !self.is_ready().await {
            if let Some(code) = self.ended() {
                return Some(code);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        None
    }

    /// Whether it says that it can work.
    pub async fn is_ready(&self) -> bool {
        let answer = self.direct.get("/readyz").timeout(Duration::from_secs(5)).send().await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }

    /// The exit code, if it runs no more; -1 when a signal ended it, or when it never ran.
    pub fn ended(&self) -> Option<i32> {
        let mut child = self.child.lock().unwrap();
        match child.as_mut() {
            None => Some(-1),
            Some(running) => running.try_wait().unwrap().map(|status| status.code().unwrap_or(-1)),
        }
    }

    /// Sends it a signal, `TERM` say, and waits for its end. Gives the exit code, or nothing when it goes on.
    pub async fn signal(&self, name: &str) -> Option<i32> {
        let id = self.child.lock().unwrap().as_ref().map(Child::id)?;
        Command::new("kill").args(["-s", name, &id.to_string()]).status().unwrap();
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(code) = self.ended() {
                return Some(code);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        None
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.lock().unwrap().take() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}
