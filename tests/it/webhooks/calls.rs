//! What tests of webhooks ask a gateway.

use std::time::Instant;

use serde_json::{Value, json};

use super::receiver::PATIENCE;
use crate::support::Gateway;

/// Receivers of tests listen here, and tests have no time.
pub const SETTINGS: [(&str, &str); 3] = [
    ("LEDGATE_WEBHOOKS_ALLOW_PRIVATE", "true"),
    ("LEDGATE_WEBHOOKS_DEBOUNCE_MS", "100"),
    ("LEDGATE_WEBHOOKS_TIMEOUT_SECONDS", "2"),
];

/// A gateway on the same ledger that tells webhooks in this network; the first one has no background work any more.
pub async fn telling(gateway: &Gateway) -> Gateway {
    gateway.stop_background().await;
    gateway.another_with(&SETTINGS).await
}

/// A webhook that was made, and its secret.
#[derive(Clone, Debug)]
pub struct Made {
    pub id: String,
    pub secret: String,
}

/// The payload of a mutation about webhooks.
pub async fn call(gateway: &Gateway, mutation: &str, input: Value, fields: &str) -> Value {
    let ty = match mutation {
        "deleteWebhook" | "switchWebhookOn" => "WebhookInput".to_owned(),
        other => format!("{}{}Input", other[..1].to_uppercase(), &other[1..]),
    };
    let query = format!(
        "mutation($input: {ty}!) {{ {mutation}(input: $input) {{ {fields} userErrors {{ code field }} }} }}"
    );
    gateway.data(&query, json!({ "input": input })).await[mutation].clone()
}

/// Makes a webhook for `erp`.
pub async fn create(gateway: &Gateway, url: &str, kinds: &[&str]) -> Made {
    let input = json!({ "url": url, "systemId": "erp", "kinds": kinds });
    let payload = call(gateway, "createWebhook", input, "webhook { webhookId } secret").await;
    assert_eq!(payload["userErrors"], json!([]), "{payload}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Made { id: text(&payload["webhook"]["webhookId"]), secret: text(&payload["secret"]) }
}

/// The codes of what is wrong with a webhook to make.
pub async fn refused(gateway: &Gateway, input: Value) -> Value {
    let payload = call(gateway, "createWebhook", input, "webhook { webhookId }").await;
    assert_eq!(payload["webhook"], Value::Null, "{payload}");
    payload["userErrors"].clone()
}

/// The webhook as it is now, with its last attempts.
pub async fn webhook(gateway: &Gateway, id: &str) -> Value {
    let query = "query($id: ID!) { webhook(webhookId: $id) {
        webhookId url systemId kinds cursor failingSince failedAttempts nextAttemptAt switchedOffAt switchedOffBecause
        previousSecretValidUntil
        deliveries(first: 20) { nodes { attempt signalId kinds taken status error durationMs } } } }";
    gateway.data(query, json!({ "id": id })).await["webhook"].clone()
}

/// The webhook, as soon as it is as the test expects.
pub async fn until(gateway: &Gateway, id: &str, expected: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let found = webhook(gateway, id).await;
        if expected(&found) {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{found:#}");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

/// What came of `ledgate.test`.
pub async fn test(gateway: &Gateway, id: &str) -> Value {
    let fields = "delivery { taken status error durationMs kinds }";
    let payload = call(gateway, "testWebhook", json!({ "webhookId": id }), fields).await;
    assert_eq!(payload["userErrors"], json!([]), "{payload}");
    payload["delivery"].clone()
}
