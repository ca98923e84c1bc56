//! Making and changing webhooks through GraphQL.

use async_graphql::{Context, ID, InputObject, Object};

use super::operation::answer;
use super::webhook_payloads::{
    DeleteWebhookPayload, TestWebhookPayload, WebhookPayload, WebhookSecretPayload,
};
use crate::graphql::ACTOR;
use crate::graphql::connection::ledger;
use crate::graphql::error::Fallible;
use crate::graphql::scalars::SystemIdText;
use crate::graphql::webhook_kind::WebhookKind;
use crate::service::{
    CreateWebhook, DeleteWebhook, ReplayWebhook, RotateWebhookSecret, SwitchWebhookOn, WebhookDraft,
};

/// A webhook to make.
#[derive(Clone, Debug, InputObject)]
pub struct CreateWebhookInput {
    /// The address that is to be told: https, at most 2,000 characters, without user name and password. Example:
    /// "https://hooks.example.com/ledgate"
    url: String,
    /// The name of the system that the webhook is for; left out: all systems. Example: "erp"
    system_id: Option<SystemIdText>,
    /// What the webhook is to tell of: at least one kind. Example: [READY, FAILED]
    kinds: Vec<WebhookKind>,
    /// What there is to know about the webhook: 1 to 2,000 characters.
    description: Option<String>,
    /// A text of your choice: the same key with the same input gives the first answer again, without the secret, and
    /// writes nothing. At most 200 characters; kept for at least 24 hours.
    idempotency_key: Option<String>,
}

/// A webhook that something is to be done to.
#[derive(Clone, Debug, InputObject)]
pub struct WebhookInput {
    /// The number of the webhook. Example: "3"
    webhook_id: ID,
    /// A text of your choice: the same key with the same input gives the first answer again and writes nothing. At most
    /// 200 characters; kept for at least 24 hours.
    idempotency_key: Option<String>,
}

/// A webhook that is to have a new secret.
#[derive(Clone, Debug, InputObject)]
pub struct RotateWebhookSecretInput {
    /// The number of the webhook. Example: "3"
    webhook_id: ID,
    /// For so many seconds signals are signed by both secrets, so that the receiver has time to learn the new one: 0 to
    /// 2,592,000; 86,400 when left out.
    overlap_seconds: Option<i32>,
    /// A text of your choice: the same key with the same input gives the first answer again, without the secret, and
    /// writes nothing. At most 200 characters; kept for at least 24 hours.
    idempotency_key: Option<String>,
}

/// A webhook that is to be told again.
#[derive(Clone, Debug, InputObject)]
pub struct ReplayWebhookInput {
    /// The number of the webhook. Example: "3"
    webhook_id: ID,
    /// The cursor of an event: everything after it is told again; left out: everything in the log.
    after: Option<String>,
    /// A text of your choice: the same key with the same input gives the first answer again and writes nothing. At most
    /// 200 characters; kept for at least 24 hours.
    idempotency_key: Option<String>,
}

/// A webhook that is to be tested.
#[derive(Clone, Debug, InputObject)]
pub struct TestWebhookInput {
    /// The number of the webhook. Example: "3"
    webhook_id: ID,
}

/// The mutations that make and change webhooks.
#[derive(Default)]
pub struct MakingWebhooks;

#[Object]
impl MakingWebhooks {
    /// Makes a webhook. It is told of what happens from now on and, when READY is among its kinds, at once of each system
    /// whose backlog is not empty. A ledger has 100 webhooks at most. This takes the right to do everything.
    async fn create_webhook(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The webhook.")] input: CreateWebhookInput,
    ) -> Fallible<WebhookSecretPayload> {
        let draft = WebhookDraft {
            url: input.url,
            system_id: input.system_id.map(|system| system.0),
            kinds: input.kinds.into_iter().map(|kind| Ok(kind.into())).collect(),
            description: input.description,
        };
        let call = CreateWebhook::parse(draft, input.idempotency_key);
        let made = async { ledger(context)?.create_webhook(call, ACTOR).await };
        answer(context, made.await, |_, made| WebhookSecretPayload::from(made))
    }

    /// Deletes a webhook: it is told nothing more. This takes the right to do everything.
    async fn delete_webhook(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The webhook.")] input: WebhookInput,
    ) -> Fallible<DeleteWebhookPayload> {
        let call = DeleteWebhook::parse(input.webhook_id.parse().ok(), input.idempotency_key);
        let deleted = async { ledger(context)?.change_webhook(call, ACTOR).await };
        answer(context, deleted.await, |_, deleted| DeleteWebhookPayload::from(deleted))
    }

    /// Gives a webhook a new secret. For a while signals are signed by the new one and by the one before. This takes the
    /// right to do everything.
    async fn rotate_webhook_secret(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The webhook.")] input: RotateWebhookSecretInput,
    ) -> Fallible<WebhookSecretPayload> {
        let overlap = input.overlap_seconds.map(i64::from);
        let id = input.webhook_id.parse().ok();
        let call = RotateWebhookSecret::parse(id, overlap, input.idempotency_key);
        let made = async { ledger(context)?.change_webhook(call, ACTOR).await };
        answer(context, made.await, |_, made| WebhookSecretPayload::from(made))
    }

    /// Switches a webhook on that was switched off. It is told at once of what it was not told meanwhile. One that is on
    /// and waits to be tried again is tried at once. This takes the right to do everything.
    async fn switch_webhook_on(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The webhook.")] input: WebhookInput,
    ) -> Fallible<WebhookPayload> {
        let call = SwitchWebhookOn::parse(input.webhook_id.parse().ok(), input.idempotency_key);
        let moved = async { ledger(context)?.change_webhook(call, ACTOR).await };
        answer(context, moved.await, |_, moved| WebhookPayload::from(moved))
    }

    /// Has a webhook told again of everything after an event, and of every backlog that is not empty. This takes the right
    /// to do everything.
    async fn replay_webhook(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The webhook, and where to begin.")] input: ReplayWebhookInput,
    ) -> Fallible<WebhookPayload> {
        let id = input.webhook_id.parse().ok();
        let call = ReplayWebhook::parse(id, input.after.as_deref(), input.idempotency_key);
        let moved = async { ledger(context)?.change_webhook(call, ACTOR).await };
        answer(context, moved.await, |_, moved| WebhookPayload::from(moved))
    }

    /// Tells a webhook `ledgate.test` now, also one that is switched off, and waits for the answer. This takes the right to
    /// do everything.
    async fn test_webhook(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The webhook.")] input: TestWebhookInput,
    ) -> Fallible<TestWebhookPayload> {
        let tested = async { ledger(context)?.test_webhook(input.webhook_id.parse().ok()).await };
        answer(context, tested.await, |_, delivery| TestWebhookPayload::from(delivery))
    }
}
