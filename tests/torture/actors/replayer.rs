//! A person who has the workers' system sent again what it has lost: takes back what was marked in a range of time, and
//! cancels some of these replays, while they run, when they are done, or when others have followed.

use std::sync::Arc;

use fastrand::Rng;
use serde_json::json;

use crate::claims::SYSTEM;
use crate::client::{Outcome, moment};
use crate::desk::{CANCEL_REPLAY, Desk, START_REPLAY};
use crate::world::{World, now};

/// How far most ranges go back at most, in microseconds.
const MOST: i64 = 30_000_000;
/// How far the others go back: longer than any run.
const ALL: i64 = 24 * 3_600_000_000;

/// How far a replay is.
const STATE: &str = "query($id: ID!) { exportReplay(replayId: $id) { state } }";

/// A replay that was started: its place among all of them, and its number.
type Started = (usize, i64);

/// Replays until the run stops.
pub async fn work(world: Arc<World>, mut rng: Rng, name: String) {
    let desk = Desk { world: &world, who: &name };
    while !world.stopped() {
        world.pause(&mut rng, 8_000).await;
        // A replay makes its system known, which is the workers' part.
        let is_claimed = world.model.lock().claims.calls.iter().any(|claim| !claim.id.is_empty());
        if world.stopped() || !is_claimed {
            continue;
        }
        let Some(replay) = start(&desk, &mut rng).await else { continue };
        if rng.u8(..4) == 0 {
            // While it runs, mostly.
            world.pause(&mut rng, 300).await;
            cancel(&desk, &mut rng, replay).await;
            continue;
        }
        ended(&desk, &mut rng, replay).await;
        let cancelled = match rng.u8(..3) {
            0 => Some(replay),
            1 => earlier(&world, &mut rng),
            _ => None,
        };
        if let Some(replay) = cancelled {
            // Something of it is claimed and marked meanwhile.
            world.pause(&mut rng, 4_000).await;
            cancel(&desk, &mut rng, replay).await;
        }
    }
}

/// A replay that is done and that nobody has cancelled.
fn earlier(world: &World, rng: &mut Rng) -> Option<Started> {
    let state = world.model.lock();
    let replays = state.claims.replays.iter().enumerate();
    let done = replays.filter(|(_, replay)| replay.done.is_some() && replay.cancelling.is_none());
    let done: Vec<Started> = done.filter_map(|(place, replay)| Some((place, replay.id?))).collect();
    rng.choice(done)
}

/// Starts a replay; nothing when it was refused, or when the person dies.
async fn start(desk: &Desk<'_>, rng: &mut Rng) -> Option<Started> {
    let (place, reason) = desk.world.model.lock().claims.begin_replay();
    let back = if rng.u8(..4) == 0 { ALL } else { rng.i64(1_000_000..MOST) };
    let since = now() - back;
    let until = (rng.u8(..4) == 0).then(|| moment(since + back / 2));
    let input = json!({ "systemId": SYSTEM, "markedSince": moment(since), "markedUntil": until, "reason": reason,
        "idempotencyKey": reason });
    let about = desk.about(&[]);
    let answer = desk.ask(rng, START_REPLAY, &input, &about).await?;
    desk.only(&answer, &["REPLAY_OPEN"], &about);
    let id = answer["replay"]["replayId"].as_str().and_then(|id| id.parse().ok());
    let mut state = desk.world.model.lock();
    let replay = &mut state.claims.replays[place];
    (replay.is_answered, replay.id) = (true, id);
    drop(state);
    desk.world.record.checked("answers to replays", 1);
    Some((place, id?))
}

/// Cancels a replay, and waits until nothing is left to be put back.
async fn cancel(desk: &Desk<'_>, rng: &mut Rng, (place, id): Started) {
    let key = {
        let mut state = desk.world.model.lock();
        state.claims.replays[place].cancelling = Some(now());
        state.claims.fresh("cancellation")
    };
    let about = desk.about(&[]);
    let input = json!({ "replayId": id.to_string(), "idempotencyKey": key });
    let Some(answer) = desk.ask(rng, CANCEL_REPLAY, &input, &about).await else { return };
    desk.only(&answer, &["REPLAY_OPEN"], &about);
    desk.world.record.checked("answers to replays", 1);
    if answer["replay"].is_null() {
        return;
    }
    desk.world.model.lock().claims.replays[place].is_cancelled = true;
    ended(desk, rng, (place, id)).await;
}

/// Waits until nothing is left to be taken back, or to be put back.
async fn ended(desk: &Desk<'_>, rng: &mut Rng, (place, id): Started) {
    loop {
        let client = desk.world.gateway(rng).client.clone();
        match client.graphql(&desk.world.record, "replay", STATE, json!({ "id": id.to_string() })).await {
            Outcome::Answered(data) => {
                let mut state = desk.world.model.lock();
                let replay = &mut state.claims.replays[place];
                match data["exportReplay"]["state"].as_str() {
                    Some("DONE") => replay.done = Some(now()),
                    Some("CANCELLED") => replay.put_back = Some(now()),
                    _ => {}
                }
                let ended = if replay.is_cancelled { replay.put_back } else { replay.done };
                if ended.is_some() {
                    return;
                }
            }
            Outcome::Unknown(_) => {}
            Outcome::Refused(text) => client.refused(&desk.world.record, desk.about(&[]), &text),
        }
        desk.world.breathe().await;
    }
}
