//! Questions about webhooks.

use async_graphql::{Context, ID, Object};

use crate::graphql::connection::page;
use crate::graphql::error::{Fallible, fallible, optional};
use crate::graphql::webhook::{WebhookConnection, WebhookNode};

/// The questions about webhooks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Webhooks;

#[Object]
impl Webhooks {
    /// The webhooks, oldest first. This takes the right to do everything.
    async fn webhooks(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "Webhooks on the page, from the beginning of the list: 0 to 100; 20 when left out."
        )]
        first: Option<i32>,
        #[graphql(desc = "Begin the page after the item with this cursor.")] after: Option<String>,
        #[graphql(
            desc = "Webhooks on the page, from the end of the list: 0 to 100. Not together with first."
        )]
        last: Option<i32>,
        #[graphql(desc = "End the page before the item with this cursor.")] before: Option<String>,
    ) -> Fallible<WebhookConnection> {
        fallible(WebhookConnection::load(context, page(first, after, last, before)).await)
    }

    /// One webhook. This takes the right to do everything.
    async fn webhook(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number of the webhook. Example: \"3\"")] webhook_id: ID,
    ) -> Fallible<WebhookNode> {
        // What is no number is the number of none; who may not ask is told that first.
        optional(WebhookNode::find(context, webhook_id.parse().unwrap_or_default()).await)
    }
}
