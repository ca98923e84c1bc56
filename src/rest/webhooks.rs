//! Webhooks: addresses that are told when something happens.

mod changing;

use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery};
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::parameters::{NoParameters, Parameters, number_of};
use super::problem::{Problem, in_rest_spelling};
use crate::domain::webhook::{self, DeliveryError, SwitchedOff, WebhookKind};
use crate::domain::{Code, Error, Fault, Result};
use crate::service::{Ledger, delivery_cursor, event_cursor, webhook_cursor};

/// Calls about webhooks.
pub fn calls() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, changing::create))
        .routes(routes!(one))
        .routes(routes!(deliveries))
        .routes(routes!(changing::delete))
        .routes(routes!(changing::rotate))
        .routes(routes!(changing::switch_on))
        .routes(routes!(changing::replay))
        .routes(routes!(changing::test))
}

/// An address that is told when something happens.
#[derive(Debug, Serialize, ToSchema)]
pub struct Webhook {
    /// The number of the webhook.
    #[schema(example = 3)]
    webhook_id: i64,
    /// The address that is told.
    #[schema(example = "https://hooks.example.com/ledgate")]
    url: String,
    /// The system that the webhook is for; null: all systems.
    #[schema(example = "erp")]
    system_id: Option<String>,
    /// What the webhook tells of: READY, FAILED, PARKED, CONFLICT, CHANGED, EXPORTED, UNMARKED, REQUEUED, CLAIMED, REPLAYED.
    #[schema(example = json!(["READY", "FAILED"]))]
    kinds: Vec<&'static str>,
    /// What there is to know about the webhook; null when nobody has said.
    #[schema(example = "Wakes the connector of the ERP")]
    description: Option<String>,
    /// The cursor of the event up to which the webhook was told; null before the first event.
    #[schema(example = "AUXl3aGZ6bV9AAAAAAAAABEAAAAAAAAAAw")]
    cursor: Option<String>,
    /// When the first attempt failed since the last one that did not (RFC 3339, UTC); null when the last one did not fail.
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    failing_since: Option<String>,
    /// How many attempts have failed since then.
    #[schema(example = 0)]
    failed_attempts: i32,
    /// Not before then is the next attempt (RFC 3339, UTC); null when nothing has failed, or when it is switched off.
    #[schema(example = "2024-01-31T12:00:05.000000Z", format = DateTime)]
    next_attempt_at: Option<String>,
    /// Since when the webhook is switched off (RFC 3339, UTC); null when it is on.
    #[schema(example = "2024-02-03T12:00:00.000000Z", format = DateTime)]
    switched_off_at: Option<String>,
    /// Why it is: FAILED after three days of failures, GONE after an answer 410; null when it is on.
    #[schema(example = "FAILED")]
    switched_off_because: Option<&'static str>,
    /// Until when the secret before the present one is valid too (RFC 3339, UTC); null when there is none.
    #[schema(example = "2024-02-01T12:00:00.000000Z", format = DateTime)]
    previous_secret_valid_until: Option<String>,
    /// When the webhook was made (RFC 3339, UTC).
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    created_at: String,
    /// Who made the webhook.
    #[schema(example = "token:console")]
    created_by: String,
}

impl From<webhook::Webhook> for Webhook {
    fn from(webhook: webhook::Webhook) -> Self {
        let (switched_off_at, switched_off_because) = webhook.switched_off.unzip();
        Self {
            webhook_id: webhook.id,
            system_id: webhook.system_id.map(|system| system.to_string()),
            kinds: names(&webhook.kinds),
            description: webhook.description,
            cursor: (webhook.place.position > 0).then(|| event_cursor(webhook.place)),
            failing_since: webhook.failing_since.map(|at| at.to_string()),
            failed_attempts: webhook.attempts,
            next_attempt_at: webhook.next_attempt_at.map(|at| at.to_string()),
            switched_off_at: switched_off_at.map(|at| at.to_string()),
            switched_off_because: switched_off_because.map(SwitchedOff::as_str),
            previous_secret_valid_until: webhook.previous_secret_until.map(|at| at.to_string()),
            created_at: webhook.created_at.to_string(),
            created_by: webhook.created_by,
            url: webhook.url,
        }
    }
}

/// One attempt to tell a webhook something.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookDelivery {
    /// The number of the attempt.
    #[schema(example = 117)]
    delivery_id: i64,
    /// The number of the webhook.
    #[schema(example = 3)]
    webhook_id: i64,
    /// When the attempt began (RFC 3339, UTC).
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    at: String,
    /// Which attempt it was since the last success, from 1.
    #[schema(example = 1)]
    attempt: i32,
    /// What was told: the header `webhook-id`. An attempt that repeats another has the same, unless there was more to tell.
    #[schema(example = "msg_2nQbq8Z7mVx0rT3kYc1dLw9a")]
    signal_id: String,
    /// The system that it was about; null for a test of a webhook for all systems.
    #[schema(example = "erp")]
    system_id: Option<String>,
    /// What it told of; nothing for a test.
    #[schema(example = json!(["READY"]))]
    kinds: Vec<&'static str>,
    /// The cursor of the event up to which it told; null when the log had no event.
    #[schema(example = "AUXl3aGZ6bV9AAAAAAAAABEAAAAAAAAAAw")]
    cursor: Option<String>,
    /// Whether the receiver took it.
    #[schema(example = true)]
    taken: bool,
    /// The HTTP status of the answer; null when none came.
    #[schema(example = 204)]
    status: Option<i32>,
    /// Why no answer came: NOT_HTTPS, NO_ADDRESS, PRIVATE_ADDRESS, NOT_CONNECTED, TLS, TIMEOUT, BAD_ANSWER; null when one did.
    #[schema(example = "TIMEOUT")]
    error: Option<&'static str>,
    /// How long the attempt took, in milliseconds.
    #[schema(example = 37)]
    duration_ms: i32,
}

impl From<webhook::Delivery> for WebhookDelivery {
    fn from(delivery: webhook::Delivery) -> Self {
        Self {
            delivery_id: delivery.id,
            webhook_id: delivery.webhook_id,
            at: delivery.at.to_string(),
            attempt: delivery.attempt,
            system_id: delivery.system_id.as_ref().map(ToString::to_string),
            kinds: names(&delivery.kinds),
            taken: delivery.is_taken(),
            status: delivery.status.map(i32::from),
            error: delivery.error.map(DeliveryError::as_str),
            duration_ms: delivery.duration_ms,
            signal_id: delivery.signal_id,
            cursor: delivery.cursor,
        }
    }
}

fn names(kinds: &[WebhookKind]) -> Vec<&'static str> {
    kinds.iter().map(|kind| kind.as_str()).collect()
}

/// A page of webhooks.
#[derive(Debug, Serialize, ToSchema)]
pub struct Webhooks {
    /// Oldest first.
    webhooks: Vec<Webhook>,
    /// Give it as `after` for the next page; null on the last one.
    next_after: Option<String>,
}

/// A page of attempts to tell a webhook something.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookDeliveries {
    /// Newest first.
    deliveries: Vec<WebhookDelivery>,
    /// Give it as `after` for the next page; null on the last one.
    next_after: Option<String>,
}

/// The webhooks, oldest first.
#[utoipa::path(
    get,
    path = "/v10/webhooks",
    tag = "webhooks",
    operation_id = "listWebhooks",
    params(
        ("limit" = Option<i64>, Query, description = "How many webhooks a page has at most. Without it 20.", minimum = 1, maximum = 100),
        ("after" = Option<String>, Query, description = "Continue after this cursor, which is `next_after` of the page before."),
    ),
    responses(
        (status = 200, description = "A page", body = Webhooks),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    Extension(ledger): Extension<Ledger>,
    RawQuery(query): RawQuery,
) -> Result<Json<Webhooks>, Problem> {
    let list = async {
        let parameters = Parameters::read(query.as_deref(), &["limit", "after"], false, &Bytes::new())?;
        let page = ledger.webhooks(&parameters.page()?).await.map_err(in_rest_spelling)?;
        let next_after = page.items.last().filter(|_| page.has_next).map(webhook_cursor);
        Ok(Webhooks { webhooks: page.items.into_iter().map(Webhook::from).collect(), next_after })
    };
    list.await.map(Json).map_err(Problem::of_read)
}

/// One webhook.
#[utoipa::path(
    get,
    path = "/v10/webhooks/{id}",
    tag = "webhooks",
    operation_id = "getWebhook",
    params(("id" = i64, Path, description = "The number of the webhook", example = 3)),
    responses(
        (status = 200, description = "The webhook", body = Webhook),
        (status = 400, description = "The address has parameters", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such webhook", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn one(
    Extension(ledger): Extension<Ledger>,
    _: NoParameters,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Webhook>, Problem> {
    let found = async { shown(&ledger, number_of(id, Code::WebhookNotFound, ABSENT)?).await };
    found.await.map_err(|error| of_webhook(error, Problem::of_read))
}

/// The attempts to tell a webhook something, newest first. Those older than 30 days are deleted.
#[utoipa::path(
    get,
    path = "/v10/webhooks/{id}/deliveries",
    tag = "webhooks",
    operation_id = "listWebhookDeliveries",
    params(
        ("id" = i64, Path, description = "The number of the webhook", example = 3),
        ("limit" = Option<i64>, Query, description = "How many attempts a page has at most. Without it 20.", minimum = 1, maximum = 100),
        ("after" = Option<String>, Query, description = "Continue after this cursor, which is `next_after` of the page before."),
    ),
    responses(
        (status = 200, description = "A page", body = WebhookDeliveries),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such webhook", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn deliveries(
    Extension(ledger): Extension<Ledger>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Json<WebhookDeliveries>, Problem> {
    let list = async {
        let parameters = Parameters::read(query.as_deref(), &["limit", "after"], false, &Bytes::new())?;
        let id = number_of(id, Code::WebhookNotFound, ABSENT)?;
        let page = ledger.webhook_deliveries(id, &parameters.page()?).await?;
        let next_after = page.items.last().filter(|_| page.has_next).map(delivery_cursor);
        let deliveries = page.items.into_iter().map(WebhookDelivery::from).collect();
        Ok(WebhookDeliveries { deliveries, next_after })
    };
    list.await.map(Json).map_err(|error| of_webhook(error, Problem::of_read))
}

const ABSENT: &str = "there is no such webhook";

async fn shown(ledger: &Ledger, id: i64) -> Result<Json<Webhook>> {
    let absent = || Fault::new(Code::WebhookNotFound, ABSENT).under("webhook_id");
    Ok(Json(ledger.webhook(id).await?.ok_or_else(absent)?.into()))
}

fn of_webhook(error: Error, otherwise: fn(Error) -> Problem) -> Problem {
    Problem::of_named(error, "webhook_id", Code::WebhookNotFound, otherwise)
}
