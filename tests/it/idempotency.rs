//! A call that brings an idempotency key can be sent again when its answer was lost. The key belongs to the caller's token
//! and to the operation.

use ledgate::domain::Right::{self, Admin};
use ledgate::domain::page::PageArguments;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::gateway::entry;
use crate::support::{Gateway, entries};
use crate::tokens::token;

const LIST: &str = "/v10/accounting-entries";
const MARK: &str = "/v10/accounting-entries/mark-as-exported";

/// The surfaces. They share the keys of a token: the same key through the other is the same call.
const SURFACES: [&str; 2] = ["graphql", "rest"];

async fn sent(request: RequestBuilder, bearer: Option<&str>) -> Value {
    let request = bearer.into_iter().fold(request, |request, bearer| request.bearer_auth(bearer));
    request.send().await.unwrap().json().await.unwrap()
}

/// Marks one entry through the surface: `Ok` with the time of the mark, or the code of the first fault.
async fn mark(
    gateway: &Gateway,
    surface: &str,
    bearer: Option<&str>,
    id: i64,
    key: &str,
) -> Result<String, String> {
    let (answer, done, faults) = if surface == "rest" {
        let body = json!({ "accounting_entries": [{ "accounting_entry_id": id, "system_id": "erp" }] });
        let request = gateway.request(Method::POST, MARK).header("idempotency-key", key).json(&body);
        (sent(request, bearer).await, "/accounting_entries/0/exported_at", "/errors/0/code")
    } else {
        let query = "mutation($input: MarkExportedInput!) { markExported(input: $input) {
            exports { exportedAt } userErrors { code } } }";
        let input =
            json!({ "entries": [{ "entryId": id.to_string(), "systemId": "erp" }], "idempotencyKey": key });
        let body = json!({ "query": query, "variables": { "input": input } });
        let request = gateway.request(Method::POST, "/graphql").json(&body);
        let at = "/data/markExported";
        let answer = sent(request, bearer).await.pointer(at).cloned().unwrap();
        (answer, "/exports/0/exportedAt", "/userErrors/0/code")
    };
    let text = |path: &str| answer.pointer(path).and_then(Value::as_str).map(str::to_owned);
    text(done).ok_or_else(|| text(faults).unwrap_or_else(|| panic!("{answer}")))
}

fn snake_case(name: &str) -> String {
    let letter =
        |c: char| if c.is_ascii_uppercase() { format!("_{}", c.to_ascii_lowercase()) } else { c.to_string() };
    name.chars().map(letter).collect()
}

/// Records entries through the surface. Gives the answer in the words of REST: the names and texts of the entries, the
/// three counts, the code of the first fault.
async fn record(
    gateway: &Gateway,
    surface: &str,
    bearer: Option<&str>,
    entries: &[Value],
    key: &str,
) -> (Vec<[Value; 3]>, [Value; 3], Option<String>) {
    let (answer, list, errors) = if surface == "rest" {
        let snake = |entry: &Value| -> Value {
            let fields = entry.as_object().unwrap().iter();
            Value::Object(fields.map(|(name, value)| (snake_case(name), value.clone())).collect())
        };
        let body = json!({ "accounting_entries": entries.iter().map(snake).collect::<Vec<_>>() });
        let request = gateway.request(Method::POST, LIST).header("idempotency-key", key).json(&body);
        (sent(request, bearer).await, "accounting_entries", "errors")
    } else {
        let query =
            "mutation($input: RecordAccountingEntriesInput!) { recordAccountingEntries(input: $input) {
            entries { external_id: externalId description updated_at: updatedAt } recorded updated unchanged
            userErrors { code } } }";
        let input = json!({ "entries": entries, "idempotencyKey": key });
        let body = json!({ "query": query, "variables": { "input": input } });
        let request = gateway.request(Method::POST, "/graphql").json(&body);
        let answer = sent(request, bearer).await["data"]["recordAccountingEntries"].clone();
        (answer, "entries", "userErrors")
    };
    let listed = answer[list].as_array().cloned().unwrap_or_default();
    let shown = |entry: &Value| ["external_id", "description", "updated_at"].map(|name| entry[name].clone());
    let counts = ["recorded", "updated", "unchanged"].map(|name| answer[name].clone());
    let fault = answer[errors][0]["code"].as_str().map(str::to_owned);
    (listed.iter().map(shown).collect(), counts, fault)
}

/// How many events the entry has, its recording included.
async fn events(gateway: &Gateway, id: i64) -> usize {
    let entry = gateway.ledger.entry(id).await.unwrap().unwrap();
    let all = PageArguments { first: Some(100), ..PageArguments::default() };
    gateway.ledger.timelines_of(&[entry], &all).await.unwrap()[&id].items.len()
}

on_both_databases! {
    async fn two_tokens_may_use_one_key(gateway: Gateway) {
        let ids = gateway.record(entries(4)).await;
        let rights: &[Right] = &[Admin];
        let (one, two) = (token(&gateway, "one", rights, None).await, token(&gateway, "two", rights, None).await);
        let gateway = gateway.another().await;
        for (surface, pair) in SURFACES.into_iter().zip(ids.chunks(2)) {
            let key = format!("run-1 {surface}");
            gateway.set_clock("2026-03-01T13:00:00Z");
            let first = mark(&gateway, surface, Some(&one), pair[0], &key).await.unwrap();
            gateway.set_clock("2026-03-01T14:00:00Z");
            let second = mark(&gateway, surface, Some(&two), pair[1], &key).await.unwrap();
            assert_eq!((first.as_str(), second.as_str()), ("2026-03-01T13:00:00.000000Z", "2026-03-01T14:00:00.000000Z"), "{surface}");
            // Each has its own answer again, and its own entries.
            gateway.set_clock("2026-03-01T15:00:00Z");
            assert_eq!(mark(&gateway, surface, Some(&one), pair[0], &key).await.unwrap(), first);
            assert_eq!(mark(&gateway, surface, Some(&two), pair[1], &key).await.unwrap(), second);
            let reused = mark(&gateway, surface, Some(&two), pair[0], &key).await;
            assert_eq!(reused, Err("IDEMPOTENCY_KEY_REUSED".to_owned()));
            assert_eq!([events(&gateway, pair[0]).await, events(&gateway, pair[1]).await], [2, 2]);

            // The same items under the same key are two calls too: one mark each.
            let key = format!("run-2 {surface}");
            let again = mark(&gateway, surface, Some(&two), pair[0], &key).await.unwrap();
            assert_eq!(again, "2026-03-01T15:00:00.000000Z");
            mark(&gateway, surface, Some(&one), pair[0], &key).await.unwrap();
            assert_eq!(events(&gateway, pair[0]).await, 4, "{surface}");

            let entry = [entry(&format!("by both, {surface}"))];
            let recorded = record(&gateway, surface, Some(&one), &entry, &key).await;
            assert_eq!(recorded.1, [1, 0, 0].map(Value::from), "{surface}");
            let recorded = record(&gateway, surface, Some(&two), &entry, &key).await;
            assert_eq!(recorded.1, [0, 0, 1].map(Value::from), "{surface}");
        }
    }

    async fn one_key_may_be_used_for_two_operations(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        for (surface, id) in SURFACES.into_iter().zip(ids) {
            let marked = mark(&gateway, surface, None, id, surface).await.unwrap();
            let recorded = record(&gateway, surface, None, &[entry(surface)], surface).await;
            assert_eq!((recorded.1, recorded.2), ([1, 0, 0].map(Value::from), None), "{surface}");
            assert_eq!(mark(&gateway, surface, None, id, surface).await.unwrap(), marked, "{surface}");
        }
    }

    async fn a_repeated_recording_gives_its_answer_again_and_writes_nothing(gateway: Gateway) {
        for surface in SURFACES {
            let key = |name: &str| format!("{name} {surface}");
            let mut call: Vec<Value> = ["b", "a", "c"].map(|name| entry(&format!("{surface} {name}"))).to_vec();
            record(&gateway, surface, None, &call[2..], &key("before")).await;
            call[2]["description"] = json!("changed");
            let first = record(&gateway, surface, None, &call, &key("load-1")).await;
            assert_eq!((&first.1, &first.2), (&[2, 1, 0].map(Value::from), &None), "{surface}");
            let names: Vec<&str> = first.0.iter().map(|entry| entry[0].as_str().unwrap()).collect();
            assert_eq!(names, ["b", "a", "c"].map(|name| format!("{surface} {name}")), "{surface}");
            gateway.set_clock("2026-03-01T18:00:00Z");
            assert_eq!(record(&gateway, surface, None, &call, &key("load-1")).await, first, "{surface}");
            // Through the other surface it is the same call too.
            let other = SURFACES.into_iter().find(|other| *other != surface).unwrap();
            assert_eq!(record(&gateway, other, None, &call, &key("load-1")).await, first, "{surface}");

            // Somebody changes an entry: the repeated call does not change it back, and shows it as it is.
            let mut newer = call[..1].to_vec();
            newer[0]["description"] = json!("newer");
            record(&gateway, surface, None, &newer, &key("load-2")).await;
            let again = record(&gateway, surface, None, &call, &key("load-1")).await;
            assert_eq!(again.1, first.1, "{surface}");
            assert_eq!(again.0[0][1], json!("newer"), "{surface}");
            assert_eq!(again.0[1..], first.0[1..], "{surface}");

            let (entries, _, fault) = record(&gateway, surface, None, &call[..1], &key("load-1")).await;
            assert_eq!((entries.len(), fault.as_deref()), (0, Some("IDEMPOTENCY_KEY_REUSED")), "{surface}");
            let (entries, _, fault) = record(&gateway, surface, None, &call, &"k".repeat(201)).await;
            assert_eq!((entries.len(), fault.as_deref()), (0, Some("INVALID_IDEMPOTENCY_KEY")), "{surface}");
            // A refused call does not use its key up.
            let (_, _, fault) = record(&gateway, surface, None, &[entry("")], &key("load-3")).await;
            assert_eq!(fault.as_deref(), Some("INVALID_ENTRY"), "{surface}");
            assert_eq!(record(&gateway, surface, None, &call[1..2], &key("load-3")).await.2, None, "{surface}");
        }
    }
}
