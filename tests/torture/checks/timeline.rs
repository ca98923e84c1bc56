//! Timelines, through the public doors.

use std::time::Instant;

use fastrand::Rng;
use ledgate::domain::Timestamp;
use serde_json::Value;

use crate::claims::SYSTEM;
use crate::client::{Client, Outcome, id};
use crate::model::{Call, Entry, Fate, Result, note};
use crate::record::About;
use crate::world::World;

/// Looks at the timelines of some entries. `settled`: nothing is on its way any more.
pub async fn check_some(world: &World, rng: &mut Rng, some: usize, settled: bool) {
    for _ in 0..some {
        let (name, id) = {
            let state = world.model.lock();
            let Some(newest) = state.by_id.keys().next_back().copied() else { return };
            let from = rng.i64(1..=newest);
            let Some((id, name)) = state.by_id.range(from..).next() else { continue };
            (name.clone(), *id)
        };
        let client = world.gateway(rng).client.clone();
        check(world, &client, &name, id, settled).await;
    }
}

async fn check(world: &World, client: &Client, name: &str, id: i64, settled: bool) {
    let begun = Instant::now();
    let about = || About { entries: vec![name.to_owned()], ..About::default() };
    let (mut events, mut after): (Vec<Value>, Option<String>) = (Vec::new(), None);
    loop {
        let path = format!("/v10/accounting-entries/{id}/timeline");
        let mut request = client.get(&path).query(&[("limit", "100")]);
        if let Some(after) = &after {
            request = request.query(&[("after", after)]);
        }
        let answer = match client.send(&world.record, "timeline", request).await {
            Outcome::Answered(answer) => answer,
            Outcome::Unknown(_) => return,
            Outcome::Refused(text) => return client.refused(&world.record, about(), &text),
        };
        events.extend(answer["timeline"].as_array().cloned().unwrap_or_default());
        after = answer["next_after"].as_str().map(str::to_owned);
        if after.is_none() {
            break;
        }
    }
    // What workers and persons did is judged by itself.
    events.retain(|event| event["system_id"] != SYSTEM);
    world.record.checked("timelines", 1);
    let state = world.model.lock();
    let Some(known) = state.entries.get(name).cloned() else { return };
    let numbers: Vec<usize> =
        state.calls_of.values().flat_map(|of| of.get(name).into_iter().flatten().copied()).collect();
    let calls: Vec<(usize, Call)> =
        numbers.into_iter().map(|number| (number, state.calls[number].clone())).collect();
    drop(state);
    for text in wrong(&known, &calls, &events, begun, settled) {
        let text = format!("entry {id} ({name}) at {}: {text}", client.gateway);
        world.record.failure("a timeline is not what happened", about(), text);
    }
}

fn wrong(
    known: &Entry,
    calls: &[(usize, Call)],
    events: &[Value],
    begun: Instant,
    settled: bool,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let kinds: Vec<&str> = events.iter().filter_map(|event| event["kind"].as_str()).collect();
    if kinds.first() != Some(&"RECORDED") || kinds.iter().filter(|kind| **kind == "RECORDED").count() != 1 {
        wrong.push(format!("it does not begin with its one recording: {kinds:?}"));
    }
    if !events.is_sorted_by(|one, next| id(&one["id"]) < id(&next["id"])) {
        wrong.push(format!("events are out of order or there twice: {events:?}"));
    }
    let updates = kinds.iter().filter(|kind| **kind == "UPDATED").count();
    let expected = if settled { known.version..=known.version } else { 0..=known.asked_version };
    if !expected.contains(&(updates as u32)) || !matches!(known.fate, Fate::Committed(_)) {
        wrong.push(format!("{updates} updates, expected {expected:?}; {known:?}"));
    }
    for (number, call) in calls {
        for item in call.items.iter().filter(|item| Some(item.id) == known.id) {
            let of = |event: &&Value| event["note"] == note(*number) && event["system_id"] == item.system;
            let told: Vec<&Value> = events.iter().filter(of).collect();
            let mark = match &call.result {
                Result::Acknowledged(when, marked) if *when < begun => {
                    marked.iter().find(|mark| mark.id == item.id && mark.system == item.system)
                }
                _ => None,
            };
            let times = match mark {
                Some(_) => 1..=1,
                None if call.result == Result::Nothing => 0..=0,
                None => 0..=1,
            };
            let at = told.first().and_then(|event| event["at"].as_str()?.parse().ok()).map(Timestamp::micros);
            if !times.contains(&told.len()) || mark.is_some_and(|mark| at != Some(mark.at)) {
                let result = &call.result;
                wrong.push(format!("call {number} for {}: {told:?}, but {result:?}", item.system));
            }
        }
    }
    let exported = kinds.iter().filter(|kind| **kind == "EXPORTED").count();
    let asked: usize = calls
        .iter()
        .map(|(_, call)| call.items.iter().filter(|item| Some(item.id) == known.id).count())
        .sum();
    // An entry may be recorded into a voucher that was sent already.
    let joined = kinds.iter().filter(|kind| **kind == "JOINED_SENT_VOUCHER").count();
    if exported > asked || exported + updates + joined + 1 != events.len() {
        wrong.push(format!(
            "{exported} marks, {updates} updates and {joined} joinings in {} events, asked {asked}",
            events.len()
        ));
    }
    wrong
}
