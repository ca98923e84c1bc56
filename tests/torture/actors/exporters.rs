//! Exporters: they read what their system has not been sent, post it to the ERP, and mark it, with an idempotency key
//! and again until it is acknowledged, or without one and once.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;

use super::{SYSTEMS, Way, read};
use crate::client::{Door, Outcome};
use crate::listing::Seen;
use crate::model::{Item, Result};
use crate::record::About;
use crate::world::World;

/// Exports until the run stops.
pub async fn work(world: Arc<World>, mut rng: Rng, name: String, system: &'static str) {
    while !world.stopped() {
        world.pause(&mut rng, 800).await;
        export(&world, &mut rng, &name, system, 60).await;
    }
}

/// The same for a system that becomes known while everything runs.
pub async fn come_late(world: Arc<World>, mut rng: Rng, index: usize, system: &'static str) {
    let share = world.settings.duration.map_or(50, |whole| whole.as_secs()) * (index as u64 * 2 + 1) / 7;
    world.stop.run_until_cancelled(tokio::time::sleep(Duration::from_secs(share))).await;
    while !world.stopped() {
        export(&world, &mut rng, system, system, 10).await;
        world.pause(&mut rng, 8_000).await;
    }
}

async fn export(world: &World, rng: &mut Rng, name: &str, system: &str, most: usize) {
    let client = world.gateway(rng).client.clone();
    let way = Way::any(rng);
    let Some(mut seen) = read(world, rng, &client, system, None, way, name).await else { return };
    // Two exporters of a system often take the same ones.
    if rng.bool() {
        rng.shuffle(&mut seen);
    }
    seen.truncate(most);
    let names: Vec<String> = seen.iter().map(|seen| seen.entry.clone()).collect();
    world.erp.post(&world.http, system, &names).await;
    let mut rest = seen.as_slice();
    while !rest.is_empty() {
        let (now, later) = rest.split_at(rng.usize(1..=10).min(rest.len()));
        rest = later;
        let mut items: Vec<Item> = now.iter().map(|seen| item(seen, system)).collect();
        let other = rng.choice(SYSTEMS).unwrap_or(system);
        if items.len() <= 5 && other != system && rng.u8(..6) == 0 {
            let names: Vec<String> = now.iter().map(|seen| seen.entry.clone()).collect();
            world.erp.post(&world.http, other, &names).await;
            items.extend(now.iter().map(|seen| item(seen, other)));
        }
        mark(world, rng, name, items).await;
        if world.stopped() {
            return;
        }
    }
}

fn item(seen: &Seen, system: &str) -> Item {
    Item { entry: seen.entry.clone(), id: seen.id, system: system.to_owned() }
}

/// One marking call. With a key it is repeated until it is acknowledged, and sometimes once more.
async fn mark(world: &World, rng: &mut Rng, name: &str, items: Vec<Item>) {
    let run = format!("run-{}", world.settings.seed);
    let number = world.model.lock().begin_call(items.clone(), rng.u8(..5) > 0, &run);
    let key = world.model.lock().calls[number].key.clone();
    let entries: Vec<String> = items.iter().map(|item| item.entry.clone()).collect();
    let about = || About { entries: entries.clone(), system: None, call: Some(number) };
    let mut again = if rng.u8(..6) == 0 { 2 } else { 1 };
    while again > 0 {
        let door = if rng.bool() { Door::Graphql } else { Door::Rest };
        let client = world.gateway(rng).client.clone();
        let keyed = if key.is_some() { "with its key" } else { "without a key" };
        let text = format!("call {number} {keyed} at {} by {door:?}: marks {}", client.gateway, told(&items));
        world.event(name, about(), text);
        match client.mark(&world.record, door, &items, number, key.as_deref()).await {
            Outcome::Answered(marked) => {
                let times: Vec<i64> = marked.iter().map(|mark| mark.at).collect();
                world.event(name, about(), format!("call {number} acknowledged: marked at {times:?}"));
                let wrong = world.model.lock().acknowledge(number, marked);
                world.record.checked("answers to marking calls", 1);
                for text in wrong {
                    world.record.failure(
                        "a marking call was answered wrongly",
                        about(),
                        format!("call {number}: {text}"),
                    );
                }
                again -= 1;
            }
            Outcome::Unknown(text) => {
                world.event(name, about(), format!("call {number} not acknowledged: {text}"));
                world.breathe().await;
            }
            Outcome::Refused(text) => {
                client.refused(&world.record, about(), &text);
                world.breathe().await;
            }
        }
        if key.is_none() {
            return;
        }
    }
    if rng.u8(..20) == 0 {
        reuse(world, rng, number, items).await;
    }
}

/// The same key with other items has to be refused.
async fn reuse(world: &World, rng: &mut Rng, number: usize, mut items: Vec<Item>) {
    let key = world.model.lock().calls[number].key.clone();
    let acknowledged = matches!(world.model.lock().calls[number].result, Result::Acknowledged(..));
    items.rotate_left(1);
    if !acknowledged || items.len() < 2 {
        return;
    }
    let client = world.gateway(rng).client.clone();
    match client.mark(&world.record, Door::Graphql, &items, number, key.as_deref()).await {
        Outcome::Refused(text) if text.starts_with("IDEMPOTENCY_KEY_REUSED") => {
            world.record.checked("reused keys", 1);
        }
        Outcome::Refused(text) => client.refused(&world.record, About::call(number), &text),
        Outcome::Unknown(_) => {}
        Outcome::Answered(marked) => {
            let text = format!("{marked:?}");
            world.record.failure("a key was taken for other items", About::call(number), text);
        }
    }
}

fn told(items: &[Item]) -> String {
    let told: Vec<String> = items.iter().map(|item| format!("{} for {}", item.id, item.system)).collect();
    told.join(", ")
}
