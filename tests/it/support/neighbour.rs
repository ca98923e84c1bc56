//! A server of somebody else's beside the gateway, a proxy or a pooler, on a port of its own, with a configuration in a
//! folder of its own.
#![allow(clippy::panic, clippy::expect_used)] // a test without its neighbour must fail, and say why

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::postgres_programs::free_ports;

/// Ports may be taken by another program between the choice and the start.
const ATTEMPTS: u32 = 4;

/// What is to be known of a program to run it.
pub struct Kind {
    /// The program, which is Debian's package too.
    pub program: &'static str,
    /// A part of the line on standard error by which it tells that it listens.
    pub up: &'static str,
    /// What a shell runs. Its arguments are the program and the file; it ends the program when its standard input closes.
    pub script: &'static str,
}

/// A running one. It ends when this is dropped, and when the test's process ends in whatever way.
pub struct Neighbour {
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    script: Child,
    _folder: TempDir,
}

impl Drop for Neighbour {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        self.script.wait().ok();
    }
}

impl Neighbour {
    /// Starts it with the configuration for this folder and this port.
    pub fn start(kind: &Kind, configuration: impl Fn(&Path, u16) -> String) -> Self {
        let Kind { program: name, .. } = kind;
        let program = find(name).unwrap_or_else(|| {
            panic!("these tests need {name}, and there is none in the path or in /usr/sbin: apt-get install -y {name}")
        });
        let mut said = String::new();
        for _ in 0..ATTEMPTS {
            let folder = TempDir::new().expect("a folder can be made");
            let port = free_ports()[0];
            let file = folder.path().join("configuration");
            std::fs::write(&file, configuration(folder.path(), port)).expect("the folder can be written");
            let mut script = Command::new("sh")
                .args(["-c", kind.script, &format!("ledgate-{name}")])
                .arg(&program)
                .arg(&file)
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .expect("sh can be started");
            let mut lines = BufReader::new(script.stderr.take().expect("stderr is a pipe")).lines();
            let up = lines.by_ref().map_while(Result::ok).find(|line| {
                said.push_str(line);
                said.push('\n');
                line.contains(kind.up)
            });
            // A full pipe would stop it.
            std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
            let neighbour = Self { port, script, _folder: folder };
            if up.is_some() {
                return neighbour;
            }
        }
        panic!("{name} could not be started:\n{said}");
    }
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin")])
        .map(|folder| folder.join(program))
        .find(|program| program.is_file())
}
