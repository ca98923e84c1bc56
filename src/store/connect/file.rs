//! The file of a SQLite database, before SQLite opens it.

use std::fs::OpenOptions;
use std::path::Path;

/// Creates an empty file, if there is none, that only its owner may read and write: a ledger is private. SQLite gives
/// the files beside it (`-wal`, `-shm`) the same mode. If the file cannot be created, opening it gives the error.
pub(super) fn make_private(path: &Path) {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).ok();
}
