//! How many requests are at work at the same time. Over the limit, a request waits 250 ms, so that a short burst
//! passes, and then gets 503: if it waited longer, every request behind it would be late too.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

use super::refusal::Refuser;
use crate::config::HttpSettings;
use crate::domain::Code;
use crate::request::{ImportPlaces, Places};

/// How long a request over the limit waits for a place.
pub const PATIENCE: Duration = Duration::from_millis(250);

/// The places of requests, and of imports.
#[derive(Clone, Debug)]
pub struct Load {
    requests: Places,
    imports: ImportPlaces,
}

impl Load {
    /// With as many places as `http.max_running_requests` and `http.max_running_imports` say.
    pub fn new(http: &HttpSettings) -> Self {
        Self {
            requests: Places::new(http.max_running_requests),
            imports: ImportPlaces::new(http.max_running_imports),
        }
    }

    /// The places of requests.
    pub fn requests(&self) -> Places {
        self.requests.clone()
    }
}

/// Hands a request on when there is a place for it, and lets it find the places of imports.
pub async fn bounded(State(load): State<Load>, mut request: Request, next: Next) -> Response {
    let Some(_place) = load.requests.take(PATIENCE).await else {
        let message = format!(
            "this server works on at most {} requests at the same time, and all places are taken: try again",
            load.requests.count()
        );
        let refuser = Refuser::of(&request);
        return refuser.refuse(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, &message);
    };
    request.extensions_mut().insert(load.imports);
    next.run(request).await
}
