//! Hearing on SQLite: the file is looked at, since nobody tells that it has changed.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::store::connect::Pool;

/// How long to rest between two looks while somebody waits for what others commit.
const AWAITED: Duration = Duration::from_millis(100);

/// The same while nobody does.
const OTHERWISE: Duration = Duration::from_secs(1);

/// Looks at the file on the one connection that writes. There `data_version` changes when another connection commits, and not
/// when this one does: a gateway does not hear itself. While this gateway writes, the connection is not free; then nobody else
/// can commit.
#[derive(Debug)]
pub struct FileListener {
    writer: Pool,
    /// What the last look saw; `None` before the first that succeeded.
    version: Option<i64>,
}

impl FileListener {
    /// Hears what is committed from now on.
    pub(super) async fn begin(writer: Pool) -> Self {
        let version = version(&writer).await;
        Self { writer, version }
    }

    /// Returns when another connection has committed.
    pub(super) async fn heard(&mut self, is_awaited: impl Fn() -> bool) {
        loop {
            tokio::time::sleep(if is_awaited() { AWAITED } else { OTHERWISE }).await;
            // A database that does not answer is looked at again.
            let version = version(&self.writer).await;
            if version.is_some() && version != self.version {
                self.version = version;
                return;
            }
        }
    }
}

async fn version(writer: &Pool) -> Option<i64> {
    let question = Statement::from_string(DbBackend::Sqlite, "PRAGMA data_version");
    let row = writer.query_one_raw(question).await.ok()??;
    row.try_get_by_index(0).ok()
}
