//! What holds on every page of every list.

use serde_json::{Value, json};

use super::gateway::ids;

/// The nodes on a page whose edges, nodes and page info agree with each other.
pub fn nodes(page: &Value) -> Vec<Value> {
    let edges = page["edges"].as_array().unwrap();
    let nodes: Vec<Value> = edges.iter().map(|edge| edge["node"].clone()).collect();
    assert_eq!(page["nodes"], json!(nodes));
    let cursor = |edge: Option<&Value>| edge.map_or(Value::Null, |edge| edge["cursor"].clone());
    assert_eq!(page["pageInfo"]["startCursor"], cursor(edges.first()));
    assert_eq!(page["pageInfo"]["endCursor"], cursor(edges.last()));
    nodes
}

/// The ids of the entries on such a page.
pub fn on_page(page: &Value) -> Vec<i64> {
    ids(&json!(nodes(page)))
}

/// Whether there is more before the page, and after it.
pub fn more(page: &Value) -> (bool, bool) {
    let info = &page["pageInfo"];
    (info["hasPreviousPage"].as_bool().unwrap(), info["hasNextPage"].as_bool().unwrap())
}
