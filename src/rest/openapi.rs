//! The description of the REST side, made from the calls that the router serves.

mod choices;
mod details;
mod examples;

use utoipa::{Modify, OpenApi};

use super::{entry, problem, requests};
use details::Details;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "ledgate",
        description = "Knows, for every accounting entry and every system, whether it has been sent. \
                       The same use cases stand behind GraphQL at /graphql.",
        license(name = "MIT", identifier = "MIT")
    ),
    components(schemas(entry::AccountingEntry, problem::Problem, requests::FilterGroup, requests::Filter)),
    tags(
        (name = "export", description = "What has not been sent, and recording that it was"),
        (name = "core", description = "The entries themselves"),
        (name = "webhooks", description = "Addresses that are told when something happens")
    )
)]
struct Description;

/// What the document says beside the calls, which the router adds.
pub fn head() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// The whole document, for one that has its calls.
pub fn complete(mut document: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    Details.modify(&mut document);
    document
}
