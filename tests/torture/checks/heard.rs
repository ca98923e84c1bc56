//! At the end: what was heard by those who listened all the time, against the log read anew; and the log against the
//! timelines, the marks and what was acknowledged.

mod agreement;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use fastrand::Rng;
use sea_orm::DatabaseConnection;

use super::tables::all;
use crate::client::Outcome;
use crate::listeners::{Event, Listeners, systems, unreadable};
use crate::record::About;
use crate::world::World;

/// How long committed events may wait for their places in the log.
const PLACES: Duration = Duration::from_secs(60);

/// Ends the listeners, and checks what they heard. Nothing may happen to exports any more.
pub async fn check(world: &World, rng: &mut Rng, listeners: &mut Listeners) {
    let connection = world.other_program_at_last().await;
    if world.settings.postgres {
        all_have_places(world, &connection).await;
    }
    let log = anew(world, rng).await;
    world.record.checked("events of the log", log.len());
    if log.is_empty() {
        world.record.failure("nothing is in the log", About::default(), "no event of any system");
    }
    listeners.end(world, log.last().map_or(0, |event| event.place.position)).await;
    let mut by_pages = listeners.by_pages.events();
    in_order(world, "by pages", &by_pages);
    by_pages.sort_by_key(|event| event.place.position);
    compare(world, "by pages", &by_pages, &log);
    compare(world, "by a subscription", &listeners.by_subscription.events(), &log);
    if listeners.by_subscription.interruptions() == 0 {
        let text = "every gateway was killed, and the subscription went on";
        world.record.failure("the subscription was never interrupted", About::default(), text);
    }
    agreement::check(world, &connection, &log).await;
    connection.close().await.ok();
}

/// A gateway gives committed events their places in the log by itself.
async fn all_have_places(world: &World, connection: &DatabaseConnection) {
    let begun = Instant::now();
    loop {
        let waiting = all(connection, "SELECT id FROM unsequenced_events LIMIT 1").await.unwrap();
        if waiting.is_empty() {
            return;
        }
        if begun.elapsed() > PLACES {
            let text = format!("some wait after {} s", PLACES.as_secs());
            return world.record.failure("an event gets no place in the log", About::default(), text);
        }
        world.breathe().await;
    }
}

/// The log from its beginning, by the other surface than the listeners use.
async fn anew(world: &World, rng: &mut Rng) -> Vec<Event> {
    let mut log = Vec::new();
    for system in systems() {
        let mut after: Option<String> = None;
        loop {
            let client = world.gateway(rng).client.clone();
            let request = client.get("/v10/export-events").query(&[("system_id", system), ("limit", "500")]);
            let request = match &after {
                Some(after) => request.query(&[("after", after)]),
                None => request,
            };
            let answer = match client.send(&world.record, "log anew", request).await {
                Outcome::Answered(answer) => answer,
                // Nothing is wrong any more, so every question has to be answered.
                Outcome::Unknown(text) | Outcome::Refused(text) => {
                    client.refused(&world.record, About::default(), &text);
                    break;
                }
            };
            for node in answer["events"].as_array().into_iter().flatten() {
                match Event::read(node) {
                    Some(event) => log.push(event),
                    None => unreadable(world, node),
                }
            }
            after = answer["next_after"].as_str().map(str::to_owned);
            if after.is_none() {
                break;
            }
        }
    }
    in_order(world, "anew", &log);
    log.sort_by_key(|event| event.place.position);
    log
}

/// A listener has heard the log: each event once, and in its order.
fn compare(world: &World, how: &str, events: &[Event], log: &[Event]) {
    world.record.checked("events heard", events.len());
    let differs = |at: &usize| events.get(*at) != log.get(*at);
    if let Some(at) = (0..events.len().max(log.len())).find(differs) {
        let event = log.get(at).or(events.get(at));
        let (heard, told) = (events.get(at), log.get(at));
        let text = format!(
            "{how}, of {} events {}: event {at} was heard as {heard:?}, and the log has {told:?}",
            log.len(),
            events.len()
        );
        let of = event.map(|event| about(world, event.entry, &event.system)).unwrap_or_default();
        world.record.failure("a listener has not heard what the log tells", of, text);
    }
}

/// What pages told: the positions of each system's events rise.
fn in_order(world: &World, how: &str, events: &[Event]) {
    let mut last: HashMap<&str, &Event> = HashMap::new();
    for event in events {
        let before = last.insert(&event.system, event);
        if let Some(before) = before.filter(|before| before.place.position >= event.place.position) {
            let text = format!("{how}: {before:?}, and then {event:?}");
            let of = about(world, event.entry, &event.system);
            world.record.failure("pages tell events out of order, or one twice", of, text);
        }
    }
}

/// An entry as the system sees it.
fn about(world: &World, entry: Option<i64>, system: &str) -> About {
    let name = entry.and_then(|id| world.model.lock().by_id.get(&id).cloned());
    About { entries: name.into_iter().collect(), system: Some(system.to_owned()), call: None }
}
