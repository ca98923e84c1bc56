//! Limits how many ledgers are open, and with that their connections: each open ledger is counted with the most
//! connections that it may use.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Places for open ledgers. One further place is kept for the hourly look into closed ledgers, so that a look never makes
/// a request wait.
#[derive(Debug)]
pub struct Room {
    free: Arc<Semaphore>,
    all: usize,
}

/// The place of an open ledger. It is free again when this is dropped.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Room {
    /// For so many connections, of which each ledger may have so many.
    pub fn new(connections: u32, each: u32) -> Self {
        let all = usize::try_from(connections / each.max(1)).unwrap_or(usize::MAX).clamp(2, 100_000) - 1;
        Self { free: Arc::new(Semaphore::new(all)), all }
    }

    /// How many ledgers may be open at the same time.
    pub fn places(&self) -> usize {
        self.all
    }

    /// A place, if one is free.
    pub fn take(&self) -> Option<Place> {
        let permit = Arc::clone(&self.free).try_acquire_owned().ok()?;
        Some(Place { _permit: permit })
    }
}
