//! Persons at their consoles: they take marks back, park, requeue, and report what a system refused without a claim.
//! Mostly of what workers have or had, and seldom.

use std::sync::Arc;

use fastrand::Rng;
use ledgate::domain::Timestamp;
use serde_json::{Value, json};

use crate::claims::{Act, Kind, SYSTEM};
use crate::client::id;
use crate::desk::{Desk, Mutation, PARK, REPORT, REQUEUE, UNMARK};
use crate::world::World;

/// Intervenes until the run stops.
pub async fn work(world: Arc<World>, mut rng: Rng, name: String) {
    let desk = Desk { world: &world, who: &name };
    while !world.stopped() {
        world.pause(&mut rng, 5_000).await;
        intervene(&desk, &mut rng).await;
    }
}

/// The known lines of some voucher.
fn some_lines(world: &World, rng: &mut Rng) -> Option<Vec<i64>> {
    let state = world.model.lock();
    if rng.u8(..6) == 0 {
        let newest = *state.by_id.keys().next_back()?;
        let (id, _) = state.by_id.range(rng.i64(1..=newest)..).next()?;
        return Some(vec![*id]);
    }
    let claims: Vec<_> = state.claims.calls.iter().filter(|claim| !claim.lines.is_empty()).collect();
    let claim = rng.choice(claims)?;
    let one = rng.choice(&claim.lines)?;
    let lines = claim.lines.iter().filter(|line| line.voucher == one.voucher);
    Some(lines.map(|line| line.id).collect())
}

async fn intervene(desk: &Desk<'_>, rng: &mut Rng) {
    let Some(mut named) = some_lines(desk.world, rng) else { return };
    let kinds = [
        Kind::Unmarked,
        Kind::Unmarked,
        Kind::Unmarked,
        Kind::Parked,
        Kind::Requeued,
        Kind::Requeued,
        Kind::Failed,
    ];
    let kind = kinds[rng.usize(..kinds.len())];
    // Marks are taken back by themselves; else one line stands for its voucher.
    if kind != Kind::Unmarked || rng.u8(..3) == 0 {
        named.truncate(1);
    }
    let (mutation, refusals): (Mutation, &[&str]) = match kind {
        Kind::Parked => (PARK, &["ALREADY_EXPORTED"]),
        Kind::Requeued => (REQUEUE, &["ALREADY_EXPORTED", "NOTHING_TO_REQUEUE"]),
        Kind::Failed => (REPORT, &["ALREADY_EXPORTED"]),
        _ => (UNMARK, &["NOT_EXPORTED"]),
    };
    let (mut items, mut acts) = (Vec::new(), Vec::new());
    for id in named.iter().copied() {
        let mut state = desk.world.model.lock();
        let text = state.claims.fresh("person");
        items.push(item(kind, id, &text));
        let act = Act { rest: kind != Kind::Unmarked, ..Act::new(kind, text, vec![id]) };
        acts.push((id, state.claims.begin(act)));
    }
    let about = desk.about(&named);
    let key = desk.world.model.lock().claims.fresh("call of a person");
    let input = json!({ "items": items, "idempotencyKey": key });
    let Some(answer) = desk.ask(rng, mutation, &input, &about).await else { return };
    desk.only(&answer, refusals, &about);
    for (entry, act) in acts {
        let mut all = answer["done"].as_array().into_iter().flatten();
        let done = all.find(|done| id(&done["entryId"]) == entry);
        let count = match done {
            Some(done) => done["entryCount"].as_u64().unwrap_or_default() as usize,
            // The system has it: its timeline tells of the failure all the same.
            None => usize::from(kind == Kind::Failed),
        };
        let mut state = desk.world.model.lock();
        if let Some(done) = done.filter(|_| kind == Kind::Requeued) {
            state.claims.acts[act].text = moment(&done["at"]);
        }
        state.claims.end(act, count);
    }
    desk.world.record.checked("answers to persons", 1);
}

/// What is asked for one entry.
fn item(kind: Kind, id: i64, text: &str) -> Value {
    let mut item = json!({ "entryId": id.to_string(), "systemId": SYSTEM });
    if kind != Kind::Requeued {
        item["reason"] = json!(text);
    }
    if kind == Kind::Failed {
        item["type"] = json!("PERIOD_CLOSED");
    }
    item
}

/// A moment as the tables have it.
fn moment(value: &Value) -> String {
    let moment = value.as_str().and_then(|at| at.parse::<Timestamp>().ok());
    moment.map_or_else(String::new, |moment| moment.micros().to_string())
}
