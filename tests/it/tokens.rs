//! Who may do what: alike through every door, and telling nothing of what may not be seen.

mod calls;
mod lifecycle;

use ledgate::domain::Right::{self, Admin, Export, Manage, Mark, Read, Record};
use ledgate::domain::SystemId;
use ledgate::domain::page::PageArguments;
use ledgate::service::NewToken;
use reqwest::Method;
use serde_json::{Value, json};

use calls::{operations, requests};

use crate::on_both_databases;
use crate::support::{Gateway, entries};

/// Makes a token, and gives its text.
pub async fn token(gateway: &Gateway, name: &str, rights: &[Right], systems: Option<&[&str]>) -> String {
    let systems = systems.map(|names| names.iter().map(|name| name.parse::<SystemId>().unwrap()).collect());
    let new = NewToken { name: name.to_owned(), rights: rights.to_vec(), systems, expires_at: None };
    gateway.ledger.create_token(new).await.unwrap().1
}

/// The code of the first error, or `OK`.
async fn graphql(gateway: &Gateway, token: Option<&str>, query: &str) -> String {
    let mut request = gateway.request(Method::POST, "/graphql").json(&json!({ "query": query }));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.unwrap();
    let refused = response.status() == 401;
    assert_eq!(refused, response.headers().contains_key("www-authenticate"));
    let answer: Value = response.json().await.unwrap();
    let code = answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("OK").to_owned();
    assert_eq!(code == "UNAUTHENTICATED", refused, "{answer}");
    code
}

/// The same through REST. `OK` also for who was let in and found nothing.
async fn rest(
    gateway: &Gateway,
    token: Option<&str>,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> String {
    let mut request = gateway.request(method, path);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let answer: Value = response.json().await.unwrap();
    let code = answer["code"].as_str().unwrap_or("OK").to_owned();
    let (expected, told) = match code.as_str() {
        "UNAUTHENTICATED" => (401, "UNAUTHENTICATED"),
        "FORBIDDEN" => (403, "FORBIDDEN"),
        "OK" => (200, "OK"),
        // Whoever may do it is told that there is nothing to be done.
        "NOTHING_TO_REQUEUE" => (422, "OK"),
        "CONFLICT_NOT_FOUND" | "CLAIM_NOT_FOUND" | "REPLAY_NOT_FOUND" | "SYSTEM_NOT_FOUND"
        | "WEBHOOK_NOT_FOUND" => (404, "OK"),
        "INVALID_WEBHOOK" => (422, "OK"),
        // That of another token may not have ended.
        "REPLAY_OPEN" => (422, "OK"),
        other => panic!("{other}: {answer}"),
    };
    assert_eq!(status, expected, "{answer}");
    told.to_owned()
}

on_both_databases! {
    async fn a_token_may_do_what_it_was_made_for_through_every_door(gateway: Gateway) {
        let recorded = gateway.record(entries(3)).await;
        gateway.mark("crm", &recorded[1..2]).await;
        type Holder = (&'static str, &'static [Right], Option<&'static [&'static str]>);
        const HOLDERS: [Holder; 9] = [
            ("reader", &[Read], None),
            ("ERP sync", &[Export, Mark], Some(&["erp"])),
            ("exporter", &[Export], None),
            ("marker of two", &[Mark], Some(&["erp", "crm"])),
            ("auditor of erp", &[Read, Export], Some(&["erp"])),
            ("manager of erp", &[Manage], Some(&["erp"])),
            ("source", &[Record], None),
            ("admin", &[Admin], None),
            ("admin of erp", &[Admin], Some(&["erp"])),
        ];
        let mut holders = Vec::new();
        for (name, rights, systems) in HOLDERS {
            holders.push((name, rights, systems, token(&gateway, name, rights, systems).await));
        }
        let gateway = gateway.another().await;
        for (name, query, (rights, systems)) in operations() {
            for (holder, held, bound, token) in &holders {
                let may = rights.iter().all(|right| held.contains(right) || held.contains(&Admin))
                    && systems.iter().all(|system| bound.is_none_or(|bound| bound.contains(system)));
                let expected = if may { "OK" } else { "FORBIDDEN" };
                assert_eq!(graphql(&gateway, Some(token), &query).await, expected, "{holder}: {name}");
            }
            assert_eq!(graphql(&gateway, None, &query).await, "UNAUTHENTICATED", "{name}");
        }
        for (method, path, body, (rights, systems)) in requests() {
            for (holder, held, bound, token) in &holders {
                let may = rights.iter().all(|right| held.contains(right) || held.contains(&Admin))
                    && systems.iter().all(|system| bound.is_none_or(|bound| bound.contains(system)));
                let expected = if may { "OK" } else { "FORBIDDEN" };
                let code = rest(&gateway, Some(token), method.clone(), path, body.clone()).await;
                assert_eq!(code, expected, "{holder}: {method} {path}");
            }
            assert_eq!(rest(&gateway, None, method, path, body).await, "UNAUTHENTICATED", "{path}");
        }
        // What anybody may know: that it is there, and how to talk to it.
        for path in ["/livez", "/readyz", "/openapi.json", "/schema.graphql", "/licences", "/"] {
            assert_eq!(gateway.get(path).await.status(), 200, "{path}");
        }
    }

    async fn what_a_token_may_not_see_is_as_what_is_not_there(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        gateway.mark("erp", &ids[..1]).await;
        gateway.mark("crm", &ids[..1]).await;
        let auditor = token(&gateway, "auditor", &[Read, Export], Some(&["erp", "new"])).await;
        let gateway = gateway.another().await;
        let query = format!(
            "{{ accountingEntry(id: \"{}\") {{ exports {{ systemId }} export(systemId: \"crm\") {{ note }}
                timeline {{ nodes {{ kind systemId }} }} }} exportSystems {{ nodes {{ id }} pageInfo {{ hasNextPage }} }} }}",
            ids[0]
        );
        let request = gateway.request(Method::POST, "/graphql").bearer_auth(&auditor).json(&json!({ "query": query }));
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["data"], json!({
            "accountingEntry": {
                "exports": [{ "systemId": "erp" }],
                "export": null,
                "timeline": { "nodes": [
                    { "kind": "RECORDED", "systemId": null }, { "kind": "EXPORTED", "systemId": "erp" }
                ] },
            },
            "exportSystems": { "nodes": [{ "id": "system/erp" }], "pageInfo": { "hasNextPage": false } },
        }), "{answer:#}");
        // A system that is there and one that is not are refused in the same words.
        let mut refusals = Vec::new();
        for system in ["crm", "xyz"] {
            let query = format!("{{ exportSystem(systemId: \"{system}\") {{ knownSince }} }}");
            let request = gateway.request(Method::POST, "/graphql").bearer_auth(&auditor).json(&json!({ "query": query }));
            let answer = request.send().await.unwrap().text().await.unwrap().replace(system, "SYSTEM");
            let mut answer: Value = serde_json::from_str(&answer).unwrap();
            // What is left of the budget at this moment.
            assert!(answer["extensions"]["cost"]["available"].take().is_u64(), "{answer}");
            refusals.push(answer.to_string());
        }
        assert_eq!(refusals[0], refusals[1]);
    }

    async fn a_refused_mark_marks_nothing(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        let sync = token(&gateway, "sync", &[Mark], Some(&["erp"])).await;
        let other = gateway.another().await;
        let item = |system: &str| json!({ "accounting_entry_id": ids[0], "system_id": system });
        let body = json!({ "accounting_entries": [item("erp"), item("crm")] });
        let path = "/v10/accounting-entries/mark-as-exported";
        let request = other.request(Method::POST, path).bearer_auth(&sync).json(&body);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["errors"][0]["path"], json!(["accounting_entries", 1, "system_id"]), "{answer:#}");
        let marks = gateway.ledger.exports_of(&ids).await.unwrap();
        assert!(marks.is_empty(), "{marks:?}");
    }

    async fn the_timeline_says_which_token_marked(gateway: Gateway) {
        let recorder = token(&gateway, "source", &[Record], None).await;
        let sync = token(&gateway, "ERP sync", &[Mark], None).await;
        let record = operations().into_iter().find(|(name, ..)| *name == "record").unwrap().1;
        assert_eq!(graphql(&gateway, Some(&recorder), &record).await, "OK");
        let mark = "mutation { markExported(input: { entries: [{ entryId: \"1\", systemId: \"erp\" }] }) { userErrors { code } } }";
        assert_eq!(graphql(&gateway, Some(&sync), mark).await, "OK");
        let entry = gateway.ledger.entry(1).await.unwrap().unwrap();
        let timelines = gateway.ledger.timelines_of(&[entry], &PageArguments::default()).await.unwrap();
        let actors: Vec<_> = timelines[&1].items.iter().map(|event| event.actor.as_deref().unwrap()).collect();
        assert_eq!(actors, ["token:source", "token:ERP sync"]);
    }
}
