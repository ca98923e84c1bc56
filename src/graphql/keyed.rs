//! Something that is loaded once for each different set of arguments.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use crate::domain::Result;

/// One cell for each different set of arguments.
#[derive(Debug)]
pub struct Keyed<K, V>(Mutex<HashMap<K, Arc<OnceCell<Result<V>>>>>);

impl<K, V> Default for Keyed<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V> Keyed<K, V> {
    /// The cell of these arguments.
    pub fn cell(&self, key: K) -> Arc<OnceCell<Result<V>>> {
        // Nothing can panic while the lock is held, so a poisoned map is a whole one.
        let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cells.entry(key).or_default())
    }
}
