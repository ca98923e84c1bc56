//! What is done to a webhook that is there: it is deleted, given a new secret, switched on, moved back or tested.

use serde::{Deserialize, Serialize};

use super::telling::Signal;
use super::{MadeWebhook, no_webhook, signing};
use crate::domain::batch::key_fault;
use crate::domain::export_event::LogPlace;
use crate::domain::webhook::Delivery;
use crate::domain::{Call, Code, Error, Fault, Result, Right};
use crate::service::Ledger;
use crate::service::events::{find_place, foreign_cursor, read_event_cursor};
use crate::service::operation::{Operation, Work};
use crate::store;
use crate::store::webhooks::Kept;

/// Longest time for which two secrets are valid, in seconds: 30 days.
pub const MAX_OVERLAP_SECONDS: i64 = 30 * 86_400;
/// For so long two secrets are valid when nothing is said: a day.
const DEFAULT_OVERLAP_SECONDS: i64 = 86_400;

#[derive(Clone, Debug, Serialize)]
struct NamedWebhook {
    id: i64,
    #[serde(skip)]
    idempotency_key: Option<String>,
}

/// A webhook to delete.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct DeleteWebhook(NamedWebhook);

/// A webhook to switch on.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct SwitchWebhookOn(NamedWebhook);

/// A webhook that is to have a new secret.
#[derive(Clone, Debug, Serialize)]
pub struct RotateWebhookSecret {
    webhook: NamedWebhook,
    overlap_seconds: i64,
}

/// A webhook that is to be told again.
#[derive(Clone, Debug, Serialize)]
pub struct ReplayWebhook {
    webhook: NamedWebhook,
    /// What is behind it is told again.
    after: LogPlace,
}

/// The webhook that was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedWebhook {
    /// Its number.
    pub id: i64,
}

/// The webhook that was switched on or moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedWebhook {
    /// Its number.
    pub id: i64,
}

impl NamedWebhook {
    /// `id`: `None` when what came in was no number.
    fn parse(id: Option<i64>, idempotency_key: Option<String>) -> Result<Self, Vec<Fault>> {
        let key = idempotency_key.as_deref().and_then(key_fault);
        match (id.ok_or_else(no_webhook), key) {
            (Ok(id), None) => Ok(Self { id, idempotency_key }),
            (id, key) => Err([key, id.err()].into_iter().flatten().collect()),
        }
    }

    async fn find(&self, work: &Work<'_>) -> Result<Kept> {
        Ok(store::webhooks::find(work.transaction, self.id).await?.ok_or_else(no_webhook)?)
    }
}

impl DeleteWebhook {
    /// Checks a call as it came in. `id`: `None` when what came in was no number.
    pub fn parse(id: Option<i64>, idempotency_key: Option<String>) -> Result<Self> {
        NamedWebhook::parse(id, idempotency_key).map(Self).map_err(Error::Refused)
    }
}

impl SwitchWebhookOn {
    /// Checks a call as it came in. `id`: `None` when what came in was no number.
    pub fn parse(id: Option<i64>, idempotency_key: Option<String>) -> Result<Self> {
        NamedWebhook::parse(id, idempotency_key).map(Self).map_err(Error::Refused)
    }
}

impl RotateWebhookSecret {
    /// Checks a call as it came in. `id`: `None` when what came in was no number. `overlap_seconds`: for so long both
    /// secrets are valid; `None` for a day.
    pub fn parse(
        id: Option<i64>,
        overlap_seconds: Option<i64>,
        idempotency_key: Option<String>,
    ) -> Result<Self> {
        let overlap_seconds = overlap_seconds.unwrap_or(DEFAULT_OVERLAP_SECONDS);
        let mut faults = Vec::new();
        if !(0..=MAX_OVERLAP_SECONDS).contains(&overlap_seconds) {
            let message = format!("two secrets are valid for 0 to {MAX_OVERLAP_SECONDS} seconds");
            faults.push(Fault::new(Code::InvalidWebhook, message).under("overlap_seconds"));
        }
        match NamedWebhook::parse(id, idempotency_key) {
            Ok(webhook) if faults.is_empty() => Ok(Self { webhook, overlap_seconds }),
            webhook => {
                faults.extend(webhook.err().into_iter().flatten());
                Err(Error::Refused(faults))
            }
        }
    }
}

impl ReplayWebhook {
    /// Checks a call as it came in. `id`: `None` when what came in was no number. `after`: the cursor of an event, behind
    /// which all is told again; `None`: all of the log is.
    pub fn parse(id: Option<i64>, after: Option<&str>, idempotency_key: Option<String>) -> Result<Self> {
        let place = after
            .map_or(Ok(LogPlace::BEGINNING), |cursor| read_event_cursor(cursor).ok_or_else(foreign_cursor));
        match (NamedWebhook::parse(id, idempotency_key), place) {
            (Ok(webhook), Ok(place)) => Ok(Self { webhook, after: place }),
            (webhook, place) => {
                Err(Error::Refused(webhook.err().into_iter().flatten().chain(place.err()).collect()))
            }
        }
    }
}

/// A call about one webhook, whose system is known only to the database: [`Ledger::change_webhook`] asks for the right
/// before.
pub trait OfWebhook: Operation {
    /// The number of the webhook.
    fn webhook_id(&self) -> i64;
}

macro_rules! of_webhook {
    ($($call:ty: $named:tt;)+) => {$(
        impl Call for $call {
            fn idempotency_key(&self) -> Option<&str> {
                self.$named.idempotency_key.as_deref()
            }
        }

        impl OfWebhook for $call {
            fn webhook_id(&self) -> i64 {
                self.$named.id
            }
        }
    )+};
}

of_webhook! {
    DeleteWebhook: 0;
    SwitchWebhookOn: 0;
    RotateWebhookSecret: webhook;
    ReplayWebhook: webhook;
}

impl Operation for DeleteWebhook {
    const NAME: &'static str = "delete_webhook";
    const RIGHT: Right = Right::Admin;
    type Answer = DeletedWebhook;

    async fn carry_out(&self, work: &mut Work<'_>) -> Result<DeletedWebhook> {
        if !store::webhooks::delete(work.transaction, self.0.id).await? {
            return Err(no_webhook().into());
        }
        Ok(DeletedWebhook { id: self.0.id })
    }
}

impl Operation for SwitchWebhookOn {
    const NAME: &'static str = "switch_webhook_on";
    const RIGHT: Right = Right::Admin;
    type Answer = MovedWebhook;

    /// One that is on is tried at once, if it waits to be tried again.
    async fn carry_out(&self, work: &mut Work<'_>) -> Result<MovedWebhook> {
        let id = self.0.find(work).await?.webhook.id;
        store::webhooks::switch_on(work.transaction, id).await?;
        work.wake_gateways().await?;
        Ok(MovedWebhook { id })
    }
}

impl Operation for RotateWebhookSecret {
    const NAME: &'static str = "rotate_webhook_secret";
    const RIGHT: Right = Right::Admin;
    type Answer = MadeWebhook;

    async fn carry_out(&self, work: &mut Work<'_>) -> Result<MadeWebhook> {
        let kept = self.webhook.find(work).await?;
        let secret = signing::new_secret()?;
        let until = work.now.plus_micros(self.overlap_seconds * 1_000_000);
        store::webhooks::change_secret(work.transaction, &kept, &secret, until).await?;
        Ok(MadeWebhook { id: kept.webhook.id, secret: Some(secret) })
    }
}

impl Operation for ReplayWebhook {
    const NAME: &'static str = "replay_webhook";
    const RIGHT: Right = Right::Admin;
    type Answer = MovedWebhook;

    async fn carry_out(&self, work: &mut Work<'_>) -> Result<MovedWebhook> {
        let id = self.webhook.find(work).await?.webhook.id;
        if self.after != LogPlace::BEGINNING {
            find_place(work.transaction, self.after, "after").await?;
        }
        store::webhooks::move_to(work.transaction, id, self.after).await?;
        work.wake_gateways().await?;
        Ok(MovedWebhook { id })
    }
}

impl Ledger {
    /// Does something to a webhook. One that the caller may not know of is as one that is not there.
    pub async fn change_webhook<O: OfWebhook>(&self, call: Result<O>, door: &str) -> Result<O::Answer> {
        self.caller.require(Right::Admin)?;
        if let Ok(call) = &call {
            // One that was deleted is asked for again by whoever repeats that call with its key.
            let kept = store::webhooks::find(self.database.reader(), call.webhook_id()).await?;
            if kept.is_some_and(|kept| !self.may_see(&kept.webhook)) {
                return Err(no_webhook().into());
            }
        }
        self.perform(call, door).await
    }

    /// Tells a webhook `ledgate.test`, also one that is switched off, and gives what came of it.
    pub async fn test_webhook(&self, id: Option<i64>) -> Result<Delivery> {
        self.caller.require(Right::Admin)?;
        self.costs(1);
        let id = id.ok_or_else(no_webhook)?;
        let kept = store::webhooks::find(self.database.reader(), id).await?;
        let kept = kept.filter(|kept| self.may_see(&kept.webhook)).ok_or_else(no_webhook)?;
        let settings = self.webhook_settings.as_ref();
        let settings = settings.ok_or_else(|| Error::internal("a program that tells no webhooks"))?;
        let signal = Signal::test(&kept.webhook);
        self.tell(settings, &kept, 1, &signal).await
    }
}
