//! What the mutations of webhooks answer.

use async_graphql::{Context, ID, Object};

use super::operation::of_user_errors;
use crate::domain::webhook::{Delivery, WebhookSecret};
use crate::graphql::error::{Fallible, UserError, optional};
use crate::graphql::query::Query;
use crate::graphql::webhook::WebhookNode;
use crate::graphql::webhook_delivery::WebhookDeliveryNode;
use crate::service::{DeletedWebhook, MadeWebhook, MovedWebhook};

/// A webhook that was made, or whose secret was replaced.
#[derive(Default)]
pub struct WebhookSecretPayload {
    id: Option<i64>,
    secret: Option<WebhookSecret>,
    user_errors: Vec<UserError>,
}

/// A webhook that was switched on, or is told again.
#[derive(Default)]
pub struct WebhookPayload {
    id: Option<i64>,
    user_errors: Vec<UserError>,
}

/// A webhook that was deleted.
#[derive(Default)]
pub struct DeleteWebhookPayload {
    id: Option<i64>,
    user_errors: Vec<UserError>,
}

/// A webhook that was tested.
#[derive(Default)]
pub struct TestWebhookPayload {
    delivery: Option<Delivery>,
    user_errors: Vec<UserError>,
}

of_user_errors!(WebhookSecretPayload, WebhookPayload, DeleteWebhookPayload, TestWebhookPayload);

impl From<MadeWebhook> for WebhookSecretPayload {
    fn from(made: MadeWebhook) -> Self {
        Self { id: Some(made.id), secret: made.secret, ..Self::default() }
    }
}

impl From<MovedWebhook> for WebhookPayload {
    fn from(moved: MovedWebhook) -> Self {
        Self { id: Some(moved.id), ..Self::default() }
    }
}

impl From<DeletedWebhook> for DeleteWebhookPayload {
    fn from(deleted: DeletedWebhook) -> Self {
        Self { id: Some(deleted.id), ..Self::default() }
    }
}

impl From<Delivery> for TestWebhookPayload {
    fn from(delivery: Delivery) -> Self {
        Self { delivery: Some(delivery), ..Self::default() }
    }
}

/// A webhook that was made, or whose secret was replaced.
#[Object]
impl WebhookSecretPayload {
    /// The webhook, as it is now; null when the call was refused.
    async fn webhook(&self, context: &Context<'_>) -> Fallible<WebhookNode> {
        optional(WebhookNode::find(context, self.id?).await)
    }

    /// The secret by which signals are signed, after Standard Webhooks: `whsec_` and base64. It is shown this once; null
    /// when the call was refused, and when it repeats one with the same idempotency key: replace the secret then.
    async fn secret(&self) -> Option<&str> {
        self.secret.as_ref().map(|secret| secret.0.as_str())
    }

    /// Why the call was refused.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }

    /// The root of all queries, to read in the same request what has changed.
    async fn query(&self) -> Query {
        Query::default()
    }
}

/// A webhook that was switched on, or is told again.
#[Object]
impl WebhookPayload {
    /// The webhook, as it is now; null when the call was refused.
    async fn webhook(&self, context: &Context<'_>) -> Fallible<WebhookNode> {
        optional(WebhookNode::find(context, self.id?).await)
    }

    /// Why the call was refused.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }

    /// The root of all queries, to read in the same request what has changed.
    async fn query(&self) -> Query {
        Query::default()
    }
}

/// A webhook that was deleted.
#[Object]
impl DeleteWebhookPayload {
    /// The number of the webhook that was deleted; null when the call was refused. Example: "3"
    async fn deleted_webhook_id(&self) -> Option<ID> {
        self.id.map(ID::from)
    }

    /// Why the call was refused.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }

    /// The root of all queries, to read in the same request what has changed.
    async fn query(&self) -> Query {
        Query::default()
    }
}

/// A webhook that was tested.
#[Object]
impl TestWebhookPayload {
    /// What came of the test; null when the call was refused.
    async fn delivery(&self) -> Option<WebhookDeliveryNode> {
        self.delivery.clone().map(WebhookDeliveryNode)
    }

    /// Why the call was refused.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }

    /// The root of all queries, to read in the same request what has changed.
    async fn query(&self) -> Query {
        Query::default()
    }
}
