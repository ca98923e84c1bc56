//! Reconciling: a system's own list of what it has, compared with what it was sent. Nothing is changed.
//!
//! The list is taken in whole (`kept`). Its lines are then compared with the entries that they name, some at a time
//! (`comparing`), and the entries are sorted in steady memory (`seen`). In the end these are merged with the marks of the
//! system, in the order of entries: so what the system lacks is found, and what it has twice. However long the list and
//! however many the marks, memory stays the same.

mod comparing;
mod difference;
mod kept;
mod seen;

use std::io::Read;

use futures_util::Stream;
use tokio::sync::mpsc::{self, Receiver};

use super::Ledger;
use crate::domain::{Error, Result, Right, SystemId};
use crate::store;
use comparing::{Marks, compare};
use kept::Kept;
use seen::{Named, Seen};

pub use difference::{BothSides, Difference, DifferenceCounts, DifferenceKind, ReconciliationSummary};

/// Lines, or entries that they name, that are looked at together.
const SOME: usize = 500;
/// Marks that are read together.
const MARKS: u64 = 1_000;

/// A piece of what a reconciliation tells.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "nearly all of them are differences")]
pub enum Reconciled {
    /// Something differs.
    Difference(Difference),
    /// The last piece: what it came to.
    End(ReconciliationSummary),
}

impl Ledger {
    /// Compares the system's own list of what it has, in CSV or NDJSON, with what it was sent. First the list is read to
    /// its end: one that cannot be read is refused, with the place of each line that cannot be compared. Then every
    /// difference comes as fast as the caller takes it, those of lines in their order first, and the end; without an end
    /// the answer is not complete. For a system that is not known nothing is marked.
    pub async fn reconcile(
        &self,
        system_id: &SystemId,
        list: Box<dyn Read + Send>,
    ) -> Result<impl Stream<Item = Result<Reconciled>> + Send + 'static + use<>> {
        self.caller.require_for(Right::Export, system_id)?;
        let kept = away(move || Kept::take_in(list)).await?;
        // Before anything is looked up, so that all of it is at least as new as the moment says.
        let mut summary = ReconciliationSummary::new(self.clock.now());
        let system = store::systems::find(self.database.reader(), system_id).await?;
        let system_key = system.map(|system| system.key);
        let ledger = self.clone();
        Ok(async_stream::try_stream! {
            // The whole of it, and not its database alone: it is in use as long as the stream is kept.
            let ledger = ledger;
            let mut seen = Seen::default();
            let mut lines = kept.lines();
            while let Some(some) = lines.recv().await {
                let some = some?;
                for difference in compare(&ledger, system_key, &some, &mut seen, &mut summary).await? {
                    yield summary.told(difference);
                }
            }
            let mut marks = Marks::new(&ledger, system_key);
            let mut marked = marks.next().await?;
            let mut sorted = seen.sorted().await?;
            while let Some(some) = sorted.recv().await {
                for named in some? {
                    if let Some(difference) = twice(&named) {
                        yield summary.told(difference);
                    }
                    while let Some(mark) = marked.take_if(|mark| mark.entry.id <= named.entry_id) {
                        marked = marks.next().await?;
                        summary.add_marked(&mark.entry);
                        if mark.entry.id < named.entry_id {
                            yield summary.told(mark.into_missing());
                        }
                    }
                }
            }
            while let Some(mark) = marked {
                marked = marks.next().await?;
                summary.add_marked(&mark.entry);
                yield summary.told(mark.into_missing());
            }
            yield Reconciled::End(summary);
        })
    }
}

/// That a line names an entry which another line has named before, if it does.
fn twice(named: &Named) -> Option<Difference> {
    let first_line = Some(named.first_line?);
    let (line, entry_id) = (Some(named.line), Some(named.entry_id));
    Some(Difference { line, first_line, entry_id, ..Difference::of(DifferenceKind::Twice) })
}

/// Work that waits for files, away from the threads that serve others.
async fn away<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

/// These items, so many at a time, read by a thread of their own. An error ends them.
fn in_batches<T: Send + 'static>(
    items: impl Iterator<Item = Result<T>> + Send + 'static,
    size: usize,
) -> Receiver<Result<Vec<T>>> {
    let (sender, receiver) = mpsc::channel(2);
    tokio::task::spawn_blocking(move || {
        let mut batch = Vec::with_capacity(size);
        for item in items {
            match item {
                Ok(item) => batch.push(item),
                Err(error) => {
                    // When the receiver is gone, nobody has to be told.
                    let _ = sender.blocking_send(Err(error));
                    return;
                }
            }
            if batch.len() == size {
                let full = std::mem::replace(&mut batch, Vec::with_capacity(size));
                if sender.blocking_send(Ok(full)).is_err() {
                    return;
                }
            }
        }
        if !batch.is_empty() {
            let _ = sender.blocking_send(Ok(batch));
        }
    });
    receiver
}
