//! What a client asks, as it comes in the JSON body of a POST, in the query string of a GET, or in a message over WebSocket.

use async_graphql::{Value, Variables};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Map;

use super::trusted;
use crate::domain::Step;
use crate::request::json;

/// A question, whatever way it came.
#[derive(Debug, Default)]
pub struct Question {
    /// The text of the document.
    pub query: Option<String>,
    /// The id of a document that the server keeps; it counts where there is no text.
    pub document_id: Option<String>,
    /// Which operation of the document is to run.
    pub operation_name: Option<String>,
    /// The values of its variables, not looked at yet.
    pub variables: Variables,
    /// Whether only a query may run: a GET changes nothing.
    pub only_queries: bool,
    /// Whether lists in the answer may be JSON text already. A transport that writes values by itself says no.
    pub as_text: bool,
}

/// The keys that are known, in a body. Others are allowed, as the specification has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object with the text `query`")]
struct Keys {
    #[serde(default)]
    query: Option<String>,
    #[serde(default)]
    document_id: Option<String>,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<Map<String, serde_json::Value>>,
    #[serde(default)]
    extensions: Option<Map<String, serde_json::Value>>,
}

impl Keys {
    /// `Err` says what is wrong.
    fn question(self, only_queries: bool) -> Result<Question, String> {
        let mut document_id = self.document_id;
        if self.query.is_none() {
            document_id = trusted::named(document_id, self.extensions.as_ref())?;
            if document_id.is_none() {
                return Err("query: there is none, and no documentId in its place".to_owned());
            }
        }
        let variables = serde_json::Value::Object(self.variables.unwrap_or_default());
        let variables = Value::from_json(variables).map_err(|error| format!("variables: {error}"))?;
        Ok(Question {
            query: self.query,
            document_id,
            operation_name: self.operation_name,
            variables: Variables::from_value(variables),
            only_queries,
            as_text: true,
        })
    }
}

/// Reads the body of a POST. `Err` says what is wrong with it.
pub fn of_body(bytes: &[u8]) -> Result<Question, String> {
    let form = "{\"query\": \"…\", \"variables\": {…}}";
    let value = strict(bytes)?;
    // Otherwise a list would pass for the object with its fields in order, and a batch is a list.
    if let serde_json::Value::Array(_) = value {
        return Err(format!("batches are not taken: send each operation by itself, as {form}"));
    }
    let another_form = |why: String| format!("the body is not of the form {form}: {why}");
    let keys: Keys =
        serde_path_to_error::deserialize(value).map_err(|error| another_form(error.to_string()))?;
    keys.question(false).map_err(another_form)
}

/// Reads the payload of a message that subscribes. `Err` says what is wrong with it.
pub fn of_payload(value: serde_json::Value) -> Result<Question, String> {
    let keys: Keys = match value {
        serde_json::Value::Object(_) => {
            serde_path_to_error::deserialize(value).map_err(|error| error.to_string())?
        }
        _ => return Err("it has to be an object".to_owned()),
    };
    Ok(Question { as_text: false, ..keys.question(false)? })
}

/// Reads the query string of a GET, of which parameters that are empty count as left out. `Err` says what is wrong with
/// it.
pub fn of_query_string(text: &str) -> Result<Question, String> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(text)
        .map_err(|error| format!("the query string cannot be read: {error}"))?;
    let mut keys =
        Keys { query: None, document_id: None, operation_name: None, variables: None, extensions: None };
    for (index, (name, value)) in pairs.iter().enumerate() {
        if pairs[..index].iter().any(|(earlier, _)| earlier == name) {
            return Err(format!("the query string has {name} twice"));
        }
        if value.is_empty() && name != "query" {
            continue;
        }
        match name.as_str() {
            "query" => keys.query = Some(value.clone()),
            "documentId" => keys.document_id = Some(value.clone()),
            "operationName" => keys.operation_name = Some(value.clone()),
            "variables" => keys.variables = parameter("variables", value)?,
            "extensions" => keys.extensions = parameter("extensions", value)?,
            _ => {}
        }
    }
    let form = "?query=…&variables={…}";
    keys.question(true).map_err(|why| format!("the query string is not of the form {form}: {why}"))
}

/// A parameter whose value is JSON.
fn parameter<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, String> {
    let value =
        strict(text.as_bytes()).map_err(|why| format!("{name}: {}", why.replacen("the body", "it", 1)))?;
    serde_path_to_error::deserialize(value).map_err(|error| format!("{name}: {error}"))
}

/// Any JSON, if no key stands twice in an object.
pub fn strict(bytes: &[u8]) -> Result<serde_json::Value, String> {
    json::read(bytes).map_err(|fault| {
        let steps = fault.path.iter().map(|step| match step {
            Step::Index(index) => index.to_string(),
            Step::Field(name) => name.to_string(),
        });
        let path = steps.collect::<Vec<_>>().join(".");
        if path.is_empty() { fault.message } else { format!("{path}: {}", fault.message) }
    })
}
