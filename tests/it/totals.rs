//! What a list of entries adds up to: all of it and not the page, exactly, and only as far as is read.

use ledgate::domain::Right::{Export, Read};
use reqwest::Method;
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::Gateway;
use crate::support::gateway::{entry, ids};
use crate::tokens::token;

const LEDGER: &str = "accountingEntries(first: 1)";
const ERP: &str = "unexportedEntries(systemId: \"erp\", first: 1)";

/// An entry with these amounts.
fn line(name: &str, currency: &str, debit: &str, credit: &str) -> Value {
    let mut line = entry(name);
    line.as_object_mut().unwrap().extend([
        ("currency".to_owned(), json!(currency)),
        ("debit".to_owned(), json!(debit)),
        ("credit".to_owned(), json!(credit)),
    ]);
    line
}

/// What the list adds up to: currency, debit, credit and number of entries; null where it is not told.
async fn totals(gateway: &Gateway, list: &str) -> Value {
    let query = format!("{{ list: {list} {{ totals {{ currency debit credit entryCount }} }} }}");
    gateway.data(&query, json!({})).await["list"]["totals"].clone()
}

fn total(currency: &str, debit: &str, credit: &str, entries: u64) -> Value {
    json!({ "currency": currency, "debit": debit, "credit": credit, "entryCount": entries })
}

on_both_databases! {
    async fn a_list_adds_up_all_of_its_entries_by_currency_whatever_the_page_shows(gateway: Gateway) {
        assert_eq!(totals(&gateway, LEDGER).await, json!([]));
        assert_eq!(totals(&gateway, ERP).await, json!([]));
        let ids = gateway.record(vec![
            line("1", "USD", "0", "12.5"),
            line("2", "EUR", "100.0001", "0"),
            line("3", "EUR", "-0.0002", "7"),
            line("4", "JPY", "5", "5"),
            line("5", "EUR", "0", "-3.5"),
        ]).await;
        let eur = |debit: &str, credit: &str, entries: u64| total("EUR", debit, credit, entries);
        let (jpy, usd) = (total("JPY", "5.00", "5.00", 1), total("USD", "0.00", "12.50", 1));
        let all = json!([eur("99.9999", "3.50", 3), jpy, usd]);
        for list in [LEDGER, ERP, "accountingEntries(first: 0)", "accountingEntries(last: 2, orderBy: { field: POSTING_DATE })"] {
            assert_eq!(totals(&gateway, list).await, all, "{list}");
        }
        // In each of the states of a system: with an open history, taken over, and as of a moment.
        gateway.stop_background().await;
        gateway.set_clock("2026-03-02T12:00:00Z");
        gateway.mark("erp", &ids[1..2]).await;
        let rest = json!([eur("-0.0002", "3.50", 2), jpy, usd]);
        let since = "unexportedEntries(systemId: \"erp\", notExportedSince: \"2026-03-01T00:00:00Z\")";
        let in_state = "unexportedEntries(systemId: \"erp\", states: [PENDING])";
        for _ in ["open", "taken over"] {
            assert_eq!(totals(&gateway, ERP).await, rest);
            assert_eq!(totals(&gateway, in_state).await, rest);
            gateway.set_clock("2026-03-05T12:00:00Z");
            assert_eq!(totals(&gateway, since).await, all);
            gateway.history_taken_over().await;
        }
        assert_eq!(totals(&gateway, LEDGER).await, all);
        // A filter, whether an index answers it or not; a page and totals together.
        for (filter, expected) in [
            (format!("{{ id: {{ lte: \"{}\" }} }}", ids[2]), json!([eur("99.9999", "7.00", 2), usd])),
            ("{ credit: { gt: \"4\" } }".to_owned(), json!([eur("-0.0002", "7.00", 1), jpy, usd])),
            (format!("{{ id: {{ gt: \"{}\" }}, credit: {{ gt: \"4\" }} }}", ids[2]), json!([jpy])),
            ("{ description: { eq: \"nothing of the kind\" } }".to_owned(), json!([])),
        ] {
            assert_eq!(totals(&gateway, &format!("accountingEntries(filter: {filter})")).await, expected, "{filter}");
        }
        let query = "{ accountingEntries(first: 2) { nodes { entryId } totalCount { count } totals { currency } } }";
        let list = gateway.data(query, json!({})).await["accountingEntries"].clone();
        assert_eq!(list["nodes"], json!([{ "entryId": ids[0].to_string() }, { "entryId": ids[1].to_string() }]));
        assert_eq!(list["totalCount"]["count"], json!(5));
        assert_eq!(list["totals"], json!([{ "currency": "EUR" }, { "currency": "JPY" }, { "currency": "USD" }]));
        // A voucher's list of entries is a list too.
        let query = "{ vouchers { nodes { totals { currency debit credit entryCount } entries(first: 1) {
            totals { currency debit credit entryCount } } } } }";
        for voucher in gateway.data(query, json!({})).await["vouchers"]["nodes"].as_array().unwrap() {
            assert_eq!(voucher["entries"]["totals"], voucher["totals"]);
        }
    }

    async fn sums_are_exact_beyond_what_one_amount_can_be(gateway: Gateway) {
        let most = "922337203685477.5807";
        gateway.record(vec![
            line("1", "JPY", most, "0"),
            line("2", "JPY", most, "0"),
            line("3", "JPY", "-922337203685477.5000", "0"),
            line("4", "EUR", "0.0001", most),
        ]).await;
        // 922337203685477.6614 JPY are out of the range of a Decimal.
        assert_eq!(totals(&gateway, LEDGER).await, json!(null));
        gateway.record(vec![line("5", "JPY", "-922337203685477.5807", "0")]).await;
        let expected = json!([total("EUR", "0.0001", most, 1), total("JPY", "0.0807", "0.00", 4)]);
        assert_eq!(totals(&gateway, LEDGER).await, expected);
    }

    async fn more_than_ten_thousand_entries_are_not_added_up(gateway: Gateway) {
        gateway.insert_elsewhere(10_000).await;
        let whole = |entries: u64| json!([total("EUR", &format!("{entries}.00"), "0.00", entries)]);
        for list in [LEDGER, ERP] {
            assert_eq!(totals(&gateway, list).await, whole(10_000), "{list}");
        }
        let query = "{ accountingEntries(first: 10) { nodes { entryId } } }";
        let first = ids(&gateway.data(query, json!({})).await["accountingEntries"]["nodes"]);
        gateway.mark("erp", &first).await;
        gateway.record(vec![line("one more", "EUR", "1", "0")]).await;
        assert_eq!(totals(&gateway, LEDGER).await, json!(null));
        assert_eq!(totals(&gateway, "unexportedEntries(systemId: \"new\")").await, json!(null));
        assert_eq!(totals(&gateway, ERP).await, whole(9_991));
        // Conditions that an index answers choose what is read; the others are tested on no more than that.
        let filtered = |filter: &str| format!("accountingEntries(filter: {{ {filter} }})");
        assert_eq!(totals(&gateway, &filtered("description: { eq: \"rare\" }")).await, json!(null));
        let chosen = format!("id: {{ gt: \"{}\" }}, description: {{ eq: \"rare\" }}", first[9]);
        assert_eq!(totals(&gateway, &filtered(&chosen)).await, whole(100));
        let unexported = "unexportedEntries(systemId: \"erp\", filter: { description: { eq: \"rare\" } })";
        assert_eq!(totals(&gateway, unexported).await, whole(100));
    }

    async fn totals_take_the_rights_of_their_list(gateway: Gateway) {
        gateway.record(vec![line("1", "EUR", "1", "0")]).await;
        let reader = token(&gateway, "reader", &[Read], None).await;
        let exporter = token(&gateway, "exporter", &[Export], Some(&["erp"])).await;
        let door = gateway.another().await;
        let code = async |token: &str, list: &str| {
            let query = format!("{{ list: {list} {{ totals {{ debit }} }} }}");
            let request = door.request(Method::POST, "/graphql").bearer_auth(token).json(&json!({ "query": query }));
            let answer: Value = request.send().await.unwrap().json().await.unwrap();
            let code = answer["errors"][0]["extensions"]["code"].as_str().map(str::to_owned);
            code.unwrap_or_else(|| answer["data"]["list"]["totals"][0]["debit"].as_str().unwrap().to_owned())
        };
        assert_eq!(code(&reader, LEDGER).await, "1.00");
        assert_eq!(code(&reader, ERP).await, "FORBIDDEN");
        assert_eq!(code(&exporter, ERP).await, "1.00");
        assert_eq!(code(&exporter, LEDGER).await, "FORBIDDEN");
    }
}
