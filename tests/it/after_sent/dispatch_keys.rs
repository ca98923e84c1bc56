//! A key is of what it is sent for, and never of a number that the database may give again: after a restore, or when a replica
//! that lagged behind was promoted, another entry has the id of one that was lost.

use sea_orm::DbBackend;
use serde_json::{Value, json};

use super::calls::{line, status};
use super::{mark, run};
use crate::on_both_databases;
use crate::support::Gateway;

/// The same ledger after it was restored: empty, with the system `erp` as it was.
async fn restored(gateway: &Gateway, unit: &str) -> Gateway {
    let restored = if gateway.backend() == DbBackend::Sqlite {
        Gateway::on_sqlite().await
    } else {
        Gateway::on_postgres().await
    };
    let query =
        "mutation($unit: ExportUnit!) { configureExportSystem(input: { systemId: \"erp\", unit: $unit })
        { userErrors { code } } }";
    for ledger in [gateway, &restored] {
        let configured = ledger.data(query, json!({ "unit": unit })).await["configureExportSystem"].clone();
        assert_eq!(configured["userErrors"], json!([]));
        run(ledger, "UPDATE export_systems SET dispatch_salt = 'that of this system'").await;
    }
    restored
}

/// The key under which the entry is sent to `erp`.
async fn key(gateway: &Gateway, id: i64) -> Value {
    let key = status(gateway, id).await["dispatchKey"].clone();
    assert!(key.is_string(), "{key}");
    key
}

/// A line of no voucher.
fn unnumbered(name: &str) -> Value {
    line(name, "")
}

on_both_databases! {
    async fn an_entry_with_the_id_of_a_lost_one_is_not_sent_under_its_key(gateway: Gateway) {
        let restored = restored(&gateway, "ENTRY").await;
        let lost = gateway.record(vec![line("lost", "A")]).await[0];
        let ids = restored.record(vec![line("new", "B"), line("lost", "A")]).await;
        assert_eq!(ids[0], lost, "the id is given again");
        let sent_under = key(&gateway, lost).await;
        assert_ne!(key(&restored, ids[0]).await, sent_under);
        assert_eq!(key(&restored, ids[1]).await, sent_under, "the same entry, recorded again");
    }

    async fn nor_is_one_without_a_number(gateway: Gateway) {
        let restored = restored(&gateway, "VOUCHER").await;
        let lost = gateway.record(vec![unnumbered("lost")]).await[0];
        let ids = restored.record(vec![unnumbered("new"), unnumbered("lost")]).await;
        assert_eq!(ids[0], lost, "the id is given again");
        let sent_under = key(&gateway, lost).await;
        assert_ne!(key(&restored, ids[0]).await, sent_under);
        assert_eq!(key(&restored, ids[1]).await, sent_under, "the same entry, recorded again");
    }

    async fn lines_that_came_late_have_the_key_that_they_had(gateway: Gateway) {
        let restored = restored(&gateway, "VOUCHER").await;
        // So that the ids are others.
        restored.record(vec![line("new", "B")]).await;
        let mut keys = Vec::new();
        for ledger in [&gateway, &restored] {
            let first = ledger.record(vec![line("A:1", "A")]).await[0];
            ledger.set_clock("2026-03-01T13:00:00Z");
            assert_eq!(mark(ledger, json!([{ "entryId": first.to_string() }])).await["userErrors"], json!([]));
            ledger.set_clock("2026-03-01T14:00:00Z");
            let late = ledger.record(vec![line("A:2", "A")]).await[0];
            keys.push((first, key(ledger, first).await, late, key(ledger, late).await));
        }
        let [(first, early_key, late, late_key), (first_again, early_again, late_again, late_key_again)] = &keys[..] else {
            panic!("{keys:?}")
        };
        assert!(first != first_again && late != late_again && early_key != late_key, "{keys:?}");
        assert_eq!((early_key, late_key), (early_again, late_key_again));
    }
}
