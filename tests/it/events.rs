//! The log of events: what happened to exports, in the order in which it became true. None is lost and none comes twice to
//! whoever keeps a cursor.

mod following;
pub mod listening;

use std::time::{Duration, Instant};

use ledgate::store::events::sequencer;
use sea_orm::{ConnectionTrait, DatabaseTransaction, TransactionTrait};
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::{Gateway, entries};

const EVENTS: &str =
    "query($system: SystemId!, $kinds: [ExportEventKind!], $first: Int, $after: String, $last: Int) {
    exportEvents(systemId: $system, kinds: $kinds, first: $first, after: $after, last: $last) {
        nodes { cursor kind systemId entryId entry { entryId } actor
            timelineEvent { kind note reason } claim { claimId } replay { replayId } conflictId }
        pageInfo { hasNextPage endCursor } } }";

/// The page of the log of `erp` with these variables.
async fn page(gateway: &Gateway, mut variables: Value) -> Value {
    if variables["system"].is_null() {
        variables["system"] = json!("erp");
    }
    gateway.data(EVENTS, variables).await["exportEvents"].clone()
}

/// The log of `erp`, as soon as it has so many events.
async fn log(gateway: &Gateway, count: usize) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let nodes = page(gateway, json!({ "first": 500 })).await["nodes"].as_array().unwrap().clone();
        assert!(nodes.len() <= count, "{nodes:#?}");
        if nodes.len() == count {
            return nodes;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{count} events: {nodes:#?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Kind and entry of each.
fn told(events: &[Value]) -> Vec<(&str, Option<i64>)> {
    let entry = |event: &Value| event["entryId"].as_str().map(|id| id.parse().unwrap());
    events.iter().map(|event| (event["kind"].as_str().unwrap(), entry(event))).collect()
}

async fn call(gateway: &Gateway, mutation: &str, input: Value) {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let query = format!(
        "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code field }} }} }}"
    );
    let data = gateway.data(&query, json!({ "input": input })).await;
    assert_eq!(data[mutation]["userErrors"], json!([]), "{mutation}");
}

on_both_databases! {
    async fn the_log_tells_what_happened_in_its_order(gateway: Gateway) {
        let ids = gateway.record(vec![named("A", "1"), named("B", "2"), named("C", "3")]).await;
        let [a, b, c] = ids[..] else { panic!("{ids:?}") };
        gateway.mark("erp", &[a]).await;
        call(&gateway, "reportExportFailures", json!({ "items": [
            { "entryId": b.to_string(), "systemId": "erp", "type": "OTHER", "reason": "no such account" }] })).await;
        call(&gateway, "parkExports", json!({ "items": [
            { "entryId": c.to_string(), "systemId": "erp", "reason": "a person looks" }] })).await;
        call(&gateway, "requeueExports", json!({ "items": [{ "entryId": c.to_string(), "systemId": "erp" }] })).await;
        call(&gateway, "unmarkExported", json!({ "items": [
            { "entryId": a.to_string(), "systemId": "erp", "reason": "never arrived" }] })).await;
        call(&gateway, "claimExports", json!({ "systemId": "erp", "worker": "w", "first": 1 })).await;
        gateway.mark("crm", &[a]).await;
        let events = log(&gateway, 6).await;
        let expected = [
            ("EXPORTED", Some(a)), ("FAILED", Some(b)), ("PARKED", Some(c)), ("REQUEUED", Some(c)), ("UNMARKED", Some(a)),
            ("CLAIMED", None),
        ];
        assert_eq!(told(&events), expected);
        assert_eq!(events[1]["timelineEvent"]["reason"], json!("no such account"));
        assert_eq!(events[4]["entry"]["entryId"], json!(a.to_string()));
        assert!(events[5]["claim"]["claimId"].is_string(), "{}", events[5]);

        // Pages go on where they stopped, with other kinds too.
        let first = page(&gateway, json!({ "first": 2 })).await;
        assert_eq!(first["pageInfo"]["hasNextPage"], json!(true));
        let cursor = &first["pageInfo"]["endCursor"];
        assert_eq!(cursor, &events[1]["cursor"]);
        let rest = page(&gateway, json!({ "after": cursor })).await;
        assert_eq!(rest["nodes"], json!(events[2..]));
        let some = page(&gateway, json!({ "after": cursor, "kinds": ["UNMARKED", "EXPORTED", "PARKED"] })).await;
        assert_eq!(told(some["nodes"].as_array().unwrap()), [("PARKED", Some(c)), ("UNMARKED", Some(a))]);
        let last = page(&gateway, json!({ "last": 1 })).await;
        assert_eq!(last["nodes"], json!(events[5..]));
        assert_eq!(page(&gateway, json!({ "kinds": [] })).await["nodes"], json!([]));
        let crm = page(&gateway, json!({ "system": "crm" })).await;
        assert_eq!(told(crm["nodes"].as_array().unwrap()), [("EXPORTED", Some(a))]);
    }

    async fn each_change_after_sending_is_an_event(gateway: Gateway) {
        let ids = gateway.record(vec![named("A", "1")]).await;
        gateway.mark("erp", &ids).await;
        for debit in ["2.00", "3.00"] {
            let mut corrected = named("A", "1");
            corrected["debit"] = json!(debit);
            gateway.record(vec![corrected]).await;
        }
        call(&gateway, "withdrawAccountingEntries", json!({ "entries": [
            { "entryId": ids[0].to_string(), "reason": "booked twice" }] })).await;
        let id = Some(ids[0]);
        let expected = [("EXPORTED", id), ("CHANGED", id), ("CHANGED", id), ("WITHDRAWN", id)];
        assert_eq!(told(&log(&gateway, 4).await), expected);
    }

    async fn a_conflict_and_a_replay_are_one_event_each(gateway: Gateway) {
        let ids = gateway.record(entries(3)).await;
        for document in ["GL-1", "GL-2"] {
            let item = json!([{ "entryId": ids[0].to_string(), "systemId": "erp", "reference": { "documentId": document } }]);
            gateway.mark_items(item.as_array().unwrap().clone(), None).await;
        }
        gateway.mark("erp", &ids[1..]).await;
        let since = json!({ "systemId": "erp", "markedSince": "2000-01-01T00:00:00Z", "reason": "restored" });
        call(&gateway, "startReplay", since).await;
        let events = log(&gateway, 6).await;
        let kinds: Vec<&str> = told(&events).into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, ["EXPORTED", "CONFLICT", "EXPORTED", "EXPORTED", "EXPORTED", "REPLAYED"]);
        let replay = &events[5]["replay"]["replayId"];
        gateway.ledger.finish_replay(replay.as_str().unwrap().parse().unwrap()).await.unwrap();
        call(&gateway, "cancelReplay", json!({ "replayId": replay })).await;
        let cancelled = log(&gateway, 7).await.pop().unwrap();
        assert_eq!((&cancelled["kind"], &cancelled["replay"]["replayId"]), (&json!("REPLAY_CANCELLED"), replay));
    }

    async fn what_other_programs_do_is_in_the_log(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        gateway.mark("erp", &ids).await;
        log(&gateway, 2).await;
        let program = gateway.other_program().await;
        program.execute_unprepared(&format!("DELETE FROM export_marks WHERE entry_id = {}", ids[0])).await.unwrap();
        let change = format!("UPDATE accounting_entries SET debit_ten_thousandths = 7 WHERE id = {}", ids[1]);
        program.execute_unprepared(&change).await.unwrap();
        let events = log(&gateway, 4).await;
        assert_eq!(told(&events[2..]), [("UNMARKED", Some(ids[0])), ("CHANGED", Some(ids[1]))]);
        assert_eq!(events[2]["actor"], json!(null));
    }

    async fn a_cursor_of_another_database_is_lost(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        gateway.mark("erp", &ids).await;
        let events = log(&gateway, 2).await;
        let cursor = &events[0]["cursor"];
        gateway
            .other_program()
            .await
            .execute_unprepared("UPDATE export_events SET tag = tag + 1")
            .await
            .unwrap();
        let variables = json!({ "system": "erp", "after": cursor });
        assert_eq!(gateway.error_code(EVENTS, variables).await, "CURSOR_LOST");
        let rest = gateway.get(&format!("/v10/export-events?system_id=erp&after={}", cursor.as_str().unwrap())).await;
        assert_eq!(rest.status(), 400);
        assert_eq!(rest.json::<Value>().await.unwrap()["code"], json!("CURSOR_LOST"));
        let variables = json!({ "system": "erp", "after": "nonsense" });
        assert_eq!(gateway.error_code(EVENTS, variables).await, "INVALID_CURSOR");
    }

    async fn rest_tells_the_same(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        gateway.mark("erp", &ids).await;
        let events = log(&gateway, 2).await;
        let get = async |query: &str| {
            let response = gateway.get(&format!("/v10/export-events?system_id=erp{query}")).await;
            response.json::<Value>().await.unwrap()
        };
        let first = get("&limit=1&kinds=EXPORTED").await;
        assert_eq!(first["events"][0]["accounting_entry_id"], json!(ids[0]));
        assert_eq!(first["next_after"], events[0]["cursor"]);
        let second = get(&format!("&after={}", first["next_after"].as_str().unwrap())).await;
        assert_eq!((&second["events"][0]["cursor"], &second["next_after"]), (&events[1]["cursor"], &json!(null)));
        assert_eq!(get("&kinds=EXPORTED,SOLD").await["code"], json!("BAD_USER_INPUT"));
    }
}

/// An entry of the voucher with this number.
fn named(name: &str, number: &str) -> Value {
    let mut line = crate::support::gateway::entry(name);
    line["entryNumber"] = json!(number);
    line
}

/// A transaction of another program that un-marks an entry, and is open.
async fn unmarking(gateway: &Gateway, id: i64) -> DatabaseTransaction {
    let transaction = gateway.other_program().await.begin().await.unwrap();
    let delete = format!("DELETE FROM export_marks WHERE entry_id = {id}");
    transaction.execute_unprepared(&delete).await.unwrap();
    transaction
}

/// What is committed late has a lower id than what was read: it comes behind the cursor all the same.
#[tokio::test]
async fn what_is_committed_late_comes_behind_what_was_read() {
    let gateway = Gateway::on_postgres().await;
    let ids = gateway.record(entries(4)).await;
    gateway.mark("erp", &ids).await;
    log(&gateway, 4).await;
    let late = unmarking(&gateway, ids[0]).await;
    let given_up = unmarking(&gateway, ids[1]).await;
    let early = unmarking(&gateway, ids[2]).await;
    early.commit().await.unwrap();
    let events = log(&gateway, 5).await;
    assert_eq!(told(&events[4..]), [("UNMARKED", Some(ids[2]))]);
    given_up.rollback().await.unwrap();
    late.commit().await.unwrap();
    log(&gateway, 6).await;
    let rest = page(&gateway, json!({ "after": events[4]["cursor"] })).await;
    assert_eq!(told(rest["nodes"].as_array().unwrap()), [("UNMARKED", Some(ids[0]))]);
}

/// What is committed late is followed by what happened to the same entry since, also when that is read first.
#[tokio::test]
async fn of_one_entry_the_order_is_the_true_one_also_when_a_part_is_committed_late() {
    let gateway = Gateway::on_postgres().await;
    gateway.stop_background().await;
    let ids = gateway.record(entries(2)).await;
    gateway.mark("erp", &ids).await;
    let database = gateway.database();
    let before = sequencer::step(database, 0).await.unwrap();
    assert_eq!(before.events, 2);
    let late = unmarking(&gateway, ids[0]).await;
    gateway.mark("erp", &ids[1..]).await;
    let other = sequencer::step(database, before.last_id).await.unwrap();
    assert_eq!(other.events, 1);
    late.commit().await.unwrap();
    gateway.mark("erp", &ids[..1]).await;
    // This step does not look at what was committed late, so it leaves the mark that came after it, too.
    assert_eq!(sequencer::step(database, other.last_id).await.unwrap().events, 0);
    assert_eq!(sequencer::step(database, 0).await.unwrap().events, 2);
    let events = log(&gateway, 5).await;
    assert_eq!(told(&events[3..]), [("UNMARKED", Some(ids[0])), ("EXPORTED", Some(ids[0]))]);
}
