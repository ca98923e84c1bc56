//! Webhooks are told what there is to tell. Every gateway does it; each webhook is told by one at a time, under a lease. One
//! that is slow or away keeps no other waiting: several are told at the same time, and the others are looked at meanwhile.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::lease::Run;
use crate::config::WebhookSettings;
use crate::domain::Result;
use crate::domain::webhook::{AfterFailure, Delivery, after_failure};
use crate::service::Ledger;
use crate::service::webhooks::planning::{Look, Plan};
use crate::store::webhooks::{self, Kept, Lease, Moved};
use crate::telemetry;

/// How much longer a lease is than an attempt may take.
const MARGIN: Duration = Duration::from_secs(10);

/// Ends when there is nothing to tell and nobody is being told.
pub async fn run(run: &Run<'_>) -> Result<()> {
    let ledger = run.ledger;
    let Some(settings) = ledger.webhook_settings.as_deref() else { return Ok(()) };
    if due(run).await?.is_empty() {
        return Ok(());
    }
    // Who is being told, by number, and the attempts, each of which gives the number when it has ended.
    let mut told: HashSet<i64> = HashSet::new();
    let mut at_work: FuturesUnordered<BoxFuture<'_, i64>> = FuturesUnordered::new();
    loop {
        // What happens within this time is told together.
        let pause = run.rest(settings.debounce());
        tokio::pin!(pause);
        loop {
            tokio::select! {
                () = &mut pause => break,
                Some(id) = at_work.next() => { told.remove(&id); }
            }
        }
        if !run.goes_on().await? {
            // Attempts that have begun come to their ends, which are written down.
            while at_work.next().await.is_some() {}
            return Ok(());
        }
        let mut look = Look::new(ledger);
        for kept in due(run).await? {
            let id = kept.webhook.id;
            if at_work.len() >= settings.max_running_deliveries || told.contains(&id) {
                continue;
            }
            if let Some(plan) = look.plan(&kept).await? {
                told.insert(id);
                at_work.push(tell(ledger, settings, kept, plan).boxed());
            }
        }
        if at_work.is_empty() {
            return Ok(());
        }
    }
}

/// The webhooks that may be told something now. One that is to be tried again later is due by time alone.
async fn due(run: &Run<'_>) -> Result<Vec<Kept>> {
    let ledger = run.ledger;
    let now = ledger.clock.now();
    let mut all = webhooks::all(ledger.database.reader()).await?;
    let switched_off = all.iter().filter(|kept| kept.webhook.switched_off.is_some()).count();
    telemetry::webhooks_switched_off(ledger.name(), switched_off);
    all.retain(|kept| kept.webhook.switched_off.is_none());
    ledger.signals.note_webhooks(!all.is_empty());
    if all.iter().any(|kept| !kept.webhook.is_due(now)) {
        run.waits();
    }
    all.retain(|kept| kept.webhook.is_due(now));
    // Those that fail come last, so that many of them take no places from the others; then who waits longest.
    all.sort_by_key(|kept| (kept.webhook.attempts, kept.webhook.place.position, kept.webhook.id));
    Ok(all)
}

/// Carries a plan out, and gives the number of the webhook.
async fn tell(ledger: &Ledger, settings: &WebhookSettings, kept: Kept, plan: Plan) -> i64 {
    let id = kept.webhook.id;
    if let Err(error) = carry_out(ledger, settings, &kept, plan).await {
        let ledger = ledger.name();
        tracing::warn!(webhook = id, ledger, %error, "a webhook could not be told and will be tried again");
    }
    id
}

async fn carry_out(ledger: &Ledger, settings: &WebhookSettings, kept: &Kept, plan: Plan) -> Result<()> {
    let length = settings.timeout() + MARGIN;
    let transaction = ledger.database.begin().await?;
    let lease = webhooks::take(&transaction, kept, length).await?;
    transaction.commit().await?;
    // Another gateway tells it, or somebody has moved it.
    let Some(lease) = lease else { return Ok(()) };
    for (index, signal) in plan.signals.iter().enumerate() {
        if index > 0 && !renewed(ledger, lease, length).await? {
            return Ok(());
        }
        let delivery = ledger.tell(settings, kept, kept.webhook.attempts.saturating_add(1), signal).await?;
        if !delivery.is_taken() {
            return note_failure(ledger, kept, lease, &delivery).await;
        }
    }
    let moved = Moved { place: plan.place, levels: plan.levels, was_told: !plan.signals.is_empty() };
    let transaction = ledger.database.begin().await?;
    webhooks::moved(&transaction, lease, &moved).await?;
    Ok(transaction.commit().await?)
}

async fn renewed(ledger: &Ledger, lease: Lease, length: Duration) -> Result<bool> {
    let transaction = ledger.database.begin().await?;
    let renewed = webhooks::renew(&transaction, lease, length).await?;
    transaction.commit().await?;
    Ok(renewed)
}

async fn note_failure(ledger: &Ledger, kept: &Kept, lease: Lease, delivery: &Delivery) -> Result<()> {
    let now = ledger.clock.now();
    let failing_since = kept.webhook.failing_since.unwrap_or(now);
    let after = after_failure(delivery, failing_since, now);
    let transaction = ledger.database.begin().await?;
    let noted = webhooks::failed(&transaction, lease, failing_since, delivery.attempt, after, now).await?;
    transaction.commit().await?;
    if let (true, AfterFailure::SwitchOff(because)) = (noted, after) {
        let (ledger, because) = (ledger.name(), because.as_str());
        tracing::warn!(webhook = kept.webhook.id, ledger, because, "a webhook is switched off");
    }
    Ok(())
}
