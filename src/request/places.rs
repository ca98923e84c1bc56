//! Places for requests that may be at work at the same time.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Refusal;
use crate::domain::Code;

/// How long an import waits for a place, and for another import into the same ledger.
const IMPORT_PATIENCE: Duration = Duration::from_secs(3);

/// How long an export waits for a place: as long as others wait for a connection.
const EXPORT_PATIENCE: Duration = Duration::from_secs(3);

/// A limited number of places.
#[derive(Clone, Debug)]
pub struct Places {
    free: Arc<Semaphore>,
    all: usize,
}

impl Places {
    /// With this many places.
    pub fn new(all: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(all)), all }
    }

    /// How many there are, taken ones included.
    pub fn count(&self) -> usize {
        self.all
    }

    /// A place, held until it is dropped; `None` when none came free within the patience.
    pub async fn take(&self, patience: Duration) -> Option<OwnedSemaphorePermit> {
        let free = Arc::clone(&self.free).acquire_owned();
        tokio::time::timeout(patience, free).await.ok()?.ok()
    }

    /// A place, however long it takes until one is free: for work that nobody waits for at the other end. `None` never comes.
    pub async fn wait(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.free).acquire_owned().await.ok()
    }

    /// A place if one is free just now.
    pub fn take_now(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.free).try_acquire_owned().ok()
    }
}

/// The places of streamed exports, which a request finds among its extensions. Each holds a connection to the
/// database for as long as its reader takes.
#[derive(Clone, Debug)]
pub struct ExportPlaces(Places);

impl ExportPlaces {
    /// With this many places.
    pub fn new(all: usize) -> Self {
        Self(Places::new(all))
    }

    /// A place, held until it is dropped; a refusal when none came free within 3 seconds.
    pub async fn take(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        self.0.take(EXPORT_PATIENCE).await.ok_or_else(|| {
            let message = format!(
                "this server streams at most {} exports at the same time, and all of them are still running: try again \
                 when one is done, or read page by page with limit and after",
                self.0.all
            );
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, message)
        })
    }
}

/// The places of imports, which a request finds among its extensions. Each holds some memory and a thread.
#[derive(Clone, Debug)]
pub struct ImportPlaces(Places);

impl ImportPlaces {
    /// How long to wait for another import into the same ledger.
    pub const PATIENCE: Duration = IMPORT_PATIENCE;

    /// With this many places.
    pub fn new(all: usize) -> Self {
        Self(Places::new(all))
    }

    /// A place, held until it is dropped; a refusal when none came free within 3 seconds.
    pub async fn take(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        self.0.take(IMPORT_PATIENCE).await.ok_or_else(|| {
            let message = format!(
                "this server works on at most {} imports at the same time, and all of them are still running: try again \
                 when one is done",
                self.0.all
            );
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, message)
        })
    }
}

/// Whether this call imports or reconciles: its body is a file, which it reads itself and which may take its time. In front
/// of the path may stand the name of a ledger.
pub fn is_import(method: &Method, path: &str) -> bool {
    const OF_FILES: [&str; 2] = ["/v10/imports", "/v10/accounting-entries/reconcile"];
    method == Method::POST && OF_FILES.iter().any(|of_files| path.ends_with(of_files))
}
