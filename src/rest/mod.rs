//! The REST mirror of the original export API: the same use cases, rules and codes as GraphQL, in the
//! original's spelling.

mod body;
mod dto;
mod entries;
mod entry;
mod export;
pub mod filter_groups;
mod openapi;
mod parameters;
mod problem;
mod requests;

use axum::Router;
use axum::routing::{get, post};

pub use entry::AccountingEntry;
pub use openapi::{document, serve as serve_openapi};
pub use problem::{Problem, fallback, method_not_allowed};

/// Who is told in the timeline to have done what came in through this surface.
const ACTOR: &str = "rest";

/// Everything under `/v10`.
pub fn router() -> Router {
    Router::new()
        .route("/v10/accounting-entries/export", get(export::unexported))
        .route("/v10/accounting-entries/mark-as-exported", post(export::mark_as_exported))
        .route("/v10/accounting-entries", get(entries::list).post(entries::record))
        .route("/v10/accounting-entries/{id}", get(entries::one))
        .route("/v10/accounting-entries/{id}/timeline", get(entries::timeline))
}
