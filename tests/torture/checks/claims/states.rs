//! The states, through the public doors: every entry is in exactly one, and it is the one that its timeline leads to.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use fastrand::Rng;
use serde_json::{Value, json};

use super::course::End;
use super::{Told, Wrong, report};
use crate::claims::SYSTEM;
use crate::client::{Client, Outcome, id};
use crate::record::About;
use crate::world::World;

/// The states of what is unexported. The one that changes by itself comes first: so that what a lease leaves while the
/// lists are read is in two lists, and never in none.
const STATES: [&str; 4] = ["CLAIMED", "PENDING", "FAILED", "PARKED"];
/// Longer than any lease and its extension: until then lists that do not fit are read again.
const LEASES_END: usize = 100;
/// Marked entries whose status is asked for.
const STATUSES: usize = 200;

/// Entries with the state that each shows.
type List = Vec<(i64, String)>;

/// Checks the states at each gateway.
pub async fn check(world: &World, rng: &mut Rng, told: &Told, ends: &HashMap<i64, End>) {
    for gateway in &world.gateways {
        let client = &gateway.client;
        if let Some(states) = settled(world, client).await {
            report(world, disagreements(&states, told, ends));
        }
        changed(world, client, told).await;
    }
    let marked = ends.iter().filter(|(_, end)| end.marked).map(|(id, _)| *id);
    let mut marked: Vec<i64> = marked.collect();
    rng.shuffle(&mut marked);
    for id in marked.into_iter().take(STATUSES) {
        let client = world.gateway(rng).client.clone();
        status(world, &client, id, told).await;
    }
}

/// The state of each unexported entry, once all lists agree.
async fn settled(world: &World, client: &Client) -> Option<BTreeMap<i64, String>> {
    let mut text = String::new();
    for _ in 0..LEASES_END {
        let mut narrowed = Vec::new();
        for state in STATES {
            narrowed.push((state, list(world, client, Some(state)).await?));
        }
        match agree(&narrowed, &list(world, client, None).await?) {
            Ok(states) => {
                world.record.checked("entries in exactly one state", states.len());
                return Some(states);
            }
            Err(error) => text = error,
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let text = format!("{}: {text}", client.gateway);
    world.record.failure("an entry is in two states, or in none", About::default(), text);
    None
}

fn agree(narrowed: &[(&str, List)], all: &[(i64, String)]) -> Result<BTreeMap<i64, String>, String> {
    let mut states: BTreeMap<i64, String> = BTreeMap::new();
    for (state, list) in narrowed {
        for (id, shown) in list {
            if shown != state {
                return Err(format!("entry {id} is listed as {state} and shows {shown}"));
            }
            if let Some(other) = states.insert(*id, shown.clone()) {
                return Err(format!("entry {id} is listed as {other} and as {state}"));
            }
        }
    }
    let whole: BTreeMap<i64, String> = all.iter().cloned().collect();
    if whole.len() != all.len() {
        return Err("an entry is listed twice".to_owned());
    }
    if whole != states {
        let ids = whole.keys().chain(states.keys());
        let other = ids.copied().find(|id| whole.get(id) != states.get(id)).unwrap_or_default();
        let (one, two) = (whole.get(&other), states.get(&other));
        return Err(format!("entry {other} is {one:?} without states and {two:?} with them"));
    }
    Ok(states)
}

/// The unexported entries, of one state or all of them.
async fn list(world: &World, client: &Client, state: Option<&str>) -> Option<List> {
    let narrowed = state.map(|state| format!(", states: [{state}]")).unwrap_or_default();
    let list = format!("unexportedEntries(systemId: \"{SYSTEM}\"{narrowed}, first: 200, after: $after)");
    let nodes = format!("entryId exportStatus(systemId: \"{SYSTEM}\") {{ state }}");
    let nodes = pages(world, client, &list, &nodes).await?;
    let state = |node: &Value| node["exportStatus"]["state"].as_str().unwrap_or_default().to_owned();
    Some(nodes.iter().map(|node| (id(&node["entryId"]), state(node))).collect())
}

/// All nodes of a list.
async fn pages(world: &World, client: &Client, list: &str, nodes: &str) -> Option<Vec<Value>> {
    let query = format!(
        "query($after: String) {{ list: {list} {{
            nodes {{ {nodes} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    let (mut found, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = ask(world, client, &query, json!({ "after": after })).await?["list"].clone();
        found.extend(page["nodes"].as_array().cloned().unwrap_or_default());
        if page["pageInfo"]["hasNextPage"] != json!(true) {
            return Some(found);
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// Nothing is wrong any more, so every question has to be answered.
async fn ask(world: &World, client: &Client, query: &str, variables: Value) -> Option<Value> {
    match client.graphql(&world.record, "states", query, variables).await {
        Outcome::Answered(data) => Some(data),
        Outcome::Unknown(text) | Outcome::Refused(text) => {
            client.refused(&world.record, About::default(), &text);
            None
        }
    }
}

/// What is listed, against what the timelines lead to.
fn disagreements(states: &BTreeMap<i64, String>, told: &Told, ends: &HashMap<i64, End>) -> Vec<Wrong> {
    let mut wrong: Vec<Wrong> = Vec::new();
    let nothing = End::default();
    for id in told.vouchers.keys() {
        let end = ends.get(id).unwrap_or(&nothing);
        let state = states.get(id).map(String::as_str);
        let promise = match (end.marked, state) {
            (true, None) => continue,
            (true, Some(_)) => "what is marked is listed as unexported",
            (false, None) => "what is not marked, or un-marked again, is not listed",
            (false, Some("PARKED")) => continue,
            (false, Some(_)) if end.parked => "what a person parked is not parked",
            (false, Some("CLAIMED")) if end.claim.is_none() => "what no claim has is shown as claimed",
            (false, Some("FAILED")) if end.claim.is_some() => "what a claim has is shown as failed",
            (false, Some(_)) => continue,
        };
        wrong.push((promise, *id, format!("{state:?}, {end:?}")));
    }
    let ghosts = states.keys().filter(|id| !told.vouchers.contains_key(id));
    wrong.extend(ghosts.map(|id| ("what does not exist is listed", *id, String::new())));
    wrong
}

/// What was corrected after it was sent is listed, and nothing else is.
async fn changed(world: &World, client: &Client, told: &Told) {
    let list = format!("changedEntries(systemId: \"{SYSTEM}\", first: 200, after: $after)");
    let Some(nodes) = pages(world, client, &list, "sentVersion version entry { entryId }").await else {
        return;
    };
    let found: BTreeSet<i64> = nodes.iter().map(|node| id(&node["entry"]["entryId"])).collect();
    let wrong = found.symmetric_difference(&told.changed).map(|id| {
        let text = format!("listed: {}, at {}", found.contains(id), client.gateway);
        ("what changed after it was sent is not what is listed as changed", *id, text)
    });
    report(world, wrong.collect());
    world.record.checked("changed entries", told.changed.len());
}

/// The status of a marked entry.
async fn status(world: &World, client: &Client, id: i64, told: &Told) {
    let query = "query($id: ID!, $system: SystemId!) { accountingEntry(id: $id) {
        version exportStatus(systemId: $system) { state sentVersion } } }";
    let variables = json!({ "id": id.to_string(), "system": SYSTEM });
    let Some(data) = ask(world, client, query, variables).await else { return };
    let entry = &data["accountingEntry"];
    let status = &entry["exportStatus"];
    let is_changed = told.changed.contains(&id);
    let expected = if is_changed { "CHANGED" } else { "EXPORTED" };
    if status["state"] != expected || (status["sentVersion"] == entry["version"]) == is_changed {
        let text = format!("{entry} at {}, expected {expected}", client.gateway);
        report(world, vec![("the status of a marked entry is wrong", id, text)]);
    }
    world.record.checked("states of marked entries", 1);
}
