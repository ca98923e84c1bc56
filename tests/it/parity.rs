//! GraphQL and REST are two spellings of one thing.

mod imports;
mod questions;
mod rest_alone;
mod rest_refusals;
mod writing;

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::Gateway;
use crate::support::gateway::entry;

const LIST: &str = "/v10/accounting-entries";
const EXPORT: &str = "/v10/accounting-entries/export";
const MARK: &str = "/v10/accounting-entries/mark-as-exported";

/// Every field of an entry.
const FIELDS: &str = "entryId externalId journalCode journalName entryNumber postingDate accountNumber accountName
    subledgerAccountNumber subledgerAccountName documentReference documentDate description debit credit amount
    currency foreignAmount foreignCurrency reconciliationCode reconciledOn validatedOn attributes createdAt updatedAt
    version withdrawnAt";

/// Parameters of a query string.
type Parameters = Vec<(String, String)>;

fn snake_case(name: &str) -> String {
    let letter =
        |c: char| if c.is_ascii_uppercase() { format!("_{}", c.to_ascii_lowercase()) } else { c.to_string() };
    name.chars().map(letter).collect()
}

/// An entry of GraphQL as REST writes it: other names, and the plain id as a number.
fn as_rest(node: &Value) -> Value {
    let field = |(name, value): (&String, &Value)| match name.as_str() {
        "entryId" => ("id".to_owned(), json!(value.as_str().unwrap().parse::<i64>().unwrap())),
        _ => (snake_case(name), value.clone()),
    };
    Value::Object(node.as_object().unwrap().iter().map(field).collect())
}

/// Six entries: one with everything, one with no more than it has to, and some between.
fn ledger() -> Vec<Value> {
    let with = |name: &str, fields: Value| {
        let mut entry = entry(name);
        entry.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        entry
    };
    vec![
        with(
            "full",
            json!({
                "journalCode": "AC", "journalName": "Achats & Co", "entryNumber": "42", "postingDate": "2026-02-28",
                "accountNumber": "401000", "accountName": "Fournisseurs", "subledgerAccountNumber": "F0042",
                "subledgerAccountName": "Société \"Été\" <SARL>", "documentReference": "FA-2026-0117",
                "documentDate": "2026-02-27", "description": "Facture 100% \\ 漢字 😀\nzweite Zeile",
                "debit": "0", "credit": "123456789012345.6789", "foreignAmount": "-1310.4", "foreignCurrency": "USD",
                "reconciliationCode": "AB", "reconciledOn": "2026-03-01", "validatedOn": "2026-03-02",
                "attributes": { "CostCentre": "410", "nested": { "list": [1, -2.5, true, null, "é"] }, "Empty": "" },
            }),
        ),
        with("minimal", json!({})),
        with(
            "reversal",
            json!({ "debit": "-12.5", "credit": "0", "documentReference": "", "postingDate": "2026-01-30" }),
        ),
        with("largest", json!({ "debit": "922337203685477.5807", "credit": "0", "currency": "JPY" })),
        with(
            "été_1",
            json!({ "description": "ÉTÉ_1", "documentReference": "fa-7", "postingDate": "2026-01-01" }),
        ),
        with(
            "été%1",
            json!({ "description": "été%1", "documentReference": "FA-77", "documentDate": "2026-01-02" }),
        ),
    ]
}

async fn record(gateway: &Gateway) -> Vec<i64> {
    let mut ids = Vec::new();
    for (second, entry) in ledger().into_iter().enumerate() {
        gateway.set_clock(&format!("2026-03-01T12:00:0{}Z", second / 2));
        ids.extend(gateway.record(vec![entry]).await);
    }
    ids
}

/// The names of entries of REST.
fn names(entries: &Value) -> Vec<&str> {
    entries.as_array().unwrap().iter().map(|entry| entry["external_id"].as_str().unwrap()).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Parameters {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

async fn rest(gateway: &Gateway, path: &str, parameters: &[(String, String)]) -> Response {
    gateway.request(Method::GET, path).query(parameters).send().await.unwrap()
}

async fn json_of(response: Response) -> Value {
    let status = response.status();
    let body: Value = response.json().await.unwrap();
    assert_eq!(status, 200, "{body:#}");
    body
}

/// The problem that the response is, whose every part has its form.
async fn problem(response: Response, status: u16) -> Value {
    let (found, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    assert_eq!(found, status, "{text}");
    assert_eq!(headers["content-type"], "application/problem+json", "{text}");
    let problem: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(problem["status"], json!(status));
    assert_eq!(problem["title"], json!(found.canonical_reason().unwrap()));
    let code = problem["code"].as_str().unwrap();
    assert_eq!(problem["type"], json!(format!("urn:ledgate:problem:{code}")));
    assert_eq!(problem["request_id"].as_str().unwrap(), headers["x-request-id"].to_str().unwrap());
    assert!(!problem["detail"].as_str().unwrap().is_empty());
    problem
}

/// (code, path) of each fault.
fn faults(errors: &Value) -> Vec<(String, Value)> {
    let errors = errors.as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().map(|error| (error["code"].as_str().unwrap().to_owned(), error["path"].clone())).collect()
}
