//! The description of the REST side, made from the handlers themselves.

mod details;

use axum::Json;
use utoipa::OpenApi;

use super::{entries, entry, export, problem, requests};
use details::Details;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "ledgate",
        description = "Knows, for every accounting entry and every system, whether it has been sent. \
                       The same use cases stand behind GraphQL at /graphql.",
        license(name = "MIT", identifier = "MIT")
    ),
    paths(
        export::unexported,
        export::mark_as_exported,
        entries::list,
        entries::one,
        entries::timeline,
        entries::record
    ),
    components(schemas(entry::AccountingEntry, problem::Problem, requests::FilterGroup, requests::Filter)),
    modifiers(&Details),
    tags(
        (name = "export", description = "What has not been sent, and recording that it was"),
        (name = "core", description = "The entries themselves")
    )
)]
struct Description;

/// The OpenAPI document.
pub fn document() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// `/openapi.json`.
pub async fn serve() -> Json<utoipa::openapi::OpenApi> {
    Json(document())
}
