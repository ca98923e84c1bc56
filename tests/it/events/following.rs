//! Those who follow the log.

use std::pin::pin;
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use ledgate::domain::export_event::{ExportEvent, ExportEventKind};
use ledgate::domain::progress::ExportState;
use ledgate::domain::{Code, Error, Result, System, SystemId};
use ledgate::service::event_cursor;
use sea_orm::{ConnectionTrait, DbBackend, TransactionTrait};
use serde_json::json;

use super::{call, log, unmarking};
use crate::on_both_databases;
use crate::support::{Gateway, entries};

pub fn erp() -> SystemId {
    "erp".parse().unwrap()
}

async fn next<T>(stream: &mut (impl Stream<Item = Result<T>> + Unpin)) -> T {
    let next = tokio::time::timeout(Duration::from_secs(20), stream.next()).await;
    next.expect("nothing came").expect("the stream ended").unwrap()
}

/// The entries of the next events.
pub async fn told(stream: &mut (impl Stream<Item = Result<ExportEvent>> + Unpin), count: usize) -> Vec<i64> {
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(next(stream).await.entry_id.unwrap());
    }
    ids
}

on_both_databases! {
    async fn a_follower_is_told_from_its_cursor_on_and_then_of_what_comes(gateway: Gateway) {
        let ids = gateway.record(entries(9)).await;
        gateway.mark("erp", &ids[..3]).await;
        let cursor = log(&gateway, 3).await[0]["cursor"].clone();
        let followed = gateway.ledger.follow_events(Some(erp()), None, cursor.as_str()).await.unwrap();
        let mut followed = pin!(followed);
        assert_eq!(told(&mut followed, 2).await, ids[1..3]);
        gateway.mark("crm", &ids[..1]).await;
        for id in &ids[3..] {
            gateway.mark("erp", &[*id]).await;
        }
        assert_eq!(told(&mut followed, 6).await, ids[3..]);
    }

    async fn a_follower_without_a_cursor_is_told_of_what_comes_of_its_kinds(gateway: Gateway) {
        let ids = gateway.record(entries(3)).await;
        gateway.mark("erp", &ids).await;
        log(&gateway, 3).await;
        let kinds = Some(vec![ExportEventKind::Unmarked]);
        let mut followed = pin!(gateway.ledger.follow_events(None, kinds, None).await.unwrap());
        gateway.mark("erp", &ids).await;
        call(&gateway, "unmarkExported", json!({ "items": [
            { "entryId": ids[1].to_string(), "systemId": "erp", "reason": "never arrived" }] })).await;
        let event = next(&mut followed).await;
        assert_eq!((event.kind, event.entry_id), (Some(ExportEventKind::Unmarked), Some(ids[1])));
        let again = gateway.ledger.follow_events(Some(erp()), None, Some(&event_cursor(event.place))).await.unwrap();
        gateway.mark("erp", &ids[1..2]).await;
        assert_eq!(told(&mut pin!(again), 1).await, ids[1..2]);
    }

    async fn another_gateway_tells_of_it_too(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        gateway.mark("erp", &ids[..1]).await;
        log(&gateway, 1).await;
        let other = gateway.another().await;
        let mut followed = pin!(other.ledger.follow_events(Some(erp()), None, None).await.unwrap());
        gateway.mark("erp", &ids[1..]).await;
        assert_eq!(told(&mut followed, 1).await, ids[1..]);
    }

    async fn a_follower_of_a_system_is_told_at_once_and_of_each_change(gateway: Gateway) {
        let mut followed = pin!(gateway.ledger.follow_system(erp()).await.unwrap());
        assert_eq!(next::<System>(&mut followed).await.known_since, None);
        let ids = gateway.record(entries(2)).await;
        // New entries concern every system.
        next(&mut followed).await;
        gateway.mark("erp", &ids).await;
        while next(&mut followed).await.known_since.is_none() {}
    }

    async fn a_follower_of_a_system_is_told_when_a_lease_ends(gateway: Gateway) {
        gateway.record(entries(1)).await;
        call(&gateway, "claimExports", json!({ "systemId": "erp", "worker": "w", "leaseSeconds": 10 })).await;
        log(&gateway, 1).await;
        let mut followed = pin!(gateway.ledger.follow_system(erp()).await.unwrap());
        // Nothing else happens. The worker is gone, and its lease of ten seconds ends.
        let is_free = async || {
            let counts = gateway.ledger.backlog_by_state(&erp()).await.unwrap();
            counts.iter().any(|(state, count)| *state == ExportState::Pending && count.count == 1)
        };
        next(&mut followed).await;
        while !is_free().await {
            next(&mut followed).await;
        }
    }

    async fn a_follower_of_a_system_is_told_when_what_failed_is_due_again(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        call(&gateway, "reportExportFailures", json!({ "items": [
            { "entryId": ids[0].to_string(), "systemId": "erp", "type": "OTHER", "reason": "busy",
              "retryAt": "2026-03-01T12:00:03Z" }] })).await;
        log(&gateway, 1).await;
        let mut followed = pin!(gateway.ledger.follow_system(erp()).await.unwrap());
        // At once, for the failure if it was not seen before, and then by time alone: this clock stands still, so it is due in
        // three seconds again and again.
        for _ in 0..4 {
            next(&mut followed).await;
        }
    }

    /// So it is after a failover to a replica that had not got the newest events: the log goes on with others in their places.
    async fn a_follower_whose_last_event_the_log_has_lost_is_told_so(gateway: Gateway) {
        let ids = gateway.record(entries(5)).await;
        gateway.mark("erp", &ids[..4]).await;
        let kept = log(&gateway, 4).await[2]["cursor"].clone();
        let mut followed = pin!(gateway.ledger.follow_events(Some(erp()), None, None).await.unwrap());
        gateway.mark("erp", &ids[4..]).await;
        assert_eq!(told(&mut followed, 1).await, ids[4..]);

        let head = match gateway.backend() {
            DbBackend::Sqlite => "UPDATE sqlite_sequence SET seq = 3 WHERE name = 'export_events'",
            _ => "UPDATE event_log_head SET last_position = 3",
        };
        let older = gateway.other_program().await.begin().await.unwrap();
        for statement in ["DELETE FROM export_events WHERE position > 3", head] {
            older.execute_unprepared(statement).await.unwrap();
        }
        older.commit().await.unwrap();
        gateway.mark("erp", &ids[..4]).await;
        let lost = tokio::time::timeout(Duration::from_secs(20), followed.next()).await.expect("nothing came");
        let is_lost = matches!(&lost, Some(Err(Error::Refused(faults))) if faults[0].code == Code::CursorLost);
        assert!(is_lost, "{lost:?}");
        assert!(followed.next().await.is_none());

        // Whoever is at an event that is still there goes on.
        let again = gateway.ledger.follow_events(Some(erp()), None, kept.as_str()).await.unwrap();
        assert_eq!(told(&mut pin!(again), 4).await, ids[..4]);
    }

    async fn what_another_program_does_is_told_within_seconds(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        gateway.mark("erp", &ids).await;
        log(&gateway, 2).await;
        let mut followed = pin!(gateway.ledger.follow_events(None, None, None).await.unwrap());
        let program = gateway.other_program().await;
        program.execute_unprepared(&format!("DELETE FROM export_marks WHERE entry_id = {}", ids[1])).await.unwrap();
        assert_eq!(told(&mut followed, 1).await, ids[1..]);
    }
}

/// Every event once, though transactions commit in any order and two gateways give places.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_event_comes_once_however_transactions_end() {
    let gateway = Gateway::on_postgres().await;
    let ids = gateway.record(entries(60)).await;
    for part in ids.chunks(10) {
        gateway.mark("erp", part).await;
    }
    log(&gateway, 60).await;
    let other = gateway.another().await;
    let mut followed = pin!(other.ledger.follow_events(Some(erp()), None, None).await.unwrap());
    let mut open = Vec::new();
    let mut committed = Vec::new();
    for (number, id) in ids.iter().enumerate() {
        open.push((*id, unmarking(&gateway, *id).await));
        // The oldest of three is ended last.
        if open.len() == 3 {
            let (id, transaction) = open.remove(number % 3);
            if number % 4 == 0 {
                transaction.rollback().await.unwrap();
            } else {
                transaction.commit().await.unwrap();
                committed.push(id);
            }
        }
    }
    for (id, transaction) in open {
        transaction.commit().await.unwrap();
        committed.push(id);
    }
    let mut seen = told(&mut followed, committed.len()).await;
    seen.sort_unstable();
    committed.sort_unstable();
    assert_eq!(seen, committed);
    assert_eq!(log(&gateway, 60 + committed.len()).await.len(), 60 + committed.len());
}
