//! Webhooks: addresses that are told when something happens. This file makes them and lists them; `changing` has what is
//! done to one, `planning` what there is to tell, `telling` and `sending` how it is told.

mod address;
mod changing;
pub(super) mod planning;
mod sending;
mod signing;
pub(super) mod telling;

use serde::{Deserialize, Serialize};

use super::operation::{Operation, Work};
use super::{DEFAULT_SYSTEMS, Ledger, MAX_SYSTEMS};
use crate::domain::batch::key_fault;
use crate::domain::export_event::LogPlace;
use crate::domain::page::{Binding, PageArguments, PageBounds, Paged};
use crate::domain::text::text_fault;
use crate::domain::webhook::{Delivery, MAX_WEBHOOKS, Webhook, WebhookKind, WebhookSecret};
use crate::domain::{Call, Code, Error, Fault, Result, Right, SystemId};
use crate::store;
use crate::store::webhooks::NewWebhook;

pub use changing::{
    DeleteWebhook, DeletedWebhook, MAX_OVERLAP_SECONDS, MovedWebhook, ReplayWebhook, RotateWebhookSecret,
    SwitchWebhookOn,
};

/// What the cursors of the list of webhooks begin with, and those of the deliveries of one.
const WEBHOOKS: &str = "webhooks";
const DELIVERIES: &str = "webhook_deliveries";
/// Longest description, in characters.
const MAX_DESCRIPTION: usize = 2_000;

/// A webhook to make as it came in, nothing checked yet.
#[derive(Clone, Debug)]
pub struct WebhookDraft {
    /// The address that is to be told.
    pub url: String,
    /// The system that it is for; `None`: all.
    pub system_id: Option<String>,
    /// What it is to tell of. A kind that a surface could not even read comes as its faults.
    pub kinds: Vec<Result<WebhookKind, Vec<Fault>>>,
    /// What there is to know about it.
    pub description: Option<String>,
}

/// A call to make a webhook.
#[derive(Clone, Debug, Serialize)]
pub struct CreateWebhook {
    url: String,
    system_id: Option<SystemId>,
    kinds: Vec<WebhookKind>,
    description: Option<String>,
    #[serde(skip)]
    idempotency_key: Option<String>,
}

/// The webhook that was made, or whose secret was replaced.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MadeWebhook {
    /// Its number.
    pub id: i64,
    /// The secret. It is not kept with the answer, so there is none when an earlier answer is given again.
    #[serde(skip)]
    pub secret: Option<WebhookSecret>,
}

impl CreateWebhook {
    /// Checks a call as it came in.
    pub fn parse(draft: WebhookDraft, idempotency_key: Option<String>) -> Result<Self> {
        let mut faults: Vec<Fault> = idempotency_key.as_deref().and_then(key_fault).into_iter().collect();
        let url = address::read(&draft.url).map_err(|fault| faults.push(fault.under("url")));
        let system_id = draft.system_id.map(SystemId::read).transpose().map_err(|fault| faults.push(fault));
        let mut kinds = Vec::new();
        if draft.kinds.is_empty() {
            let message = "a webhook that tells of nothing is not made: name at least one kind";
            faults.push(Fault::new(Code::InvalidWebhook, message).under("kinds"));
        }
        for (index, kind) in draft.kinds.into_iter().take(WebhookKind::ALL.len() + 1).enumerate() {
            match kind {
                Ok(kind) if kinds.contains(&kind) => {
                    let message = format!("the kind {kind} is named twice");
                    faults.push(Fault::new(Code::InvalidWebhook, message).under(index).under("kinds"));
                }
                Ok(kind) => kinds.push(kind),
                Err(found) => faults.extend(found.into_iter().map(|fault| fault.under(index).under("kinds"))),
            }
        }
        if let Some(message) = draft
            .description
            .as_ref()
            .and_then(|text| text_fault("the description", text, 1, MAX_DESCRIPTION))
        {
            faults.push(Fault::new(Code::InvalidWebhook, message).under("description"));
        }
        match (url, system_id) {
            (Ok(url), Ok(system_id)) if faults.is_empty() => {
                let (url, description) = (url.into(), draft.description);
                Ok(Self { url, system_id, kinds, description, idempotency_key })
            }
            _ => Err(Error::Refused(faults)),
        }
    }
}

impl Call for CreateWebhook {
    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    fn system(&self) -> Option<&SystemId> {
        self.system_id.as_ref()
    }
}

impl Operation for CreateWebhook {
    const NAME: &'static str = "create_webhook";
    const RIGHT: Right = Right::Admin;
    type Answer = MadeWebhook;

    /// It is told of what happens from now on, and of entries that wait already.
    async fn carry_out(&self, work: &mut Work<'_>) -> Result<MadeWebhook> {
        if store::webhooks::count(work.transaction).await? >= MAX_WEBHOOKS {
            let message = format!("a ledger has {MAX_WEBHOOKS} webhooks at most: delete one first");
            return Err(Fault::new(Code::InvalidWebhook, message).into());
        }
        let secret = signing::new_secret()?;
        let new = NewWebhook {
            url: &self.url,
            system_id: self.system_id.as_ref(),
            kinds: &self.kinds,
            description: self.description.as_deref(),
            secret: &secret,
            place: store::events::newest(work.transaction).await?.unwrap_or(LogPlace::BEGINNING),
            actor: work.actor,
        };
        let id = store::webhooks::insert(work.transaction, &new, work.now).await?;
        work.wake_gateways().await?;
        Ok(MadeWebhook { id, secret: Some(secret) })
    }
}

impl Ledger {
    /// Makes a webhook. Who may do everything for some systems only cannot make one for all systems.
    pub async fn create_webhook(&self, call: Result<CreateWebhook>, door: &str) -> Result<MadeWebhook> {
        self.caller.require(Right::Admin)?;
        if let Ok(call) = &call {
            if call.system_id.is_none() && self.caller.systems().is_some() {
                let message = "the token is not for all systems: name a system that the webhook is for";
                return Err(Fault::new(Code::Forbidden, message).under("system_id").into());
            }
            let allow_private = self.webhook_settings.as_ref().is_some_and(|settings| settings.allow_private);
            address::check(&call.url, allow_private).map_err(|fault| fault.under("url"))?;
        }
        self.perform(call, door).await
    }

    /// A page of the webhooks, oldest first.
    pub async fn webhooks(&self, arguments: &PageArguments) -> Result<Paged<Webhook>> {
        self.caller.require(Right::Admin)?;
        let page = arguments.page(BOUNDS, |cursor| Binding::new(WEBHOOKS).id(cursor))?;
        let reader = self.database.reader();
        let page = page.of(store::webhooks::page(reader, self.caller.systems(), &page).await?);
        self.costs(1 + page.items.len());
        Ok(page)
    }

    /// One webhook. One that the caller may not know of is as one that is not there.
    pub async fn webhook(&self, id: i64) -> Result<Option<Webhook>> {
        self.caller.require(Right::Admin)?;
        self.costs(1);
        let kept = store::webhooks::find(self.database.reader(), id).await?;
        Ok(kept.map(|kept| kept.webhook).filter(|webhook| self.may_see(webhook)))
    }

    /// A page of the attempts to tell a webhook something, newest first. Those older than 30 days are deleted.
    pub async fn webhook_deliveries(&self, id: i64, arguments: &PageArguments) -> Result<Paged<Delivery>> {
        self.webhook(id).await?.ok_or_else(no_webhook)?;
        let binding = deliveries_of(id);
        let page = arguments.page(BOUNDS, |cursor| binding.id(cursor))?;
        let page = page.of(store::webhooks::deliveries(self.database.reader(), id, &page).await?);
        self.costs(1 + page.items.len());
        Ok(page)
    }

    fn may_see(&self, webhook: &Webhook) -> bool {
        match &webhook.system_id {
            Some(system) => self.caller.knows(system),
            None => self.caller.systems().is_none(),
        }
    }
}

const BOUNDS: PageBounds = PageBounds { default: DEFAULT_SYSTEMS, max: MAX_SYSTEMS };

fn no_webhook() -> Fault {
    Fault::new(Code::WebhookNotFound, "there is no such webhook").under("webhook_id")
}

fn deliveries_of(webhook_id: i64) -> Binding {
    Binding::new(&(DELIVERIES, webhook_id))
}

/// The cursor of a webhook in the list of webhooks.
pub fn webhook_cursor(webhook: &Webhook) -> String {
    Binding::new(WEBHOOKS).id_cursor(webhook.id)
}

/// The cursor of an attempt in the list of those of its webhook.
pub fn delivery_cursor(delivery: &Delivery) -> String {
    deliveries_of(delivery.webhook_id).id_cursor(delivery.id)
}
