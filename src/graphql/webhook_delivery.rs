//! Attempts to tell webhooks something, as GraphQL shows them.

use async_graphql::{Context, Enum, ID, Object};

use super::connection::{connection, edge, edges, ledger};
use super::scalars::SystemIdText;
use super::webhook_kind::WebhookKind;
use crate::domain::page::PageArguments;
use crate::domain::webhook::{self, Delivery};
use crate::domain::{Result, Timestamp};
use crate::service::delivery_cursor;

/// Why an attempt to tell a webhook something had no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "webhook::DeliveryError")]
pub enum WebhookDeliveryError {
    /// The address does not begin with https, and `webhooks.allow_private` is not set.
    NotHttps,
    /// The name of the host has no address.
    NoAddress,
    /// An address of the host is not of the public internet, and `webhooks.allow_private` is not set.
    PrivateAddress,
    /// Nobody takes connections there.
    NotConnected,
    /// The host has no certificate that the server trusts, or speaks no TLS.
    Tls,
    /// There was no answer in time (`webhooks.timeout_seconds`).
    Timeout,
    /// What came is no answer of HTTP.
    BadAnswer,
}

/// An attempt.
#[derive(Clone, Debug)]
pub struct WebhookDeliveryNode(pub Delivery);

/// One attempt to tell a webhook something. An answer with a status from 200 to 299 is a success; everything else is
/// repeated.
#[Object(name = "WebhookDelivery")]
impl WebhookDeliveryNode {
    /// The number of the attempt. Example: "117"
    async fn delivery_id(&self) -> ID {
        self.0.id.into()
    }

    /// When the attempt began.
    async fn at(&self) -> Timestamp {
        self.0.at
    }

    /// Which attempt it was since the last success, from 1.
    async fn attempt(&self) -> i32 {
        self.0.attempt
    }

    /// What was told: the header `webhook-id`. An attempt that repeats another has the same, unless there was more to tell
    /// by then. Example: "msg_2nQbq8Z7mVx0rT3kYc1dLw9a"
    async fn signal_id(&self) -> &str {
        &self.0.signal_id
    }

    /// The system that it was about; null for a test of a webhook for all systems. Example: "erp"
    async fn system_id(&self) -> Option<SystemIdText> {
        self.0.system_id.as_ref().map(SystemIdText::from)
    }

    /// What it told of; nothing for a test.
    async fn kinds(&self) -> Vec<WebhookKind> {
        self.0.kinds.iter().copied().map(WebhookKind::from).collect()
    }

    /// The cursor of the event up to which it told; null when the log had no event.
    async fn cursor(&self) -> Option<&str> {
        self.0.cursor.as_deref()
    }

    /// Whether the receiver took it.
    async fn taken(&self) -> bool {
        self.0.is_taken()
    }

    /// The HTTP status of the answer; null when none came. Example: 204
    async fn status(&self) -> Option<i32> {
        self.0.status.map(i32::from)
    }

    /// Why no answer came; null when one did.
    async fn error(&self) -> Option<WebhookDeliveryError> {
        self.0.error.map(WebhookDeliveryError::from)
    }

    /// How long the attempt took, in milliseconds.
    async fn duration_ms(&self) -> i32 {
        self.0.duration_ms
    }
}

edge!(WebhookDeliveryEdge is "WebhookDeliveryEdge": WebhookDeliveryNode, "attempt");

connection! {
    WebhookDeliveryConnection is "WebhookDeliveryConnection": WebhookDeliveryEdge, "attempts",
    "A page of attempts to tell a webhook something, newest first."
}

impl WebhookDeliveryConnection {
    /// The page of the attempts to tell this webhook something that the arguments ask for.
    pub async fn load(context: &Context<'_>, webhook_id: i64, arguments: PageArguments) -> Result<Self> {
        let page = ledger(context)?.webhook_deliveries(webhook_id, &arguments).await?;
        Ok(edges(page, delivery_cursor, WebhookDeliveryNode).into())
    }
}
