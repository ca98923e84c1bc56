//! The imports there were: the same through both, newest first, and found by number.

use ledgate::domain::Right::{Export, Read};
use ledgate::ledger_files::DEMO;
use reqwest::Method;
use serde_json::{Value, json};

use super::*;
use crate::on_both_databases;
use crate::support::pages::more;
use crate::support::program::fec;
use crate::tokens::token;

const IMPORTS: &str = "/v10/imports";
const FIELDS: &str = "importId at by files { name sha256 } summary";

/// Imports the text as a file of this name, and gives the number of the import.
async fn import(gateway: &Gateway, name: &str, text: String) -> i64 {
    let path = format!("{IMPORTS}?name={name}");
    let told = json_of(gateway.request(Method::POST, &path).body(text).send().await.unwrap()).await;
    told["import_id"].as_i64().unwrap()
}

/// So many imports, each of one more line than the one before, a second apart.
async fn some(gateway: &Gateway, count: usize) -> Vec<i64> {
    let mut ids = Vec::new();
    for number in 1..=count {
        gateway.set_clock(&format!("2026-03-01T12:00:0{number}Z"));
        ids.push(import(gateway, &format!("books-{number}.txt"), fec(2 * number)).await);
    }
    ids
}

/// An import of GraphQL as REST writes it.
fn as_rest(mut import: Value) -> Value {
    let id = import.as_object_mut().unwrap().remove("importId").unwrap();
    import["id"] = json!(id.as_str().unwrap().parse::<i64>().unwrap());
    import
}

on_both_databases! {
    async fn the_imports_are_the_same_through_both_newest_first(gateway: Gateway) {
        let list = format!("{{ imports {{ nodes {{ {FIELDS} }} }} }}");
        assert_eq!(gateway.data(&list, json!({})).await["imports"]["nodes"], json!([]));
        assert_eq!(json_of(gateway.get(IMPORTS).await).await, json!({ "imports": [], "next_after": null }));
        let ids = some(&gateway, 3).await;
        // What wrote nothing is not kept.
        let dry = gateway.request(Method::POST, "/v10/imports?dry_run=true").body(DEMO).send().await.unwrap();
        assert_eq!(json_of(dry).await["import_id"], json!(null));
        let refused = gateway.request(Method::POST, IMPORTS).body("Dear accountant,").send().await.unwrap();
        assert_eq!(refused.status(), 422);

        let in_rest = json_of(gateway.get(IMPORTS).await).await;
        let nodes = gateway.data(&list, json!({})).await["imports"]["nodes"].as_array().unwrap().clone();
        assert_eq!(in_rest, json!({ "imports": nodes.into_iter().map(as_rest).collect::<Vec<_>>(), "next_after": null }));
        let found: Vec<i64> = in_rest["imports"].as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect();
        assert_eq!(found, ids.iter().rev().copied().collect::<Vec<_>>());
        let newest = &in_rest["imports"][0];
        assert_eq!((&newest["at"], &newest["by"]), (&json!("2026-03-01T12:00:03.000000Z"), &json!("rest")));
        assert_eq!(newest["files"][0]["name"], "books-3.txt");
        assert_eq!(newest["files"][0]["sha256"].as_str().unwrap().len(), 64);
        let summary = &newest["summary"];
        assert_eq!((&summary["read"], &summary["inserted"], &summary["unchanged"]), (&json!(6), &json!(2), &json!(4)));
        assert_eq!((&summary["vouchers"]["new"], &summary["sent_to"]), (&json!(1), &json!([])));
    }

    async fn an_import_is_found_by_its_number_or_its_id(gateway: Gateway) {
        let ids = some(&gateway, 2).await;
        let one = json_of(gateway.get(&format!("{IMPORTS}/{}", ids[0])).await).await;
        assert_eq!((&one["id"], &one["files"][0]["name"]), (&json!(ids[0]), &json!("books-1.txt")));
        let global = format!("import/{}", ids[0]);
        let query = format!(
            "query($id: ID!, $global: ID!) {{
                import(id: $id) {{ {FIELDS} }}
                node(id: $global) {{ __typename id ... on Import {{ {FIELDS} }} }}
                nodes(ids: [\"import/404\", $global]) {{ id }} }}"
        );
        for id in [json!(ids[0]), json!(ids[0].to_string()), json!(global)] {
            let data = gateway.data(&query, json!({ "id": id, "global": global })).await;
            assert_eq!(as_rest(data["import"].clone()), one);
            let mut node = data["node"].clone();
            let fields = node.as_object_mut().unwrap();
            assert_eq!((fields.remove("__typename"), fields.remove("id")), (Some(json!("Import")), Some(json!(global))));
            assert_eq!(as_rest(node), one);
            assert_eq!(data["nodes"], json!([null, { "id": global }]));
        }
        // An entry leads to the same thing.
        let entry = "{ accountingEntries(first: 1) { nodes { import { id importId } } } }";
        let entry = gateway.data(entry, json!({})).await["accountingEntries"]["nodes"][0].clone();
        assert_eq!(entry, json!({ "import": { "id": global, "importId": ids[0].to_string() } }));

        for unknown in ["404", "import/404", "-1"] {
            let data = gateway.data("query($id: ID!) { import(id: $id) { id } }", json!({ "id": unknown })).await;
            assert_eq!(data["import"], json!(null), "{unknown}");
        }
        let absent = problem(gateway.get(&format!("{IMPORTS}/404")).await, 404).await;
        assert_eq!(absent["code"], "IMPORT_NOT_FOUND");
        for wrong in ["x", "", "entry/1", "import/01"] {
            let code = gateway.error_code("query($id: ID!) { import(id: $id) { id } }", json!({ "id": wrong })).await;
            assert_eq!(code, "INVALID_IMPORT_ID", "{wrong:?}");
        }
        let wrong = problem(gateway.get(&format!("{IMPORTS}/x")).await, 400).await;
        assert_eq!(faults(&wrong["errors"]), [("INVALID_IMPORT_ID".to_owned(), json!(["id"]))]);
    }

    async fn imports_are_paged_from_either_end_and_by_either_surface(gateway: Gateway) {
        let ids: Vec<i64> = some(&gateway, 5).await.into_iter().rev().collect();
        let query = "query($first: Int, $after: String, $last: Int, $before: String) {
            imports(first: $first, after: $after, last: $last, before: $before) { edges { cursor } nodes { importId }
                pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
        let page = async |arguments: Value| gateway.data(query, arguments).await["imports"].clone();
        let whole = page(json!({})).await;
        let cursor = |index: usize| whole["edges"][index]["cursor"].clone();
        for (arguments, found, has_previous, has_next) in [
            (json!({}), 0..5, false, false),
            (json!({ "first": 2 }), 0..2, false, true),
            (json!({ "first": 2, "after": cursor(1) }), 2..4, true, true),
            (json!({ "first": 9, "after": cursor(4) }), 5..5, true, false),
            (json!({ "last": 2 }), 3..5, true, false),
            (json!({ "last": 2, "before": cursor(3) }), 1..3, true, true),
            (json!({ "last": 9, "before": cursor(2) }), 0..2, false, true),
            (json!({ "first": 9, "after": cursor(0), "before": cursor(3) }), 1..3, true, false),
            (json!({ "first": 0 }), 0..0, false, true),
        ] {
            let page = page(arguments.clone()).await;
            let shown: Vec<i64> = page["nodes"].as_array().unwrap().iter()
                .map(|node| node["importId"].as_str().unwrap().parse().unwrap()).collect();
            assert_eq!(shown, ids[found], "{arguments}");
            assert_eq!(more(&page), (has_previous, has_next), "{arguments}");
        }
        // REST goes on where GraphQL stopped.
        let path = format!("{IMPORTS}?limit=2&after={}", cursor(0).as_str().unwrap());
        let next = json_of(gateway.get(&path).await).await;
        let shown: Vec<i64> = next["imports"].as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect();
        assert_eq!((shown.as_slice(), &next["next_after"]), (&ids[1..3], &cursor(2)));
        for (parameters, code, place) in
            [("limit=0", "INVALID_PAGE_SIZE", "limit"), ("limit=101", "INVALID_PAGE_SIZE", "limit"),
             ("after=x", "INVALID_CURSOR", "after"), ("first=1", "BAD_USER_INPUT", "first")]
        {
            let refused = problem(gateway.get(&format!("{IMPORTS}?{parameters}")).await, 400).await;
            assert_eq!(faults(&refused["errors"]), [(code.to_owned(), json!([place]))]);
        }
    }

    /// The summary counts for each system what had been sent to it already.
    async fn a_summary_names_the_systems_that_the_token_is_for(gateway: Gateway) {
        import(&gateway, "books.txt", DEMO.to_owned()).await;
        let ids = gateway.unexported("erp").await;
        gateway.mark("erp", &ids).await;
        gateway.mark("crm", &ids).await;
        let changed = DEMO.replacen("Report à nouveau\t18450,20", "Report corrigé\t18450,20", 1);
        let id = import(&gateway, "books.txt", changed).await;
        let all = json_of(gateway.get(&format!("{IMPORTS}/{id}")).await).await;
        let both = json!([{ "system_id": "crm", "entries": 1 }, { "system_id": "erp", "entries": 1 }]);
        assert_eq!(all["summary"]["sent_to"], both);
        let auditor = token(&gateway, "auditor", &[Read, Export], Some(&["erp"])).await;
        let gateway = gateway.another().await;
        let seen = gateway.request(Method::GET, &format!("{IMPORTS}/{id}")).bearer_auth(&auditor).send().await.unwrap();
        assert_eq!(json_of(seen).await["summary"]["sent_to"], json!([{ "system_id": "erp", "entries": 1 }]));
        let query = json!({ "query": "{ imports(first: 1) { nodes { summary } }
            accountingEntries(last: 1, filter: { description: { eq: \"Report corrigé\" } }) { nodes { import { summary } } } }" });
        let seen = gateway.request(Method::POST, "/graphql").bearer_auth(&auditor).json(&query).send().await.unwrap();
        let data = json_of(seen).await["data"].clone();
        for summary in [&data["imports"]["nodes"][0]["summary"], &data["accountingEntries"]["nodes"][0]["import"]["summary"]] {
            assert_eq!(summary["sent_to"], json!([{ "system_id": "erp", "entries": 1 }]), "{data:#}");
        }
    }
}
