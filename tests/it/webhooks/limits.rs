//! What a webhook may be, and where it may lead.

use ledgate::domain::Right::{Admin, Read};
use reqwest::Method;
use serde_json::{Value, json};

use super::calls::*;
use super::receiver::Receiver;
use crate::on_both_databases;
use crate::support::Gateway;
use crate::tokens::token;

const URL: &str = "https://hooks.example.com/ledgate";

/// The first fault of a webhook to make with this address.
async fn fault(gateway: &Gateway, url: &str) -> Value {
    refused(gateway, json!({ "url": url, "kinds": ["READY"] })).await[0].clone()
}

on_both_databases! {
    async fn without_the_setting_no_webhook_leads_into_the_own_network(gateway: Gateway) {
        gateway.stop_background().await;
        let wrong = json!({ "code": "INVALID_WEBHOOK", "field": ["url"] });
        for url in [
            "http://hooks.example.com/", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
            "https://10.1.2.3/", "https://169.254.169.254/latest", "https://0/", "https://2130706433/",
        ] {
            assert_eq!(fault(&gateway, url).await, wrong, "{url}");
        }
        // A name is looked up when it is told, each time.
        let receiver = Receiver::start().await;
        let port = receiver.url.split(':').nth(2).unwrap();
        let other = gateway.another().await;
        let made = create(&other, &format!("https://localhost:{port}"), &["READY"]).await;
        let delivery = test(&other, &made.id).await;
        assert_eq!(delivery["error"], json!("PRIVATE_ADDRESS"), "{delivery}");
        // The setting may have been taken away since the webhook was made.
        let allowing = gateway.another_with(&SETTINGS).await;
        let plain = create(&allowing, &receiver.url, &["PARKED"]).await;
        assert_eq!(test(&allowing, &plain.id).await["taken"], json!(true));
        assert_eq!(test(&other, &plain.id).await["error"], json!("NOT_HTTPS"));
        assert_eq!(receiver.got().iter().filter(|got| got.json()["type"] == json!("ledgate.test")).count(), 1);
    }

    async fn a_malformed_webhook_is_refused_with_every_fault(gateway: Gateway) {
        gateway.stop_background().await;
        let long = format!("https://hooks.example.com/{}", "a".repeat(2_000));
        for url in ["", "hooks.example.com", "ftp://example.com/", "https://me:secret@example.com/", "https://a/#b", &long] {
            assert_eq!(fault(&gateway, url).await["code"], json!("INVALID_WEBHOOK"), "{url}");
        }
        let everything = json!({ "url": "x", "systemId": "two words", "kinds": [], "description": "" });
        let errors = refused(&gateway, everything).await;
        let fields: Vec<&Value> = errors.as_array().unwrap().iter().map(|error| &error["field"][0]).collect();
        assert_eq!(fields, [&json!("url"), &json!("systemId"), &json!("kinds"), &json!("description")]);
        let twice = json!({ "url": URL, "kinds": ["READY", "READY"] });
        assert_eq!(refused(&gateway, twice).await, json!([{ "code": "INVALID_WEBHOOK", "field": ["kinds", "1"] }]));
        let made = create(&gateway, URL, &["READY"]).await;
        let input = json!({ "webhookId": made.id, "overlapSeconds": 2_592_001 });
        let payload = call(&gateway, "rotateWebhookSecret", input, "secret").await;
        assert_eq!(payload["userErrors"][0]["field"], json!(["overlapSeconds"]));
        for id in ["404", "none"] {
            let payload = call(&gateway, "deleteWebhook", json!({ "webhookId": id }), "deletedWebhookId").await;
            assert_eq!(payload["userErrors"], json!([{ "code": "WEBHOOK_NOT_FOUND", "field": ["webhookId"] }]));
        }
    }

    async fn a_ledger_has_a_hundred_webhooks_at_most(gateway: Gateway) {
        gateway.stop_background().await;
        let mut last = None;
        for _ in 0..100 {
            last = Some(create(&gateway, URL, &["READY"]).await);
        }
        let one_more = json!({ "url": URL, "kinds": ["READY"] });
        assert_eq!(refused(&gateway, one_more).await[0]["code"], json!("INVALID_WEBHOOK"));
        let input = json!({ "webhookId": last.unwrap().id });
        let payload = call(&gateway, "deleteWebhook", input.clone(), "deletedWebhookId").await;
        assert_eq!(payload["deletedWebhookId"], input["webhookId"]);
        create(&gateway, URL, &["READY"]).await;
        let query = "{ webhooks(first: 60) { nodes { webhookId } pageInfo { hasNextPage } } }";
        let page = gateway.data(query, json!({})).await["webhooks"].clone();
        assert_eq!(page["nodes"].as_array().unwrap().len(), 60);
        assert_eq!(page["pageInfo"]["hasNextPage"], json!(true));
    }

    async fn a_call_that_is_repeated_makes_one_webhook_and_shows_its_secret_once(gateway: Gateway) {
        gateway.stop_background().await;
        let input = json!({ "url": URL, "kinds": ["READY"], "idempotencyKey": "k" });
        let first = call(&gateway, "createWebhook", input.clone(), "webhook { webhookId } secret").await;
        let again = call(&gateway, "createWebhook", input, "webhook { webhookId } secret").await;
        assert_eq!(again["webhook"], first["webhook"]);
        let secret = first["secret"].as_str().unwrap();
        assert!(secret.starts_with("whsec_") && again["secret"].is_null(), "{again}");
        // It is not in what is kept of the call either.
        let rows = sea_orm::Statement::from_string(gateway.backend(), "SELECT answer FROM idempotency_keys");
        let rows = sea_orm::ConnectionTrait::query_all_raw(gateway.database().reader(), rows).await.unwrap();
        let kept: Vec<String> = rows.iter().map(|row| row.try_get("", "answer").unwrap()).collect();
        assert!(kept.len() == 1 && !kept[0].contains("whsec"), "{kept:?}");
        // A deletion that is repeated has its first answer.
        let id = first["webhook"]["webhookId"].clone();
        let input = json!({ "webhookId": id, "idempotencyKey": "k" });
        for _ in 0..2 {
            let payload = call(&gateway, "deleteWebhook", input.clone(), "deletedWebhookId").await;
            assert_eq!(payload, json!({ "deletedWebhookId": id, "userErrors": [] }));
        }
    }

    async fn a_token_for_some_systems_sees_their_webhooks_and_no_others(gateway: Gateway) {
        gateway.stop_background().await;
        let own = create(&gateway, URL, &["READY"]).await;
        let of_all = call(&gateway, "createWebhook", json!({ "url": URL, "kinds": ["READY"] }), "webhook { webhookId }").await;
        let of_all = of_all["webhook"]["webhookId"].as_str().unwrap().to_owned();
        let bound = token(&gateway, "admin of erp", &[Admin], Some(&["erp"])).await;
        let reader = token(&gateway, "reader", &[Read], None).await;
        let gateway = gateway.another().await;
        let ask = async |token: &str, query: String| {
            let request = gateway.request(Method::POST, "/graphql").json(&json!({ "query": query }));
            request.bearer_auth(token).send().await.unwrap().json::<Value>().await.unwrap()
        };
        let list = "{ webhooks { nodes { webhookId } } }".to_owned();
        let seen = ask(&bound, list.clone()).await;
        assert_eq!(seen["data"]["webhooks"]["nodes"], json!([{ "webhookId": own.id }]));
        assert_eq!(ask(&reader, list).await["errors"][0]["extensions"]["code"], json!("FORBIDDEN"));
        let one = ask(&bound, format!("{{ webhook(webhookId: \"{of_all}\") {{ url }} }}")).await;
        assert_eq!(one["data"]["webhook"], json!(null));
        let delete = format!(
            "mutation {{ deleteWebhook(input: {{ webhookId: \"{of_all}\" }}) {{ userErrors {{ code }} }} }}"
        );
        let refused = ask(&bound, delete).await;
        assert_eq!(refused["data"]["deleteWebhook"]["userErrors"], json!([{ "code": "WEBHOOK_NOT_FOUND" }]));
        let make = format!("mutation {{ createWebhook(input: {{ url: \"{URL}\", kinds: [READY] }}) {{ secret }} }}");
        assert_eq!(ask(&bound, make).await["errors"][0]["extensions"]["code"], json!("FORBIDDEN"));
    }
}
