//! A claim by its vouchers: each with what of it was claimed, and with the key under which it is sent.

use ledgate::domain::Right::Mark;
use reqwest::Method;
use serde_json::{Value, json};

use super::calls::*;
use crate::on_both_databases;
use crate::support::Gateway;
use crate::support::gateway::ids;
use crate::support::pages::{more, nodes};
use crate::tokens::token;

const VOUCHERS: &str = "query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    exportClaim(claimId: $id) { vouchers(first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { ...V } } nodes { ...V }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }
    fragment V on ClaimedVoucher { voucher { id entries(first: 500) { totalCount { count } } } dispatchKey
        entries { entry { entryId } version dispatchKey held } }";

/// A page of the vouchers of the claim.
async fn page(gateway: &Gateway, claim: &Value, arguments: Value) -> Value {
    let mut variables = json!({ "id": claim["claimId"] });
    variables.as_object_mut().unwrap().extend(arguments.as_object().unwrap().clone());
    gateway.data(VOUCHERS, variables).await["exportClaim"]["vouchers"].clone()
}

/// The ids of the vouchers on a page.
fn named(page: &Value) -> Vec<String> {
    nodes(page).iter().map(|node| node["voucher"]["id"].as_str().unwrap().to_owned()).collect()
}

/// The ids of the entries that a node shows.
fn entries_of(node: &Value) -> Vec<i64> {
    let entries = node["entries"].as_array().unwrap().iter();
    ids(&json!(entries.map(|claimed| claimed["entry"].clone()).collect::<Vec<_>>()))
}

on_both_databases! {
    async fn a_claim_gives_its_vouchers_whole_in_the_order_of_their_first_entries(gateway: Gateway) {
        let [a, b, c] = vouchers(&gateway, ["A", "B", "C"]).await;
        let taken = claim(&gateway, "one", 100).await;
        let all = page(&gateway, &taken, json!({})).await;
        assert_eq!(named(&all), ["A", "B", "C"].map(voucher));
        let found = nodes(&all);
        assert_eq!(found.iter().map(entries_of).collect::<Vec<_>>(), [a, b, c]);
        let keys: Vec<&str> = found.iter().map(|node| node["dispatchKey"].as_str().unwrap()).collect();
        assert!(keys[0] != keys[1] && keys[1] != keys[2] && keys[0] != keys[2], "{keys:?}");
        for (node, key) in found.iter().zip(&keys) {
            for claimed in node["entries"].as_array().unwrap() {
                assert_eq!(claimed["dispatchKey"], json!(key), "as the entry says by itself");
                assert_eq!((&claimed["version"], &claimed["held"]), (&json!(1), &json!(true)));
            }
        }
        assert_eq!(json!(keys[0]), status(&gateway, a[1]).await["dispatchKey"]);
        // Pages, forwards and backwards.
        let first = page(&gateway, &taken, json!({ "first": 2 })).await;
        assert_eq!((named(&first), more(&first)), (vec![voucher("A"), voucher("B")], (false, true)));
        let rest = page(&gateway, &taken, json!({ "first": 2, "after": first["pageInfo"]["endCursor"] })).await;
        assert_eq!((named(&rest), more(&rest)), (vec![voucher("C")], (true, false)));
        let last = page(&gateway, &taken, json!({ "last": 2 })).await;
        assert_eq!((named(&last), more(&last)), (vec![voucher("B"), voucher("C")], (true, false)));
        let before = page(&gateway, &taken, json!({ "last": 2, "before": last["pageInfo"]["startCursor"] })).await;
        assert_eq!((named(&before), more(&before)), (vec![voucher("A")], (false, true)));
        let none = page(&gateway, &taken, json!({ "first": 0 })).await;
        assert_eq!((named(&none), more(&none)), (vec![], (false, true)));
    }

    async fn what_is_settled_or_joins_later_changes_what_is_held_and_not_what_was_claimed(gateway: Gateway) {
        let [a, b] = vouchers(&gateway, ["A", "B"]).await;
        let taken = claim(&gateway, "one", 100).await;
        let keys = |page: &Value| nodes(page).iter().map(|node| node["dispatchKey"].clone()).collect::<Vec<_>>();
        let before = keys(&page(&gateway, &taken, json!({})).await);
        settle(&gateway, &taken, json!([{ "voucherId": voucher("A") }]), json!([])).await;
        gateway.record(vec![line("A:3", "A"), line("B:3", "B")]).await;
        let after = page(&gateway, &taken, json!({})).await;
        assert_eq!(keys(&after), before, "the keys stay");
        let found = nodes(&after);
        assert_eq!(found.iter().map(entries_of).collect::<Vec<_>>(), [a, b]);
        for (node, held) in found.iter().zip([false, true]) {
            assert_eq!(node["voucher"]["entries"]["totalCount"]["count"], json!(3));
            assert!(node["entries"].as_array().unwrap().iter().all(|claimed| claimed["held"] == json!(held)), "{node}");
        }
    }

    async fn where_entries_are_sent_one_by_one_the_keys_are_theirs(gateway: Gateway) {
        let [a] = vouchers(&gateway, ["A"]).await;
        let configure = "mutation { configureExportSystem(input: { systemId: \"erp\", unit: ENTRY }) { userErrors { code } } }";
        let configured = gateway.data(configure, json!({})).await["configureExportSystem"].clone();
        assert_eq!(configured["userErrors"], json!([]));
        let taken = claim(&gateway, "one", 100).await;
        let found = nodes(&page(&gateway, &taken, json!({})).await);
        assert_eq!(found.iter().map(entries_of).collect::<Vec<_>>(), [a]);
        assert_eq!(found[0]["dispatchKey"], json!(null));
        let keys: Vec<&Value> =
            found[0]["entries"].as_array().unwrap().iter().map(|claimed| &claimed["dispatchKey"]).collect();
        assert!(keys[0].is_string() && keys[1].is_string() && keys[0] != keys[1], "{keys:?}");
    }

    async fn pages_of_vouchers_have_their_own_bounds_and_cursors(gateway: Gateway) {
        vouchers(&gateway, ["A", "B"]).await;
        let taken = claim(&gateway, "one", 100).await;
        let code = async |arguments: Value| {
            let mut variables = json!({ "id": taken["claimId"] });
            variables.as_object_mut().unwrap().extend(arguments.as_object().unwrap().clone());
            gateway.error_code(VOUCHERS, variables).await
        };
        for arguments in [json!({ "first": 101 }), json!({ "first": -1 }), json!({ "first": 1, "last": 1 })] {
            assert_eq!(code(arguments.clone()).await, "INVALID_PAGE_SIZE", "{arguments}");
        }
        let entries = "query($id: ID!) { exportClaim(claimId: $id) { entries { pageInfo { startCursor } } } }";
        let data = gateway.data(entries, json!({ "id": taken["claimId"] })).await;
        let foreign = &data["exportClaim"]["entries"]["pageInfo"]["startCursor"];
        assert_eq!(code(json!({ "after": foreign })).await, "INVALID_CURSOR");
    }

    async fn a_worker_sees_the_vouchers_of_its_claim_with_the_right_to_mark(gateway: Gateway) {
        let [a] = vouchers(&gateway, ["A"]).await;
        let worker = token(&gateway, "worker", &[Mark], Some(&["erp"])).await;
        let door = gateway.another().await;
        let query = "mutation { claimExports(input: { systemId: \"erp\", worker: \"w\" }) { claim { vouchers { nodes {
            voucher { id } entries { entry { entryId } } } } } } }";
        let request = door.request(Method::POST, "/graphql").bearer_auth(&worker).json(&json!({ "query": query }));
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        let found = answer["data"]["claimExports"]["claim"]["vouchers"]["nodes"].as_array();
        let found = found.unwrap_or_else(|| panic!("{answer:#}"));
        assert_eq!(found.iter().map(entries_of).collect::<Vec<_>>(), [a]);
        assert_eq!(found[0]["voucher"]["id"], json!(voucher("A")));
    }
}
