//! At the end, when nothing is on its way any more: everything is known, so everything has to be just so.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use fastrand::Rng;
use ledgate::domain::Timestamp;
use sea_orm::DatabaseConnection;
use serde_json::{Value, json};

use super::{claims, tables, timeline};
use crate::actors::{self, Way};
use crate::claims::SYSTEM;
use crate::client::{Client, Door, Outcome};
use crate::model::{Fate, Marked, Result, note};
use crate::record::About;
use crate::world::World;

/// How long the background may take to take histories over.
const TAKE_OVER: Duration = Duration::from_secs(120);
/// What is counted is counted to here.
const COUNTED: usize = 10_000;

/// Checks everything.
pub async fn check(world: &World, rng: &mut Rng) {
    let connection = world.other_program_at_last().await;
    settle_calls(world, &connection).await;
    entries(world, &connection).await;
    histories_taken_over(world, &connection).await;
    connection.close().await.ok();
    tables::check(world, 0..=i64::MAX).await;
    for gateway in &world.gateways {
        for system in actors::all_systems() {
            for way in Way::ALL {
                must(world, actors::read(world, rng, &gateway.client, system, None, way, "at the end").await);
            }
            totals(world, &gateway.client, system).await;
        }
        systems(world, &gateway.client).await;
    }
    for _ in 0..40 {
        let Some((system, since)) = actors::moment(world, rng) else { break };
        let client = world.gateway(rng).client.clone();
        let way = Way::any(rng);
        must(world, actors::read(world, rng, &client, &system, Some(since), way, "at the end").await);
    }
    timeline::check_some(world, rng, 300, true).await;
    repeated(world, rng).await;
    claims::check(world, rng).await;
    posted(world);
}

fn must<T>(world: &World, answer: Option<T>) {
    if answer.is_none() {
        let text = "a question was not answered although nothing is wrong any more";
        world.record.failure("no answer at the end", About::default(), text);
    }
}

/// Calls without a key that were not answered: whole, or not at all.
async fn settle_calls(world: &World, connection: &DatabaseConnection) {
    let calls = world.model.lock().calls.clone();
    for (number, call) in calls.iter().enumerate().filter(|(_, call)| call.result == Result::Unknown) {
        let written = tables::written(connection, number, call).await.unwrap();
        let there = written.iter().flatten().count();
        let text = format!("{there} of its {} marks are there", written.len());
        world.event("at the end", About::call(number), format!("call {number} was not answered: {text}"));
        if call.key.is_some() {
            world.record.failure("a call with a key was never answered", About::call(number), text.clone());
        }
        if there != 0 && there != written.len() {
            world.record.failure("an unacknowledged call is there in part", About::call(number), text);
        }
        world.record.checked("unanswered calls, whole or not at all", 1);
        let marked = call.items.iter().zip(&written).filter_map(|(item, at)| {
            let (id, system) = (item.id, item.system.clone());
            at.map(|at| Marked { id, system, at, note: Some(note(number)), remarked: false })
        });
        let marked: Vec<Marked> = marked.collect();
        let result = if there == 0 { Result::Nothing } else { Result::Acknowledged(Instant::now(), marked) };
        world.model.lock().calls[number].result = result;
    }
}

/// The ledger has every entry that was committed, once, and no other.
async fn entries(world: &World, connection: &DatabaseConnection) {
    let rows = tables::all(connection, "SELECT id AS entry, external_id AS name FROM accounting_entries");
    let rows = rows.await.unwrap();
    let there: HashMap<String, i64> = rows
        .iter()
        .map(|row| (row.try_get("", "name").unwrap(), row.try_get("", "entry").unwrap()))
        .collect();
    let mut state = world.model.lock();
    let mut wrong: Vec<(String, String)> = Vec::new();
    for (name, known) in &state.entries {
        match (known.fate, there.contains_key(name)) {
            (Fate::Committed(_), true) | (Fate::RolledBack, false) => {}
            (fate, there) => wrong.push((name.clone(), format!("{fate:?}, and in the table: {there}"))),
        }
    }
    world.record.checked("entries in the table", state.entries.len());
    for (name, id) in there {
        wrong.extend(state.learn_id(&name, id).map(|text| (name, text)));
    }
    drop(state);
    for (name, text) in wrong {
        let about = About { entries: vec![name.clone()], ..About::default() };
        world.record.failure("the ledger is not what was committed", about, format!("{name}: {text}"));
    }
}

async fn histories_taken_over(world: &World, connection: &DatabaseConnection) {
    let sql =
        "SELECT name AS system FROM export_systems WHERE history_end IS NULL OR taken_over_to < history_end";
    let begun = Instant::now();
    loop {
        let open = tables::all(connection, sql).await.unwrap();
        if open.is_empty() {
            return world.record.checked("histories taken over", 1);
        }
        if begun.elapsed() > TAKE_OVER {
            let text = format!("{} systems after {} s", open.len(), TAKE_OVER.as_secs());
            return world.record.failure("a history is never taken over", About::default(), text);
        }
        world.breathe().await;
    }
}

/// Backlog and newest mark of a system.
async fn totals(world: &World, client: &Client, system: &str) {
    let query =
        "query($id: SystemId!) { exportSystem(systemId: $id) { backlog { count precision } lastMarkedAt } }";
    let Some(data) = ask(world, client, query, json!({ "id": system })).await else { return };
    let (expected, newest) = {
        let state = world.model.lock();
        let now = Instant::now();
        let committed = state.entries.iter().filter(|(_, entry)| matches!(entry.fate, Fate::Committed(_)));
        let marks: Vec<Option<i64>> =
            committed.map(|(name, _)| state.marks(system, name, now, now).newest).collect();
        (marks.iter().filter(|newest| newest.is_none()).count(), marks.into_iter().flatten().max())
    };
    let count = match expected > COUNTED {
        true => json!({ "count": COUNTED, "precision": "AT_LEAST" }),
        false => json!({ "count": expected, "precision": "EXACT" }),
    };
    let found = &data["exportSystem"];
    let at = found["lastMarkedAt"].as_str().and_then(|at| at.parse().ok()).map(Timestamp::micros);
    if found["backlog"] != count || at != newest {
        let text = format!("{system} at {}: {found}, expected {count} and {newest:?}", client.gateway);
        world.record.failure("the totals of a system are wrong", About::default(), text);
    }
    world.record.checked("totals", 1);
}

/// The list of systems.
async fn systems(world: &World, client: &Client) {
    let query = "{ exportSystems(first: 100) { nodes { systemId } } }";
    let Some(data) = ask(world, client, query, Value::Null).await else { return };
    let nodes = data["exportSystems"]["nodes"].as_array().cloned().unwrap_or_default();
    let found: BTreeSet<String> =
        nodes.iter().filter_map(|node| Some(node["systemId"].as_str()?.to_owned())).collect();
    let expected: BTreeSet<String> = {
        let state = world.model.lock();
        // A claim makes its system known.
        let is_claimed = state.claims.calls.iter().any(|claim| claim.ended.is_some());
        let claimed = is_claimed.then(|| SYSTEM.to_owned());
        state.marked_systems().into_iter().chain(claimed).collect()
    };
    if found != expected {
        let text = format!("{found:?}, expected {expected:?}");
        world.record.failure("the list of systems is wrong", About::default(), text);
    }
}

async fn ask(world: &World, client: &Client, query: &str, variables: Value) -> Option<Value> {
    match client.graphql(&world.record, "totals", query, variables).await {
        Outcome::Answered(data) => Some(data),
        Outcome::Unknown(_) => {
            must::<()>(world, None);
            None
        }
        Outcome::Refused(text) => {
            client.refused(&world.record, About::default(), &text);
            None
        }
    }
}

/// Calls with a key, sent once more: each gives its first answer.
async fn repeated(world: &World, rng: &mut Rng) {
    let calls = world.model.lock().calls.clone();
    let keyed: Vec<usize> = (0..calls.len()).filter(|number| calls[*number].key.is_some()).collect();
    for _ in 0..keyed.len().min(200) {
        let number = keyed[rng.usize(..keyed.len())];
        let (call, client) = (&calls[number], world.gateway(rng).client.clone());
        let door = if rng.bool() { Door::Graphql } else { Door::Rest };
        match client.mark(&world.record, door, &call.items, number, call.key.as_deref()).await {
            Outcome::Answered(marked) => {
                for text in world.model.lock().acknowledge(number, marked) {
                    world.record.failure("a repeated key gets another answer", About::call(number), text);
                }
                world.record.checked("repeated keys", 1);
            }
            Outcome::Unknown(_) => must::<()>(world, None),
            Outcome::Refused(text) => client.refused(&world.record, About::call(number), &text),
        }
    }
    // And writes nothing.
    tables::check(world, 0..=i64::MAX).await;
}

/// What is marked has been sent.
fn posted(world: &World) {
    let state = world.model.lock();
    for call in state.calls.iter().filter(|call| matches!(call.result, Result::Acknowledged(..))) {
        for item in &call.items {
            world.record.checked("marked entries in the ERP", 1);
            if world.erp.times(&item.system, &item.entry) == 0 {
                let text = format!("{item:?}");
                world.record.failure(
                    "an entry is marked that the ERP has not",
                    About::entry(&item.entry, &item.system),
                    text,
                );
            }
        }
    }
}
