//! What the source takes back is unexported for no system, at no moment, whoever withdraws it; and stands again when the
//! source has it again.

use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::gateway::entry;
use crate::support::{Gateway, entries};

const WITHDRAW: &str =
    "mutation($input: WithdrawAccountingEntriesInput!) { withdrawAccountingEntries(input: $input) {
    withdrawals { entryId withdrawnAt entry { withdrawnAt version } } userErrors { field code entryId } } }";

async fn withdraw(gateway: &Gateway, ids: &[i64]) -> Value {
    let entries: Vec<Value> =
        ids.iter().map(|id| json!({ "entryId": id.to_string(), "reason": "booked twice" })).collect();
    let data = gateway.data(WITHDRAW, json!({ "input": { "entries": entries } })).await;
    data["withdrawAccountingEntries"].clone()
}

async fn run(gateway: &Gateway, sql: &str) {
    gateway.other_program().await.execute_unprepared(sql).await.expect(sql);
}

async fn timeline(gateway: &Gateway, id: i64) -> Vec<Value> {
    let query = "query($id: ID!) { accountingEntry(id: $id) { timeline { nodes { kind reason actor } } } }";
    let data = gateway.data(query, json!({ "id": id.to_string() })).await;
    data["accountingEntry"]["timeline"]["nodes"].as_array().unwrap()[1..].to_vec()
}

async fn whole(gateway: &Gateway) {
    let found = gateway.ledger.examine(false).await.unwrap();
    assert!(found.findings.is_empty(), "{found:?}");
}

const NONE: [i64; 0] = [];

on_both_databases! {
    async fn a_withdrawn_entry_is_unexported_for_no_system(gateway: Gateway) {
        let ids = gateway.record(entries(3)).await;
        gateway.mark("erp", &ids[..1]).await;
        gateway.history_taken_over().await;
        gateway.set_clock("2026-03-01T13:00:00Z");
        let payload = withdraw(&gateway, &ids[..2]).await;
        assert_eq!(payload["userErrors"], json!([]));
        let at = "2026-03-01T13:00:00.000000Z";
        let entry = |id: i64| json!({
            "entryId": id.to_string(), "withdrawnAt": at, "entry": { "withdrawnAt": at, "version": 1 },
        });
        assert_eq!(payload["withdrawals"], json!([entry(ids[0]), entry(ids[1])]));
        // Known systems, unknown ones, and as of a moment before the mark.
        for system in ["erp", "unheard-of"] {
            assert_eq!(gateway.unexported(system).await, ids[2..], "{system}");
            assert_eq!(gateway.unexported_since(system, Some("2026-01-01T00:00:00Z")).await, ids[2..], "{system}");
        }
        gateway.mark("warehouse", &ids[2..]).await;
        gateway.history_taken_over().await;
        assert_eq!(gateway.unexported("warehouse").await, NONE, "a system that becomes known afterwards");
        let told = json!({ "kind": "WITHDRAWN", "reason": "booked twice", "actor": "graphql" });
        assert_eq!(timeline(&gateway, ids[1]).await, [told]);
        whole(&gateway).await;
    }

    async fn the_mark_of_a_withdrawn_entry_stays_and_the_ledger_still_has_it(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        gateway.mark("erp", &ids).await;
        withdraw(&gateway, &ids[..1]).await;
        let query = "{ accountingEntries(filter: { withdrawnAt: { isNull: false } }) {
            nodes { entryId exports { systemId } } } }";
        let data = gateway.data(query, json!({})).await;
        let expected = json!([{ "entryId": ids[0].to_string(), "exports": [{ "systemId": "erp" }] }]);
        assert_eq!(data["accountingEntries"]["nodes"], expected);
        // A mark is a fact, also one that comes late; taking it back does not bring the entry back.
        gateway.mark("erp", &ids[..1]).await;
        run(&gateway, "DELETE FROM export_marks").await;
        assert_eq!(gateway.unexported("erp").await, ids[1..]);
        whole(&gateway).await;
    }

    async fn recording_it_again_reinstates_it_where_it_was_not_sent(gateway: Gateway) {
        let ids = gateway.record(vec![entry("W:1"), entry("W:2")]).await;
        gateway.mark("erp", &ids[..1]).await;
        gateway.mark("crm", &ids[1..]).await;
        gateway.history_taken_over().await;
        withdraw(&gateway, &ids).await;
        assert_eq!(gateway.unexported("erp").await, NONE);
        assert_eq!(gateway.record(vec![entry("W:1"), entry("W:2")]).await, ids);
        assert_eq!(gateway.unexported("erp").await, ids[1..]);
        assert_eq!(gateway.unexported("crm").await, ids[..1]);
        assert_eq!(gateway.unexported("unheard-of").await, ids);
        let kinds: Vec<Value> = timeline(&gateway, ids[1]).await.into_iter().map(|event| event["kind"].clone()).collect();
        assert_eq!(kinds, ["EXPORTED", "WITHDRAWN", "REINSTATED"]);
        whole(&gateway).await;
    }

    async fn a_second_withdrawal_changes_nothing_and_missing_entries_are_told(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        let first = withdraw(&gateway, &ids[..1]).await["withdrawals"][0]["withdrawnAt"].clone();
        gateway.set_clock("2026-03-02T12:00:00Z");
        let payload = withdraw(&gateway, &[ids[0], 999, ids[1]]).await;
        assert_eq!(payload["withdrawals"][0]["withdrawnAt"], first);
        assert_eq!(payload["withdrawals"][1]["entryId"], json!(ids[1].to_string()));
        let missing = json!([{ "field": ["entries", "1", "entryId"], "code": "ENTRY_NOT_FOUND", "entryId": "999" }]);
        assert_eq!(payload["userErrors"], missing);
        assert_eq!(timeline(&gateway, ids[0]).await.len(), 1);
    }

    async fn rest_withdraws_alike_and_a_malformed_call_withdraws_nothing(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        let call = |items: Value| json!({ "accounting_entries": items });
        let path = "/v10/accounting-entries/withdraw";
        let bad = call(json!([
            { "accounting_entry_id": ids[0], "reason": "" }, { "accounting_entry_id": ids[0], "reason": "x" },
            { "reason": "y".repeat(2_001) },
        ]));
        let answer = gateway.post(path, &bad).await;
        assert_eq!(answer.status(), 422);
        let answer: Value = answer.json().await.unwrap();
        let codes: Vec<_> = answer["errors"].as_array().unwrap().iter()
            .map(|error| (error["path"].to_string(), error["code"].as_str().unwrap().to_owned())).collect();
        assert_eq!(codes.len(), 4, "{answer}");
        assert_eq!(gateway.unexported("erp").await, ids);
        let good = call(json!([{ "accounting_entry_id": ids[0], "reason": "booked twice" }]));
        let answer: Value = gateway.post(path, &good).await.json().await.unwrap();
        let at = "2026-03-01T12:00:00.000001Z";
        assert_eq!(answer, json!({
            "accounting_entries": [{ "accounting_entry_id": ids[0], "withdrawn_at": at }], "errors": [],
        }));
        let entry: Value = gateway.get(&format!("/v10/accounting-entries/{}", ids[0])).await.json().await.unwrap();
        assert_eq!(entry["withdrawn_at"], json!(at));
        assert_eq!(gateway.unexported("erp").await, NONE);
    }

    async fn another_program_withdraws_and_reinstates_with_plain_sql(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        gateway.mark("erp", &ids[..1]).await;
        gateway.history_taken_over().await;
        run(&gateway, "UPDATE accounting_entries SET withdrawn_at = 1772370000000000").await;
        assert_eq!(gateway.unexported("erp").await, NONE);
        whole(&gateway).await;
        run(&gateway, "UPDATE accounting_entries SET withdrawn_at = NULL").await;
        assert_eq!(gateway.unexported("erp").await, ids[1..]);
        whole(&gateway).await;
        let event = |kind: &str| json!({ "kind": kind, "reason": null, "actor": null });
        assert_eq!(timeline(&gateway, ids[1]).await, [event("WITHDRAWN"), event("REINSTATED")]);
        let insert = "INSERT INTO accounting_entries (external_id, journal_code, entry_number, posting_date,
            account_number, description, debit_ten_thousandths, credit_ten_thousandths, withdrawn_at)
            VALUES ('X:1', 'OD', '1', '2026-01-31', '512000', 'taken back before it came', 1, 0, 1772370000000000)";
        run(&gateway, insert).await;
        assert_eq!(gateway.unexported("erp").await, ids[1..]);
        whole(&gateway).await;
    }

    async fn what_is_withdrawn_while_a_history_is_open_gets_no_pending_row(gateway: Gateway) {
        gateway.stop_background().await;
        let ids = gateway.record(entries(4)).await;
        gateway.mark("erp", &ids[..1]).await;
        withdraw(&gateway, &ids[..3]).await;
        assert_eq!(gateway.unexported("erp").await, ids[3..]);
        gateway.record(vec![entries(4)[1].clone()]).await;
        assert_eq!(gateway.unexported("erp").await, [ids[1], ids[3]]);
        gateway.history_taken_over().await;
        assert_eq!(gateway.unexported("erp").await, [ids[1], ids[3]]);
        whole(&gateway).await;
    }
}

/// A step of the take-over has read the entry as unmarked and has not committed yet: a withdrawal that did not wait for it
/// would leave the pending row behind.
#[tokio::test]
async fn a_withdrawal_waits_for_a_step_of_the_take_over_on_postgres() {
    let gateway = Gateway::on_postgres().await;
    gateway.stop_background().await;
    let ids = gateway.record(entries(2)).await;
    gateway.mark("erp", &ids[..1]).await;
    let step = gateway.other_program().await.begin().await.unwrap();
    // What a step does, by hand, so that it can be held open.
    for sql in [
        "UPDATE export_systems SET history_end = 1000000".to_owned(),
        format!(
            "INSERT INTO pending_exports (system_key, entry_id) SELECT key, {} FROM export_systems",
            ids[1]
        ),
    ] {
        step.execute_unprepared(&sql).await.unwrap();
    }
    let withdrawal = async {
        withdraw(&gateway, &ids[1..]).await;
    };
    let commit = async {
        gateway.until_it_waits().await;
        step.commit().await.unwrap();
    };
    tokio::join!(withdrawal, commit);
    gateway.history_taken_over().await;
    assert_eq!(gateway.unexported("erp").await, NONE);
    whole(&gateway).await;
}
