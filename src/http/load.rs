//! How much is at work at once. A request too much waits for a moment, so that a burst passes, and is then refused:
//! waiting longer would only make all of them late.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::refusal::Refuser;
use crate::config::HttpSettings;
use crate::domain::Code;
use crate::rest::Problem;

/// How long a request waits for a place.
const PATIENCE: Duration = Duration::from_millis(250);

/// How long an export waits for a place: as long as others wait for a connection.
const EXPORT_PATIENCE: Duration = Duration::from_secs(3);

/// Places for so many.
#[derive(Clone, Debug)]
struct Places {
    free: Arc<Semaphore>,
    all: usize,
}

impl Places {
    fn new(all: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(all)), all }
    }

    /// A place until it is dropped; nothing when none is free for so long.
    async fn take(&self, patience: Duration) -> Option<OwnedSemaphorePermit> {
        let free = Arc::clone(&self.free).acquire_owned();
        tokio::time::timeout(patience, free).await.ok()?.ok()
    }
}

/// The places of requests, and of streamed exports.
#[derive(Clone, Debug)]
pub struct Load {
    requests: Places,
    exports: ExportPlaces,
}

/// The places of streamed exports, which a request finds among its extensions. Each holds a connection to the
/// database for as long as its reader takes.
#[derive(Clone, Debug)]
pub struct ExportPlaces(Places);

impl Load {
    /// With as many places as the settings say.
    pub fn new(http: &HttpSettings) -> Self {
        Self {
            requests: Places::new(http.max_running_requests),
            exports: ExportPlaces(Places::new(http.max_running_exports)),
        }
    }
}

impl ExportPlaces {
    /// A place until it is dropped. Small exports are over in a moment, so it is waited for.
    pub async fn take(&self) -> Option<OwnedSemaphorePermit> {
        self.0.take(EXPORT_PATIENCE).await
    }

    /// The refusal where there was none.
    pub fn full(&self) -> Problem {
        let message = format!(
            "as many exports are being streamed as this server streams at once, {}: try again when one is done, or \
             page with limit and after",
            self.0.all
        );
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, message)
    }
}

/// Hands a request on when there is a place for it.
pub async fn bounded(State(load): State<Load>, mut request: Request, next: Next) -> Response {
    let Some(_place) = load.requests.take(PATIENCE).await else {
        let message = format!(
            "as many requests are at work as this server takes at once, {}: try again",
            load.requests.all
        );
        let refuser = Refuser::of(&request);
        return refuser.refuse(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, &message);
    };
    request.extensions_mut().insert(load.exports);
    next.run(request).await
}
