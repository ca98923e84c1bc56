//! The REST mirror of the original export API: the same use cases, rules and codes as GraphQL, in the
//! original's spelling.

mod arriving;
mod body;
mod changed;
mod claims;
mod conflicts;
mod counts;
mod dto;
mod entries;
mod entry;
mod events;
mod export;
mod exports;
mod failures;
pub mod filter_groups;
mod importing;
mod include;
mod item;
mod marking;
mod openapi;
mod operation;
mod parameters;
mod problem;
mod reconciling;
mod recording;
mod reference;
mod replays;
mod requests;
mod requeueing;
mod retiring;
mod status;
mod systems;
mod unmarking;
mod vouchers;
mod webhooks;
mod withdrawing;

use axum::{Json, Router};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use arriving::Piece as FormPiece;
pub use changed::ChangedEntry;
pub use claims::ExportClaim;
pub use conflicts::ExportConflict;
pub use entry::AccountingEntry;
pub use export::form::EndLine;
pub use importing::hand_on_form;
pub use problem::{Problem, fallback, method_not_allowed};
pub use reconciling::ReconciliationLine;
pub use replays::ExportReplay;
pub use requeueing::MovedItem;
pub use status::ExportStatus;
pub use vouchers::Voucher;
pub use webhooks::{Webhook, WebhookDelivery};

use parameters::NoParameters;

/// The actor in the timeline for calls through this surface without a token.
const ACTOR: &str = "rest";

/// Everything under `/v10`.
pub fn router() -> Router {
    calls().into()
}

/// The OpenAPI document.
pub fn document() -> OpenApi {
    openapi::complete(calls().into_openapi())
}

/// `/openapi.json`.
pub async fn serve_openapi(_: NoParameters) -> Json<OpenApi> {
    Json(document())
}

/// Every call, with its description: what is listed here is served and stands in the OpenAPI document. Calls that write
/// are listed by theme, in the files that hold them.
fn calls() -> OpenApiRouter {
    OpenApiRouter::with_openapi(openapi::head())
        .routes(routes!(export::unexported))
        .routes(routes!(entries::list))
        .routes(routes!(entries::one))
        .routes(routes!(entries::timeline))
        .merge(marking::calls())
        .merge(unmarking::calls())
        .merge(changed::calls())
        .merge(exports::calls())
        .merge(events::calls())
        .merge(status::calls())
        .merge(failures::calls())
        .merge(requeueing::calls())
        .merge(claims::calls())
        .merge(conflicts::calls())
        .merge(replays::calls())
        .merge(reconciling::calls())
        .merge(systems::calls())
        .merge(retiring::calls())
        .merge(recording::calls())
        .merge(withdrawing::calls())
        .merge(importing::calls())
        .merge(vouchers::calls())
        .merge(webhooks::calls())
}
