//! What tests ask a gateway, by GraphQL, by REST, and in the words of the ledger.

use std::collections::BTreeSet;

use reqwest::Response;
use serde_json::{Value, json};

use super::{Gateway, ids, paged};

impl Gateway {
    /// Runs an operation that has to succeed, and gives its data.
    pub async fn data(&self, query: &str, variables: Value) -> Value {
        let answer = self.graphql(query, variables).await;
        assert_eq!(answer.get("errors"), None, "{answer:#}");
        answer["data"].clone()
    }

    /// Runs an operation that has to fail, and gives the code of its first error.
    pub async fn error_code(&self, query: &str, variables: Value) -> String {
        let answer = self.graphql(query, variables).await;
        let code = answer["errors"][0]["extensions"]["code"].as_str();
        code.unwrap_or_else(|| panic!("no error in {answer:#}")).to_owned()
    }

    /// Runs an operation and gives the whole answer.
    pub async fn graphql(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let response = self.client.post(format!("{}/graphql", self.url)).json(&body).send().await.unwrap();
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    /// `GET`, whatever the answer.
    pub async fn get(&self, path_and_query: &str) -> Response {
        self.client.get(format!("{}{path_and_query}", self.url)).send().await.unwrap()
    }

    /// `POST` of JSON, whatever the answer.
    pub async fn post(&self, path: &str, body: &Value) -> Response {
        self.client.post(format!("{}{path}", self.url)).json(body).send().await.unwrap()
    }

    /// A request that the test goes on building.
    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// Records entries, and gives their ids.
    pub async fn record(&self, entries: Vec<Value>) -> Vec<i64> {
        let query = "mutation($input: RecordAccountingEntriesInput!) {
            recordAccountingEntries(input: $input) { entries { entryId } userErrors { message } } }";
        let data = self.data(query, json!({ "input": { "entries": entries } })).await;
        let payload = &data["recordAccountingEntries"];
        assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
        ids(&payload["entries"])
    }

    /// Marks entries for a system; all of them have to exist. Gives the payload of the last call.
    pub async fn mark(&self, system: &str, ids: &[i64]) -> Value {
        let mut payload = Value::Null;
        for ten in ids.chunks(10) {
            let items: Vec<Value> =
                ten.iter().map(|id| json!({ "entryId": id.to_string(), "systemId": system })).collect();
            payload = self.mark_items(items, None).await;
            assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
        }
        payload
    }

    /// One call of `markExported`, and its payload.
    pub async fn mark_items(&self, items: Vec<Value>, idempotency_key: Option<&str>) -> Value {
        let query = "mutation($input: MarkExportedInput!) { markExported(input: $input) {
            exports { entryId systemId exportedAt note remarked entry { entryId } }
            userErrors { field code message entryId } } }";
        let mut input = json!({ "entries": items });
        if let Some(key) = idempotency_key {
            input["idempotencyKey"] = json!(key);
        }
        self.data(query, json!({ "input": input })).await["markExported"].clone()
    }

    /// The ids of everything that the system has not been sent, read page by page.
    pub async fn unexported(&self, system: &str) -> Vec<i64> {
        self.unexported_since(system, None).await
    }

    /// The same, as of a moment.
    pub async fn unexported_since(&self, system: &str, since: Option<&str>) -> Vec<i64> {
        let found = paged(async |query, variables| self.data(query, variables).await, system, since).await;
        assert_eq!(
            found.iter().collect::<BTreeSet<_>>().len(),
            found.len(),
            "an entry came twice: {found:?}"
        );
        found
    }
}
