//! Pages that are walked while others mark and record: nothing is skipped, nothing comes twice.

use serde_json::{Value, json};

use super::{ORDERS, page, walk};
use crate::on_both_databases;
use crate::support::entries;
use crate::support::gateway::entry;
use crate::support::pages::on_page;

on_both_databases! {
    async fn nothing_is_skipped_or_repeated_while_others_mark_and_record(gateway: Gateway) {
        let other = gateway.another().await;
        for (number, order) in ORDERS.into_iter().enumerate() {
            for forwards in [true, false] {
                let system = format!("erp:{number}:{forwards}");
                let batch = |name: &str, count: usize| -> Vec<Value> {
                    (0..count).map(|n| entry(&format!("{system}:{name}:{n}"))).collect()
                };
                let mut before = gateway.record(batch("before", 12)).await;
                // Half of the time the system is known before the first page.
                if number % 2 == 0 {
                    gateway.mark(&system, &before[..1]).await;
                    before.remove(0);
                }
                let arguments = json!({
                    "orderBy": { "field": order.0, "direction": order.1 },
                    "filter": { "externalId": { "startsWith": format!("{system}:") } },
                });
                let (mut marked, mut seen) = (Vec::new(), Vec::new());
                let pages = walk(&gateway, Some(&system), &arguments, 5, forwards, async |found| {
                    // A reader marks what it has read, another one something else, and more comes in.
                    seen.extend_from_slice(found);
                    gateway.mark(&system, found).await;
                    let unread: Vec<i64> = before.iter().copied().filter(|id| !seen.contains(id)).collect();
                    let stolen = &unread[unread.len() / 2..unread.len().min(unread.len() / 2 + 1)];
                    other.mark(&system, stolen).await;
                    marked.extend_from_slice(stolen);
                    if seen.len() < 30 {
                        other.record(batch(&format!("after {}", seen.len()), 2)).await;
                    }
                }).await;
                let found = pages.concat();
                let mut once = found.clone();
                once.sort_unstable();
                once.dedup();
                assert_eq!(once.len(), found.len(), "{order:?}: an entry came twice");
                for id in &before {
                    assert!(found.contains(id) || marked.contains(id), "{order:?}: entry {id} was skipped");
                }
                // Whatever the pages did not have is still there for the next walk.
                let left = on_page(&page(&gateway, Some(&system), arguments).await);
                assert!(!left.iter().any(|id| found.contains(id) || marked.contains(id)), "{order:?}");
            }
        }
    }

    async fn a_walk_upwards_meets_what_was_recorded_meanwhile(gateway: Gateway) {
        let mut expected = gateway.record(entries(6)).await;
        gateway.mark("erp", &expected[..1]).await;
        let first = expected.remove(0);
        let mut batch = 0;
        let pages = walk(&gateway, Some("erp"), &json!({}), 2, true, async |_| {
            batch += 1;
            if batch <= 3 {
                let late = [entry(&format!("late:{batch}:a")), entry(&format!("late:{batch}:b"))];
                expected.extend(gateway.record(late.to_vec()).await);
            }
        }).await;
        assert_eq!(pages.concat(), expected);
        assert!(!expected.contains(&first));
    }
}
