//! What there is to tell each webhook. One look serves all of them: most are at the same place in the log, and ask for the
//! backlogs of the same systems.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::telling::Signal;
use crate::domain::export_event::{ExportEventKind, LogPlace};
use crate::domain::page::{Listing, Order, Page, PageArguments, Scope};
use crate::domain::webhook::{Webhook, WebhookKind, makes_ready_again};
use crate::domain::{EntryId, Fields, Result, SystemId};
use crate::service::Ledger;
use crate::store;
use crate::store::webhooks::{Happened, Kept};

/// The most systems whose backlogs are looked at for a webhook of all systems.
const MAX_SYSTEMS: u64 = 1_000;
/// The highest unexported entry of a system that was sent everything.
const NONE: EntryId = 0;

/// What there is to tell a webhook, and where it is afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// One for each system; none when only the place moves.
    pub signals: Vec<Signal>,
    /// Events up to here are dealt with then.
    pub place: LogPlace,
    /// The highest unexported entries that it was told of then, where they are others than before.
    pub levels: Vec<(SystemId, EntryId)>,
}

/// A look at what happened.
pub struct Look<'a> {
    ledger: &'a Ledger,
    /// What is behind a position.
    happened: HashMap<i64, Option<Arc<Happened>>>,
    /// The highest unexported entry of each system.
    newest: HashMap<SystemId, EntryId>,
    /// All systems that are in use.
    systems: Option<Vec<SystemId>>,
}

impl<'a> Look<'a> {
    /// A look that has seen nothing yet.
    pub fn new(ledger: &'a Ledger) -> Self {
        Self { ledger, happened: HashMap::new(), newest: HashMap::new(), systems: None }
    }

    /// What there is to tell this webhook; `None` when there is nothing and its place stays.
    pub async fn plan(&mut self, kept: &Kept) -> Result<Option<Plan>> {
        let webhook = &kept.webhook;
        // Before the backlogs: what is marked in between is then at most told once more.
        let happened = self.happened(webhook.place.position).await?;
        let mut kinds: BTreeMap<SystemId, BTreeSet<WebhookKind>> = BTreeMap::new();
        let events: &[(SystemId, ExportEventKind)] =
            happened.as_ref().map_or(&[], |found| found.kinds.as_slice());
        for (system, event) in events.iter().filter(|(system, _)| is_for(webhook, system)) {
            let kind = WebhookKind::of(*event);
            if webhook.kinds.contains(&kind) {
                kinds.entry(system.clone()).or_default().insert(kind);
            }
        }
        let mut levels = Vec::new();
        if webhook.kinds.contains(&WebhookKind::Ready) {
            let told = store::webhooks::levels(self.ledger.database.reader(), webhook.id).await?;
            for system in self.systems_of(webhook).await? {
                let newest = self.newest_unexported(&system).await?;
                let told_to = told.get(&system).copied().unwrap_or(NONE);
                let came_back = events.iter().any(|(of, event)| *of == system && makes_ready_again(*event));
                if newest > told_to || (came_back && newest != NONE) {
                    kinds.entry(system.clone()).or_default().insert(WebhookKind::Ready);
                }
                let level = if newest == NONE { NONE } else { newest.max(told_to) };
                if level != told_to {
                    levels.push((system, level));
                }
            }
        }
        let place = happened.as_ref().map_or(webhook.place, |found| found.to);
        let signal = |(system_id, kinds): (SystemId, BTreeSet<WebhookKind>)| Signal {
            system_id: Some(system_id),
            kinds: kinds.into_iter().collect(),
            place,
        };
        let plan = Plan { signals: kinds.into_iter().map(signal).collect(), place, levels };
        let is_nothing = plan.signals.is_empty() && plan.levels.is_empty() && place == webhook.place;
        Ok((!is_nothing).then_some(plan))
    }

    async fn happened(&mut self, after: i64) -> Result<Option<Arc<Happened>>> {
        if let Some(known) = self.happened.get(&after) {
            return Ok(known.clone());
        }
        let found = store::webhooks::happened(self.ledger.database.reader(), after).await?.map(Arc::new);
        self.happened.insert(after, found.clone());
        Ok(found)
    }

    /// The systems whose backlogs the webhook is told of. Of one that is retired nobody is told.
    async fn systems_of(&mut self, webhook: &Webhook) -> Result<Vec<SystemId>> {
        let reader = self.ledger.database.reader();
        if let Some(system) = &webhook.system_id {
            let known = store::systems::find(reader, system).await?;
            let is_retired = known.is_some_and(|known| known.retired_at.is_some());
            return Ok(if is_retired { Vec::new() } else { vec![system.clone()] });
        }
        if let Some(systems) = &self.systems {
            return Ok(systems.clone());
        }
        let all = Page { size: MAX_SYSTEMS, from_end: false, after: None, before: None };
        let known = store::systems::page(reader, None, false, &all).await?;
        let systems: Vec<SystemId> = known.into_iter().map(|system| system.id).collect();
        self.systems = Some(systems.clone());
        Ok(systems)
    }

    /// The highest id of an entry that the system has not been sent.
    async fn newest_unexported(&mut self, system: &SystemId) -> Result<EntryId> {
        if let Some(known) = self.newest.get(system) {
            return Ok(*known);
        }
        let listing =
            Listing { scope: Scope::unexported(system.clone()), filter: None, order: Order::default() };
        let last = PageArguments { last: Some(1), ..PageArguments::default() };
        let page = self.ledger.list(&listing, &last, &Fields::NONE).await?;
        let newest = page.entries.items.last().map_or(NONE, |entry| entry.id);
        self.newest.insert(system.clone(), newest);
        Ok(newest)
    }
}

/// Whether the webhook is told of this system.
fn is_for(webhook: &Webhook, system: &SystemId) -> bool {
    webhook.system_id.as_ref().is_none_or(|own| own == system)
}
