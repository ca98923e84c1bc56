//! Calls that meet at the same rows: each waits for the others, none fails because of them.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::entries;
use crate::support::gateway::entry;

on_both_databases! {
    async fn the_same_new_entries_recorded_in_opposite_orders(gateway: Gateway) {
        for round in 0..4 {
            let there: Vec<Value> = (0..500).map(|n| entry(&format!("{round}:{n}"))).collect();
            let back: Vec<Value> = there.iter().rev().cloned().collect();
            let (one, other) = futures_util::future::join(gateway.record(there), gateway.record(back)).await;
            assert_eq!(one, other.into_iter().rev().collect::<Vec<_>>(), "each entry is there once");
        }
        assert_eq!(gateway.unexported("erp").await.len(), 2_000);
    }

    async fn the_same_entries_marked_in_opposite_orders_at_several_gateways(gateway: Gateway) {
        let ids = gateway.record(entries(10)).await;
        let gateways = [gateway.another().await, gateway.another().await, gateway];
        let calls = (0..24).map(|call| {
            let mut items: Vec<Value> = ids
                .iter()
                .map(|id| json!({ "entryId": id.to_string(), "systemId": format!("s{}", (id + call / 8) % 3) }))
                .collect();
            match call % 3 {
                0 => {}
                1 => items.reverse(),
                _ => items.rotate_left(5),
            }
            gateways[usize::try_from(call).unwrap() % 3].mark_items(items, None)
        });
        let payloads = join_all(calls).await;
        let firsts = payloads.iter().flat_map(|payload| payload["exports"].as_array().unwrap());
        let firsts = firsts.filter(|export| export["remarked"] == json!(false)).count();
        assert_eq!(firsts, 30, "of the marks of an entry and a system one is the first");
    }
}
