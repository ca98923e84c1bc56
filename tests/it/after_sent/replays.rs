//! Replays: a system has lost what it was sent in a range of time. All of it is unexported again, and put back when the
//! replay is cancelled.

use sea_orm::TransactionTrait;
use serde_json::{Value, json};

use super::calls::*;
use super::*;
use crate::on_both_databases;
use crate::support::entries;

const REPLAY: &str = "replayId systemId state markedSince markedUntil reason actor setAsideCount putBackCount
    endedAt cancelledAt cancelledBy";

async fn start(gateway: &Gateway, input: Value) -> Value {
    let mut all = json!({ "systemId": "erp", "reason": "restored from a backup" });
    all.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
    let query = format!(
        "mutation($input: StartReplayInput!) {{ startReplay(input: $input) {{
            replay {{ {REPLAY} }} userErrors {{ field code }} }} }}"
    );
    gateway.data(&query, json!({ "input": all })).await["startReplay"].clone()
}

/// Starts a replay of what `erp` was marked after this moment, carries it to its end, and gives its number.
async fn replayed(gateway: &Gateway, since: &str) -> i64 {
    let payload = start(gateway, json!({ "markedSince": since })).await;
    assert_eq!(payload["userErrors"], json!([]));
    finished(gateway, &payload["replay"]).await
}

async fn finished(gateway: &Gateway, replay: &Value) -> i64 {
    let id: i64 = replay["replayId"].as_str().unwrap().parse().unwrap();
    gateway.ledger.finish_replay(id).await.unwrap();
    id
}

async fn cancel(gateway: &Gateway, id: i64) -> Value {
    let query = format!(
        "mutation($id: ID!) {{ cancelReplay(input: {{ replayId: $id }}) {{
            replay {{ {REPLAY} }} userErrors {{ field code }} }} }}"
    );
    let payload = gateway.data(&query, json!({ "id": id.to_string() })).await["cancelReplay"].clone();
    if !payload["replay"].is_null() {
        finished(gateway, &payload["replay"]).await;
    }
    payload
}

async fn replay(gateway: &Gateway, id: i64) -> Value {
    let query = format!("query($id: ID!) {{ exportReplay(replayId: $id) {{ {REPLAY} }} }}");
    gateway.data(&query, json!({ "id": id.to_string() })).await["exportReplay"].clone()
}

/// When the entry was marked for `erp`; null when it is not.
async fn marked_at(gateway: &Gateway, id: i64) -> Value {
    let query = "query($id: ID!) { accountingEntry(id: $id) { exports { exportedAt } } }";
    let data = gateway.data(query, json!({ "id": id.to_string() })).await;
    data["accountingEntry"]["exports"][0]["exportedAt"].clone()
}

/// Three entries with a voucher each, marked an hour apart from 10 o'clock on; then it is 13 o'clock.
async fn marked_by_the_hour(gateway: &Gateway) -> Vec<i64> {
    let lines = ["1", "2", "3"].map(|number| line(&format!("R:{number}"), number));
    let ids = gateway.record(lines.to_vec()).await;
    for (id, hour) in ids.iter().zip(10..) {
        gateway.set_clock(&format!("2026-03-01T{hour}:00:00Z"));
        gateway.mark("erp", &[*id]).await;
    }
    gateway.history_taken_over().await;
    gateway.set_clock("2026-03-01T13:00:00Z");
    ids
}

on_both_databases! {
    async fn what_was_marked_in_the_range_is_unexported_again(gateway: Gateway) {
        let ids = marked_by_the_hour(&gateway).await;
        let key = status(&gateway, ids[1]).await["dispatchKey"].clone();
        // After 10:00 and up to 11:00.
        let payload = start(&gateway, json!({
            "markedSince": "2026-03-01T10:00:00.000003Z", "markedUntil": "2026-03-01T11:30:00Z",
        })).await;
        let id = finished(&gateway, &payload["replay"]).await;
        assert_eq!(gateway.unexported("erp").await, ids[1..2]);
        assert_eq!(gateway.unexported_since("erp", Some("2026-03-01T12:59:00Z")).await, ids[1..2], "whatever the moment");
        let told = timeline(&gateway, ids[1]).await;
        let kinds: Vec<&Value> = told.iter().map(|event| &event["kind"]).collect();
        assert_eq!(kinds, ["EXPORTED", "REPLAYED"]);
        assert_eq!((&told[1]["reason"], &told[1]["actor"]), (&json!("restored from a backup"), &json!("graphql")));
        let found = replay(&gateway, id).await;
        assert_eq!(found["state"], json!("DONE"));
        assert_eq!((&found["setAsideCount"], &found["putBackCount"]), (&json!(1), &json!(0)));
        assert!(found["endedAt"].is_string() && found["cancelledAt"].is_null(), "{found:#}");
        assert_ne!(status(&gateway, ids[1]).await["dispatchKey"], key, "it is to be sent once more, not recognized");
        let rest: Value = gateway.get("/v10/export-replays?system_id=erp").await.json().await.unwrap();
        assert_eq!((&rest["replays"][0]["replay_id"], &rest["replays"][0]["state"]), (&json!(id), &json!("DONE")));
        let one: Value = gateway.get(&format!("/v10/export-replays/{id}")).await.json().await.unwrap();
        assert_eq!(one, rest["replays"][0]);
        // The list shrinks as it is worked off.
        gateway.mark("erp", &ids[1..2]).await;
        assert_eq!(gateway.unexported("erp").await, [0_i64; 0]);
        whole(&gateway).await;
    }

    async fn cancelling_puts_back_what_nobody_touched_since(gateway: Gateway) {
        let lines: Vec<Value> = (1..=5).map(|number| line(&format!("R:{number}"), &number.to_string())).collect();
        let ids = gateway.record(lines).await;
        gateway.mark("erp", &ids).await;
        gateway.history_taken_over().await;
        let key = status(&gateway, ids[0]).await["dispatchKey"].clone();
        let before = marked_at(&gateway, ids[0]).await;
        gateway.set_clock("2026-03-01T13:00:00Z");
        let id = replayed(&gateway, "2026-01-01T00:00:00Z").await;
        assert_eq!(gateway.unexported("erp").await, ids);
        // The second was sent again, the third sent and un-marked, the fourth is claimed, the fifth corrected.
        gateway.mark("erp", &ids[1..2]).await;
        gateway.mark("erp", &ids[2..3]).await;
        unmark(&gateway, &ids[2..3]).await;
        correct(&gateway, "R:5", "5", "77.00").await;
        let taken = claim_with(&gateway, json!({
            "worker": "w", "first": 1, "filter": { "entryNumber": { "eq": "4" } },
        })).await["claim"].clone();
        assert_eq!(claimed(&taken), ids[3..4]);
        let again = marked_at(&gateway, ids[1]).await;
        gateway.set_clock("2026-03-01T14:00:00Z");
        let payload = cancel(&gateway, id).await;
        assert_eq!(payload["userErrors"], json!([]));
        let found = replay(&gateway, id).await;
        assert_eq!((&found["state"], &found["putBackCount"]), (&json!("CANCELLED"), &json!(2)));
        assert_eq!((&found["cancelledBy"], &found["setAsideCount"]), (&json!("graphql"), &json!(5)));
        assert_eq!(gateway.unexported("erp").await, ids[2..4]);
        assert_eq!(marked_at(&gateway, ids[0]).await, before, "with the time that it had");
        assert_eq!(marked_at(&gateway, ids[1]).await, again);
        assert_eq!(status(&gateway, ids[0]).await["dispatchKey"], key, "under which it was sent");
        assert_eq!(status(&gateway, ids[4]).await["state"], json!("CHANGED"));
        let kinds: Vec<String> = kinds(&gateway, ids[0]).await;
        assert_eq!(kinds[kinds.len() - 2..], ["REPLAYED", "MARK_RESTORED"]);
        // A second time it stays as it is.
        assert_eq!(cancel(&gateway, id).await["replay"]["putBackCount"], json!(2));
        whole(&gateway).await;
    }

    async fn a_mark_that_is_made_while_it_runs_stays_whatever_the_clock_of_its_gateway(gateway: Gateway) {
        let ids = marked_by_the_hour(&gateway).await;
        gateway.stop_background().await;
        let payload = start(&gateway, json!({ "markedSince": "2026-03-01T00:00:00Z" })).await;
        assert_eq!(payload["replay"]["state"], json!("RUNNING"));
        // Its clock is late: the mark is in the range.
        gateway.set_clock("2026-03-01T12:30:00Z");
        gateway.mark("erp", &ids[..1]).await;
        finished(&gateway, &payload["replay"]).await;
        assert_eq!(gateway.unexported("erp").await, ids[1..]);
        whole(&gateway).await;
    }

    async fn a_system_has_one_replay_at_work(gateway: Gateway) {
        let ids = marked_by_the_hour(&gateway).await;
        gateway.mark("crm", &ids).await;
        gateway.stop_background().await;
        let since = json!({ "markedSince": "2026-01-01T00:00:00Z" });
        let first = start(&gateway, since.clone()).await;
        let open = start(&gateway, since.clone()).await;
        assert_eq!(open["userErrors"], json!([{ "field": ["systemId"], "code": "REPLAY_OPEN" }]));
        let other = start(&gateway, json!({ "markedSince": "2026-01-01T00:00:00Z", "systemId": "crm" })).await;
        assert_eq!(other["userErrors"], json!([]));
        let rest = gateway.post("/v10/export-replays", &json!({
            "system_id": "erp", "marked_since": "2026-01-01T00:00:00Z", "reason": "x",
        })).await;
        assert_eq!(rest.status(), 422);
        let number = finished(&gateway, &first["replay"]).await;
        let second = start(&gateway, since).await;
        assert_eq!(second["userErrors"], json!([]), "the first has ended");
        let refused = cancel(&gateway, number).await;
        assert_eq!(refused["userErrors"], json!([{ "field": ["replayId"], "code": "REPLAY_OPEN" }]));
        finished(&gateway, &second["replay"]).await;
        assert_eq!(replay(&gateway, number + 2).await["setAsideCount"], json!(0));
    }

    async fn malformed_calls_start_nothing(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        gateway.mark("erp", &ids).await;
        let late = start(&gateway, json!({ "markedSince": "2099-01-01T00:00:00Z" })).await;
        assert_eq!(late["userErrors"], json!([{ "field": ["markedSince"], "code": "INVALID_REPLAY" }]));
        let empty = start(&gateway, json!({ "markedSince": "2026-01-02T00:00:00Z", "markedUntil": "2026-01-02T00:00:00Z" })).await;
        assert_eq!(empty["userErrors"][0]["code"], json!("INVALID_REPLAY"));
        let no_reason = start(&gateway, json!({ "markedSince": "2026-01-01T00:00:00Z", "reason": "" })).await;
        assert_eq!(no_reason["userErrors"], json!([{ "field": ["reason"], "code": "INVALID_REASON" }]));
        let nothing = cancel(&gateway, 99).await;
        assert_eq!(nothing["userErrors"], json!([{ "field": ["replayId"], "code": "REPLAY_NOT_FOUND" }]));
        assert_eq!(gateway.get("/v10/export-replays/99").await.status(), 404);
        let bare = gateway.post("/v10/export-replays", &json!({ "system_id": "erp", "reason": "x" })).await;
        assert_eq!(bare.status(), 422);
        let bare: Value = bare.json().await.unwrap();
        assert_eq!(bare["errors"][0]["path"], json!(["marked_since"]), "{bare:#}");
        let null = json!({ "system_id": "erp", "reason": "x", "marked_since": null });
        let null = gateway.post("/v10/export-replays", &null).await;
        assert_eq!(null.status(), 422, "a moment that was not set is not the beginning of time");
        assert_eq!(gateway.unexported("erp").await, [0_i64; 0]);
    }

    async fn two_gateways_carry_on_a_replay_of_many_steps(gateway: Gateway) {
        gateway.insert_elsewhere(400).await;
        gateway.mark("erp", &[1]).await;
        gateway.history_taken_over().await;
        run(&gateway, "INSERT INTO export_marks (entry_id, system_key, marked_at)
            SELECT e.id, s.key, 1772360000000000 FROM accounting_entries e CROSS JOIN export_systems s WHERE e.id > 1").await;
        run(&gateway, "DELETE FROM pending_exports WHERE entry_id > 1").await;
        gateway.stop_background().await;
        let payload = start(&gateway, json!({ "markedSince": "2026-01-01T00:00:00Z" })).await;
        let id: i64 = payload["replay"]["replayId"].as_str().unwrap().parse().unwrap();
        let other = gateway.another().await;
        let (one, two) =
            futures_util::future::join(gateway.ledger.finish_replay(id), other.ledger.finish_replay(id)).await;
        one.unwrap();
        two.unwrap();
        assert_eq!(replay(&gateway, id).await["setAsideCount"], json!(400));
        assert_eq!(in_states(&gateway, &["PENDING"]).await.len(), 400);
        cancel(&gateway, id).await;
        assert_eq!(replay(&gateway, id).await["putBackCount"], json!(400));
        assert_eq!(gateway.unexported("erp").await, [0_i64; 0]);
        whole(&gateway).await;
    }
}

/// The step has looked which marks there are, and waits for the mark of another program for the first entry.
#[tokio::test]
async fn what_is_marked_and_unmarked_while_marks_are_put_back_stays_unmarked() {
    let gateway = Gateway::on_postgres().await;
    let ids = marked_by_the_hour(&gateway).await;
    let id = replayed(&gateway, "2026-03-01T00:00:00Z").await;
    gateway.stop_background().await;
    let other = gateway.other_program().await.begin().await.unwrap();
    let mark = format!(
        "INSERT INTO export_marks (entry_id, system_key, marked_at)
         SELECT {}, key, 1772360000000000 FROM export_systems",
        ids[0]
    );
    other.execute_unprepared(&mark).await.unwrap();
    let unmarking = async {
        gateway.until_it_waits().await;
        gateway.mark("erp", &ids[1..2]).await;
        unmark(&gateway, &ids[1..2]).await;
        other.rollback().await.unwrap();
    };
    let (payload, ()) = tokio::join!(cancel(&gateway, id), unmarking);
    assert_eq!(payload["userErrors"], json!([]));
    assert_eq!(gateway.unexported("erp").await, ids[1..2]);
    assert_eq!(replay(&gateway, id).await["putBackCount"], json!(2));
    assert_eq!(kinds(&gateway, ids[1]).await.last().unwrap(), "UNMARKED");
    whole(&gateway).await;
}
