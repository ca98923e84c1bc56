//! The file of a SQLite database, before SQLite opens it.

use std::fs::OpenOptions;
use std::path::Path;

/// Makes an empty file that its owner alone may read and write, where there is none: a ledger is nobody else's business.
/// SQLite gives the files beside it (`-wal`, `-shm`) the same mode. What cannot be made is told by the attempt to open it.
pub(super) fn make_private(path: &Path) {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).ok();
}
