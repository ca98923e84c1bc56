//! How many connections each caller has.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::service::Ledger;

/// The ledger and the handle of the token; an empty handle for all who came without one.
type Caller = (String, String);

/// The room for the connections of each caller. Cheap to clone; all clones share it.
#[derive(Clone, Debug)]
pub struct CallerRoom {
    most: usize,
    /// Of callers who have a connection.
    taken: Arc<Mutex<HashMap<Caller, usize>>>,
}

/// Room for one connection, until it is dropped.
#[derive(Debug)]
pub struct Room {
    room: CallerRoom,
    caller: Caller,
}

impl CallerRoom {
    /// For so many connections of each caller.
    pub fn new(most: usize) -> Self {
        Self { most, taken: Arc::default() }
    }

    /// How many a caller may have.
    pub fn most(&self) -> usize {
        self.most
    }

    /// Room for one more connection of the caller of this ledger, if there is any.
    pub fn take(&self, ledger: &Ledger) -> Option<Room> {
        let caller = (ledger.name().to_owned(), ledger.caller().handle().to_owned());
        let mut taken = self.taken();
        let count = taken.entry(caller.clone()).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Room { room: self.clone(), caller })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<Caller, usize>> {
        // Nothing can panic while the lock is held.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut taken = self.room.taken();
        if let Some(count) = taken.get_mut(&self.caller) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                taken.remove(&self.caller);
            }
        }
    }
}
