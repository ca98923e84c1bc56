//! Webhooks as GraphQL shows them.

use async_graphql::{Context, Enum, ID, Object};

use super::connection::{connection, edge, edges, ledger, page};
use super::costs::{Cost, Costs};
use super::error::{Fallible, fallible};
use super::scalars::SystemIdText;
use super::webhook_delivery::WebhookDeliveryConnection;
use super::webhook_kind::WebhookKind;
use crate::domain::page::PageArguments;
use crate::domain::webhook::{self, Webhook};
use crate::domain::{Result, Timestamp};
use crate::service::{DEFAULT_SYSTEMS, MAX_SYSTEMS, event_cursor, webhook_cursor};

/// Why a webhook was switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "webhook::SwitchedOff")]
pub enum WebhookSwitchedOff {
    /// Every attempt of three days failed.
    Failed,
    /// The receiver answered 410: it is not to be told any more.
    Gone,
}

/// A webhook.
#[derive(Clone, Debug)]
pub struct WebhookNode(pub Webhook);

/// An address that is told when something happens. What it is told is thin: the system, the kinds of what happened, and a
/// cursor. The receiver reads `exportEvents` or `unexportedEntries` then. A webhook may be told the same signal twice, and
/// several things in one signal; none is lost.
#[Object(name = "Webhook")]
impl WebhookNode {
    /// The number of the webhook. Example: "3"
    async fn webhook_id(&self) -> ID {
        self.0.id.into()
    }

    /// The address that is told. Example: "https://hooks.example.com/ledgate"
    async fn url(&self) -> &str {
        &self.0.url
    }

    /// The system that the webhook is for; null: all systems. Example: "erp"
    async fn system_id(&self) -> Option<SystemIdText> {
        self.0.system_id.as_ref().map(SystemIdText::from)
    }

    /// What the webhook tells of.
    async fn kinds(&self) -> Vec<WebhookKind> {
        self.0.kinds.iter().copied().map(WebhookKind::from).collect()
    }

    /// What there is to know about the webhook; null when nobody has said.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// The cursor of the event up to which the webhook was told; null before the first event.
    async fn cursor(&self) -> Option<String> {
        (self.0.place.position > 0).then(|| event_cursor(self.0.place))
    }

    /// When the first attempt failed since the last one that did not; null when the last one did not fail.
    async fn failing_since(&self) -> Option<Timestamp> {
        self.0.failing_since
    }

    /// How many attempts have failed since then.
    async fn failed_attempts(&self) -> i32 {
        self.0.attempts
    }

    /// Not before then is the next attempt; null when nothing has failed, or when the webhook is switched off.
    async fn next_attempt_at(&self) -> Option<Timestamp> {
        self.0.next_attempt_at
    }

    /// Since when the webhook is switched off: nothing is told, and nothing is lost; null when it is on.
    async fn switched_off_at(&self) -> Option<Timestamp> {
        self.0.switched_off.map(|(at, _)| at)
    }

    /// Why the webhook is switched off; null when it is on.
    async fn switched_off_because(&self) -> Option<WebhookSwitchedOff> {
        self.0.switched_off.map(|(_, because)| because.into())
    }

    /// Until when the secret before the present one is valid too; null when there is none. In the past when it no longer is.
    async fn previous_secret_valid_until(&self) -> Option<Timestamp> {
        self.0.previous_secret_until
    }

    /// When the webhook was made.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// Who made the webhook. Example: "token:console"
    async fn created_by(&self) -> &str {
        &self.0.created_by
    }

    /// The attempts to tell the webhook something, newest first. Those older than 30 days are deleted.
    async fn deliveries(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Attempts on the page, from the newest back: 0 to 100; 20 when left out.")]
        first: Option<i32>,
        #[graphql(desc = "Begin the page after the item with this cursor.")] after: Option<String>,
        #[graphql(desc = "Attempts on the page, from the oldest on: 0 to 100. Not together with first.")]
        last: Option<i32>,
        #[graphql(desc = "End the page before the item with this cursor.")] before: Option<String>,
    ) -> Fallible<WebhookDeliveryConnection> {
        let arguments = page(first, after, last, before);
        fallible(WebhookDeliveryConnection::load(context, self.0.id, arguments).await)
    }
}

impl WebhookNode {
    /// The webhook with this number.
    pub async fn find(context: &Context<'_>, id: i64) -> Result<Option<Self>> {
        Ok(ledger(context)?.webhook(id).await?.map(Self))
    }
}

edge!(WebhookEdge is "WebhookEdge": WebhookNode, "webhook");

connection! {
    WebhookConnection is "WebhookConnection": WebhookEdge, "webhooks",
    "A page of webhooks, oldest first."
}

impl WebhookConnection {
    /// The page that the arguments ask for.
    pub async fn load(context: &Context<'_>, arguments: PageArguments) -> Result<Self> {
        let page = ledger(context)?.webhooks(&arguments).await?;
        Ok(edges(page, webhook_cursor, WebhookNode).into())
    }
}

/// What webhooks cost.
pub const COSTS: Costs = &[
    ("Query", "webhooks", Cost::Page { default: DEFAULT_SYSTEMS, max: MAX_SYSTEMS }),
    ("Webhook", "deliveries", Cost::Page { default: DEFAULT_SYSTEMS, max: MAX_SYSTEMS }),
];
