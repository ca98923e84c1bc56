//! Cursors that a client makes up: their form is no secret, so any position may be in them.

use ledgate::domain::page::{Binding, Listing, Order, OrderKey, Position, Scope};
use reqwest::Method;
use serde_json::json;

use super::still_answers;
use crate::on_both_databases;
use crate::support::entries;

const ORDERS: [(&str, &str, OrderKey); 4] = [
    ("id", "ID", OrderKey::Id),
    ("created_at", "CREATED_AT", OrderKey::CreatedAt),
    ("updated_at", "UPDATED_AT", OrderKey::UpdatedAt),
    ("posting_date", "POSTING_DATE", OrderKey::PostingDate),
];

on_both_databases! {
    async fn a_cursor_to_anywhere_gives_a_page_or_is_refused(gateway: Gateway) {
        gateway.record(entries(2)).await;
        let (mut pages, mut refusals) = (0, 0);
        for (sort, field, key) in ORDERS {
            let listing = Listing { scope: Scope::Ledger, filter: None, order: Order { key, descending: false } };
            for key in [i64::MIN, -1, 0, 1, i64::from(i32::MAX), i64::MAX] {
                for id in [i64::MIN, 0, i64::MAX] {
                    let cursor = Binding::new(&listing).cursor(Position { key, id });
                    let path = format!("/v10/accounting-entries?sort={sort}&after={cursor}");
                    let status = gateway.request(Method::GET, &path).send().await.unwrap().status().as_u16();
                    let query = format!(
                        "{{ accountingEntries(orderBy: {{ field: {field}, direction: ASC }}, after: \"{cursor}\") {{ nodes {{ id }} }} }}"
                    );
                    let answer = gateway.graphql(&query, json!({})).await;
                    let code = answer["errors"][0]["extensions"]["code"].as_str();
                    match (status, code) {
                        (200, None) => pages += 1,
                        (400, Some("INVALID_CURSOR")) => refusals += 1,
                        other => panic!("{sort} {key} {id}: {other:?} {answer:#}"),
                    }
                }
            }
        }
        assert!(pages > 0 && refusals > 0, "{pages} pages, {refusals} refusals");
        still_answers(&gateway).await;
    }
}
