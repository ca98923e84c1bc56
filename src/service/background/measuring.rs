//! Measures how far the systems of a ledger are behind, for the metrics. Every gateway whose metrics are recorded does it for
//! itself: all of them tell the same values, and one that starts has them at once.

use std::sync::Arc;
use std::time::Instant;

use super::lease::Run;
use crate::domain::export_event::ExportEventKind;
use crate::domain::page::PageArguments;
use crate::domain::progress::ExportState;
use crate::domain::{Result, SystemId, Timestamp};
use crate::service::{ChangedListing, Ledger, system_cursor};
use crate::store::events;
use crate::telemetry::{self, MeasuredLedger, MeasuredSystem, PoolUse};

/// The most systems of a ledger that are measured, the first ones by name.
const SYSTEMS: usize = 1_000;
/// Systems, and conflicts, that are read at once.
const PAGE: i64 = 100;
/// Events that are counted at once.
const EVENTS: i64 = 50_000;

/// Looks often whether the time has come: the settings say how often it does. It rests after each system for as long as that
/// one took, so that it uses half of a connection at most.
pub async fn run(run: &Run<'_>) -> Result<()> {
    let ledger = run.ledger;
    if !telemetry::begin_to_measure(ledger.name()) {
        return Ok(());
    }
    count_events(run).await?;
    let mut systems = Vec::new();
    let mut arguments = PageArguments { first: Some(PAGE), ..Default::default() };
    loop {
        let page = ledger.systems(false, &arguments).await?;
        for system in &page.items {
            if !run.goes_on().await? {
                return Ok(());
            }
            let begun = Instant::now();
            systems.push(measured(ledger, &system.id).await?);
            run.rest(begun.elapsed()).await;
        }
        match page.items.last() {
            Some(last) if page.has_next && systems.len() < SYSTEMS => {
                arguments.after = Some(system_cursor(&last.id));
            }
            _ => break,
        }
    }
    let database = ledger.database.clone();
    let pools = move || {
        let pools = database.connections().into_iter();
        pools.map(|of| PoolUse { pool: of.pool, in_use: of.in_use, idle: of.idle, max: of.max }).collect()
    };
    let at = seconds(ledger.clock.now().micros());
    telemetry::ledger_measured(ledger.name(), MeasuredLedger { at, systems, pools: Arc::new(pools) });
    Ok(())
}

async fn measured(ledger: &Ledger, id: &SystemId) -> Result<MeasuredSystem> {
    let counts = ledger.backlog_by_state(id).await?;
    let unexported = counts.into_iter().map(|(state, count)| (ExportState::as_str(state), count.count));
    let oldest = ledger.oldest_unexported_at(id).await?;
    let age = oldest.map_or(0, |oldest| ledger.clock.now().micros().saturating_sub(oldest.micros()).max(0));
    let conflicts = PageArguments { first: Some(PAGE), ..Default::default() };
    Ok(MeasuredSystem {
        name: id.as_str().to_owned(),
        unexported: unexported.collect(),
        oldest_seconds: seconds(age),
        last_marked_at: ledger.last_marked_at(id).await?.map(Timestamp::micros).map(seconds),
        changed: ledger.count(ChangedListing::new(id.clone(), None).entries()).await?.count,
        open_conflicts: ledger.conflicts(id, false, &conflicts).await?.items.len() as u64,
    })
}

fn seconds(micros: i64) -> f64 {
    micros as f64 / 1_000_000.0
}

/// Counts the events that the log has got since the last time; the first time none, and none where the log is shorter than
/// it was, which is that of another database then.
async fn count_events(run: &Run<'_>) -> Result<()> {
    let (name, reader) = (run.ledger.name(), run.ledger.database.reader());
    let end = events::newest(reader).await?.map_or(0, |place| place.position);
    let mut after = telemetry::log_was_counted_to(name).filter(|position| *position <= end).unwrap_or(end);
    telemetry::log_counted_to(name, after);
    while after < end && run.goes_on().await? {
        let to = end.min(after.saturating_add(EVENTS));
        for (kind, count) in events::kinds_between(reader, after, to).await? {
            let kind = kind.parse::<ExportEventKind>().map_or("other", ExportEventKind::as_str);
            telemetry::events_logged(name, kind, count.unsigned_abs());
        }
        telemetry::log_counted_to(name, to);
        after = to;
    }
    Ok(())
}
