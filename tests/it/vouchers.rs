//! Vouchers: entries that were posted together, whoever recorded them. They are listed, exported and marked whole.

mod exporting;
mod joining;
mod marking;

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::Gateway;
use crate::support::gateway::entry;

/// An entry of a voucher: its name, journal, number, debit and credit.
fn line(name: &str, journal: &str, number: &str, debit: &str, credit: &str) -> Value {
    let mut line = entry(name);
    line.as_object_mut().unwrap().extend([
        ("journalCode".to_owned(), json!(journal)),
        ("entryNumber".to_owned(), json!(number)),
        ("debit".to_owned(), json!(debit)),
        ("credit".to_owned(), json!(credit)),
    ]);
    line
}

/// Two vouchers with the same number whose lines were recorded in turns, and two entries without a number. The ids are 1 to 7.
async fn ledger(gateway: &Gateway) -> Vec<i64> {
    let mut lines = vec![
        line("a1", "VE", "17", "120", "0"),
        line("b1", "AC", "17", "0", "50"),
        line("a2", "VE", "17", "0", "100"),
        line("none1", "VE", "", "1", "0"),
        line("b2", "AC", "17", "49.99", "0"),
        line("none2", "VE", " ", "0", "1"),
        line("a3", "VE", "17", "0", "20"),
    ];
    lines[4]["currency"] = json!("USD");
    gateway.record(lines).await
}

const SHOWN: &str =
    "id journalCode postingDate entryNumber balanced totals { currency debit credit entryCount }
    entries { nodes { externalId } totalCount { count } }";

/// Inserts a line with SQL.
async fn insert(gateway: &Gateway, name: &str, number: &str) {
    let sql = format!(
        "INSERT INTO accounting_entries (external_id, journal_code, entry_number, posting_date, account_number,
            description, debit_ten_thousandths, credit_ten_thousandths)
         VALUES ('{name}', 'VE', '{number}', '2026-01-31', '707000', '', 0, 0)"
    );
    gateway.other_program().await.execute_unprepared(&sql).await.unwrap();
}

/// The ids of all vouchers of the list, page by page of this size, forwards and backwards.
async fn listed(gateway: &Gateway, list: &str, size: usize) -> Vec<String> {
    let page = async |arguments: String| {
        let separator = if list.ends_with(')') { "" } else { "(" };
        let opened = format!("{}{separator}", list.trim_end_matches(')'));
        let comma = if opened.ends_with('(') { "" } else { ", " };
        let query = format!(
            "{{ page: {opened}{comma}{arguments}) {{ nodes {{ id }}
                pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
        );
        gateway.data(&query, json!({})).await["page"].clone()
    };
    let ids = |page: &Value| -> Vec<String> {
        page["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect()
    };
    let (mut forwards, mut backwards) = (Vec::new(), Vec::new());
    let (mut after, mut before) = (String::new(), String::new());
    loop {
        let found = page(format!("first: {size}{after}")).await;
        forwards.extend(ids(&found));
        if found["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = format!(", after: {}", found["pageInfo"]["endCursor"]);
    }
    loop {
        let found = page(format!("last: {size}{before}")).await;
        backwards.splice(0..0, ids(&found));
        if found["pageInfo"]["hasPreviousPage"] == json!(false) {
            break;
        }
        before = format!(", before: {}", found["pageInfo"]["startCursor"]);
    }
    assert_eq!(forwards, backwards, "{list}");
    assert_eq!(
        forwards.iter().collect::<BTreeSet<_>>().len(),
        forwards.len(),
        "a voucher came twice: {forwards:?}"
    );
    forwards
}

const A: &str = "voucher/2026-01-31/VE/17";
const B: &str = "voucher/2026-01-31/AC/17";

on_both_databases! {
    async fn a_voucher_is_the_entries_of_its_journal_day_and_number(gateway: Gateway) {
        ledger(&gateway).await;
        let data = gateway.data(&format!("{{ vouchers {{ nodes {{ {SHOWN} }} }} }}"), json!({})).await;
        let voucher = |id: &str, journal: &str, number: &str, balanced: bool, totals: Value, names: &[&str]| json!({
            "id": id, "journalCode": journal, "postingDate": "2026-01-31", "entryNumber": number, "balanced": balanced,
            "totals": totals,
            "entries": { "nodes": names.iter().map(|name| json!({ "externalId": name })).collect::<Vec<_>>(),
                         "totalCount": { "count": names.len() } },
        });
        let total = |currency: &str, debit: &str, credit: &str, count: i32| json!({
            "currency": currency, "debit": debit, "credit": credit, "entryCount": count,
        });
        let expected = json!([
            voucher(A, "VE", "17", true, json!([total("EUR", "120.00", "120.00", 3)]), &["a1", "a2", "a3"]),
            voucher(B, "AC", "17", false,
                json!([total("EUR", "0.00", "50.00", 1), total("USD", "49.99", "0.00", 1)]), &["b1", "b2"]),
            voucher("voucher/entry/4", "VE", "", false, json!([total("EUR", "1.00", "0.00", 1)]), &["none1"]),
            voucher("voucher/entry/6", "VE", " ", false, json!([total("EUR", "0.00", "1.00", 1)]), &["none2"]),
        ]);
        assert_eq!(data["vouchers"]["nodes"], expected);
        // Each is found by its id, alone and among other things; an entry leads to its voucher.
        for voucher in expected.as_array().unwrap() {
            let query = format!("query($id: ID!) {{ voucher(id: $id) {{ {SHOWN} }} node(id: $id) {{ id ... on Voucher {{ {SHOWN} }} }} }}");
            let found = gateway.data(&query, json!({ "id": voucher["id"] })).await;
            assert_eq!((&found["voucher"], &found["node"]), (voucher, voucher));
        }
        let data = gateway.data("{ accountingEntries { nodes { voucher { id balanced entries { nodes { externalId } } } } } }", json!({})).await;
        let of_entries: Vec<&str> = data["accountingEntries"]["nodes"].as_array().unwrap().iter()
            .map(|node| node["voucher"]["id"].as_str().unwrap()).collect();
        assert_eq!(of_entries, [A, B, A, "voucher/entry/4", B, "voucher/entry/6", A]);
        for nothing in ["voucher/2026-01-31/VE/18", "voucher/2026-02-01/VE/17", "voucher/entry/1", "voucher/entry/404"] {
            let data = gateway.data("query($id: ID!) { voucher(id: $id) { id } node(id: $id) { id } }", json!({ "id": nothing })).await;
            assert_eq!(data, json!({ "voucher": null, "node": null }), "{nothing}");
        }
        let answer = gateway.graphql("{ voucher(id: \"VE/17\") { id } }", json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], json!("INVALID_VOUCHER_ID"));
        assert_eq!(answer["errors"][0]["extensions"]["argument"], json!(["id"]));
    }

    async fn a_list_is_paged_without_cutting_a_voucher(gateway: Gateway) {
        ledger(&gateway).await;
        let all = [A, B, "voucher/entry/4", "voucher/entry/6"];
        for size in [1, 2, 3, 100] {
            assert_eq!(listed(&gateway, "vouchers", size).await, all);
            assert_eq!(listed(&gateway, "unexportedVouchers(systemId: \"erp\")", size).await, all);
        }
        // A filter is about entries; the voucher is whole all the same.
        let filtered = "vouchers(filter: { externalId: { in: [\"a3\", \"b2\"] } })";
        assert_eq!(listed(&gateway, filtered, 1).await, [B, A], "by their first entries that pass");
        let data = gateway.data("{ vouchers(filter: { externalId: { eq: \"a3\" } }) { nodes { entries { nodes { externalId } } } } }", json!({})).await;
        assert_eq!(data["vouchers"]["nodes"][0]["entries"]["nodes"].as_array().unwrap().len(), 3);
        // The entries of one voucher are a list of their own.
        let page = async |arguments: &str| {
            let query = format!("{{ voucher(id: \"{A}\") {{ entries({arguments}) {{ edges {{ cursor node {{ externalId }} }} pageInfo {{ hasNextPage }} }} }} }}");
            gateway.data(&query, json!({})).await["voucher"]["entries"].clone()
        };
        let first = page("first: 2").await;
        assert_eq!(first["pageInfo"]["hasNextPage"], json!(true));
        let next = page(&format!("first: 2, after: {}", first["edges"][1]["cursor"])).await;
        assert_eq!((&next["edges"][0]["node"]["externalId"], &next["pageInfo"]["hasNextPage"]), (&json!("a3"), &json!(false)));
        let last = page(&format!("last: 1, before: {}", next["edges"][0]["cursor"])).await;
        assert_eq!(last["edges"][0]["node"]["externalId"], json!("a2"));
        for (arguments, code) in [("first: 101", "INVALID_PAGE_SIZE"), ("after: \"x\"", "INVALID_CURSOR"), ("filter: { and: [] }", "INVALID_FILTER")] {
            let answer = gateway.graphql(&format!("{{ vouchers({arguments}) {{ nodes {{ id }} }} }}"), json!({})).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], json!(code), "{answer:#}");
        }
    }

    async fn a_voucher_is_unexported_while_one_of_its_entries_is(gateway: Gateway) {
        let ids = ledger(&gateway).await;
        gateway.mark("erp", &[ids[0], ids[3]]).await;
        gateway.history_taken_over().await;
        let list = "unexportedVouchers(systemId: \"erp\")";
        assert_eq!(listed(&gateway, list, 1).await, [B, A, "voucher/entry/6"], "by the first unexported entry");
        let partly = async || {
            let query = format!("{{ {list} {{ nodes {{ id partlyExported(systemId: \"erp\") }} }} }}");
            let data = gateway.data(&query, json!({})).await;
            let nodes = data["unexportedVouchers"]["nodes"].as_array().unwrap().clone();
            nodes.into_iter().filter(|node| node["partlyExported"] == json!(true)).map(|node| node["id"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(partly().await, [json!(A)]);
        gateway.mark("erp", &ids).await;
        assert_eq!(listed(&gateway, list, 1).await, [] as [&str; 0]);
        // A line that another program adds later: the voucher is there again, and says why.
        insert(&gateway, "late", "17").await;
        insert(&gateway, "alone", "").await;
        assert_eq!(listed(&gateway, list, 1).await, [A, "voucher/entry/9"]);
        assert_eq!(partly().await, [json!(A)]);
        // A line that is taken back keeps no voucher unexported, and is none of its entries.
        let sql = "UPDATE accounting_entries SET withdrawn_at = 1 WHERE external_id IN ('late', 'alone')";
        gateway.other_program().await.execute_unprepared(sql).await.unwrap();
        assert_eq!(listed(&gateway, list, 1).await, [] as [&str; 0]);
        let data = gateway.data(&format!("{{ voucher(id: \"{A}\") {{ entries {{ totalCount {{ count }} }} }} gone: voucher(id: \"voucher/entry/9\") {{ id }} }}"), json!({})).await;
        assert_eq!(data, json!({ "voucher": { "entries": { "totalCount": { "count": 3 } } }, "gone": null }));
    }

    /// Whatever is marked, whatever state a history is in, now and as of a moment: the vouchers are those of the unexported
    /// entries, in the order of these.
    async fn unexported_vouchers_are_those_of_the_unexported_entries(gateway: Gateway) {
        let mut random = 7_u64;
        let mut next = |bound: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % bound
        };
        let lines = (0..120).map(|number| {
            let voucher = next(30).to_string();
            line(&format!("L:{number}"), "VE", if voucher == "0" { "" } else { &voucher }, "1", "0")
        });
        let ids = gateway.record(lines.collect()).await;
        gateway.stop_background().await;
        let to_mark: Vec<i64> = ids.iter().copied().filter(|_| next(3) > 0).collect();
        let expected = async |arguments: &str| {
            let query = format!("{{ unexportedEntries({arguments}, first: 500) {{ nodes {{ voucher {{ id }} }} }} }}");
            let data = gateway.data(&query, json!({})).await;
            let mut found: Vec<String> = Vec::new();
            for node in data["unexportedEntries"]["nodes"].as_array().unwrap() {
                let id = node["voucher"]["id"].as_str().unwrap();
                if !found.iter().any(|known| known == id) {
                    found.push(id.to_owned());
                }
            }
            found
        };
        for (hour, marked) in [(1, 0..20), (2, 20..50), (3, 50..to_mark.len())] {
            gateway.set_clock(&format!("2026-03-0{hour}T12:00:00Z"));
            gateway.mark("erp", &to_mark[marked]).await;
            for filter in ["", ", filter: { externalId: { contains: \"7\" } }", ", notExportedSince: \"2026-03-02T00:00:00Z\""] {
                let arguments = format!("systemId: \"erp\"{filter}");
                for size in [3, 100] {
                    let list = format!("unexportedVouchers({arguments})");
                    assert_eq!(listed(&gateway, &list, size).await, expected(&arguments).await, "{hour}: {arguments}");
                }
            }
            if hour == 2 {
                gateway.history_taken_over().await;
            }
        }
    }

    async fn what_belongs_to_the_vouchers_of_a_page_is_their_own(gateway: Gateway) {
        let mut lines = Vec::new();
        for voucher in 0..40 {
            for number in 0..=(voucher % 5) {
                lines.push(line(&format!("L:{voucher}:{number}"), "VE", &format!("V{voucher}"), "2.50", "0"));
            }
        }
        gateway.record(lines).await;
        let query = "{ vouchers(first: 100) { nodes { entryNumber totals { debit } entries(last: 2) { nodes { externalId } } } } }";
        let data = gateway.data(query, json!({})).await;
        let nodes = data["vouchers"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), 40);
        for (voucher, node) in nodes.iter().enumerate() {
            let count = voucher % 5 + 1;
            let names: Vec<Value> = (0..count).rev().take(2).rev()
                .map(|number| json!({ "externalId": format!("L:{voucher}:{number}") })).collect();
            let cents = 250 * count;
            let expected = json!({
                "entryNumber": format!("V{voucher}"), "entries": { "nodes": names },
                "totals": [{ "debit": format!("{}.{:02}", cents / 100, cents % 100) }],
            });
            assert_eq!(*node, expected);
        }
    }

    /// The index that finds the entries of a voucher holds the longest codes and numbers that an entry may have, whatever
    /// their letters.
    async fn the_longest_codes_and_numbers_are_recorded(gateway: Gateway) {
        let mut random = 1_u32;
        let mut long = || -> String {
            let mut letter = || {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                char::from_u32(0x2_0000 + (random >> 16) % 0xa000).unwrap()
            };
            (0..300).map(|_| letter()).collect()
        };
        let (journal, number) = (long(), long());
        gateway.record(vec![line("long", &journal, &number, "1", "0")]).await;
        let id = format!("voucher/2026-01-31/{journal}/{number}");
        let data = gateway.data("query($id: ID!) { voucher(id: $id) { id } }", json!({ "id": id })).await;
        assert_eq!(data["voucher"]["id"], json!(id));
    }
}
