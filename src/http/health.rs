//! Is the process alive; can it work.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use crate::service::Ledger;
use crate::store::schema::{self, Fit};

/// `/livez` and `/readyz`.
pub fn router(ledger: Ledger) -> Router {
    Router::new().route("/livez", get(|| async { "ok\n" })).route("/readyz", get(ready)).with_state(ledger)
}

/// 200 when the database answers and has a schema that this program can work with, else 503 and the reason.
async fn ready(State(ledger): State<Ledger>) -> Response {
    let reason = match schema::fit(ledger.database()).await {
        // A newer gateway has prepared the database for itself: until it takes over, this one goes on.
        Ok(Fit::Current | Fit::Extended) => return Json(json!({ "ready": true })).into_response(),
        Ok(Fit::Empty | Fit::Behind) => {
            "the database's schema is older than the program: run `ledgate migrate up`"
        }
        Ok(Fit::Newer) => "the database's schema is newer than the program: update the program",
        Err(error) => {
            tracing::warn!(%error, "not ready");
            "the database does not answer"
        }
    };
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "ready": false, "reason": reason }))).into_response()
}
