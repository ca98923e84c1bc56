//! Recorders: new entries and new versions of their own, through both doors, repeated until they are acknowledged.

use std::sync::Arc;

use fastrand::Rng;

use super::SYSTEMS;
use crate::client::{Door, Outcome};
use crate::record::About;
use crate::world::World;

/// Nobody records while the exporters are so far behind.
const BACKLOG: usize = 1_200;

/// Records until the run stops.
pub async fn work(world: Arc<World>, mut rng: Rng, name: String) {
    let mut mine: Vec<String> = Vec::new();
    while !world.stopped() {
        let backlog = world.model.lock().backlog(SYSTEMS[0]);
        world.pause(&mut rng, if backlog > BACKLOG { 2_000 } else { 400 }).await;
        let mut entries: Vec<String> =
            (0..rng.usize(1..=20)).map(|number| format!("{name}:{}", mine.len() + number)).collect();
        mine.extend(entries.iter().cloned());
        world.model.lock().claims.recorded(&entries);
        if rng.u8(..4) == 0 {
            let old = rng.usize(..mine.len());
            if !entries.contains(&mine[old]) {
                entries.push(mine[old].clone());
            }
        }
        rng.shuffle(&mut entries);
        record(&world, &mut rng, &name, entries).await;
    }
}

async fn record(world: &World, rng: &mut Rng, name: &str, entries: Vec<String>) {
    let entries: Vec<(String, u32)> = {
        let mut state = world.model.lock();
        let mut version = |entry: String| {
            let version = state.entries.get(&entry).map_or(0, |known| known.asked_version + 1);
            if let Some(known) = state.entries.get_mut(&entry) {
                known.asked_version = version;
            }
            state.begin_entries([&entry]);
            (entry, version)
        };
        entries.into_iter().map(&mut version).collect()
    };
    let names: Vec<String> = entries.iter().map(|(entry, _)| entry.clone()).collect();
    let about = || About { entries: names.clone(), ..About::default() };
    loop {
        let door = if rng.bool() { Door::Graphql } else { Door::Rest };
        let client = world.gateway(rng).client.clone();
        world.event(
            name,
            about(),
            format!("records {} entries at {} by {door:?}", names.len(), client.gateway),
        );
        match client.record(&world.record, door, &entries).await {
            Outcome::Answered(ids) => {
                let mut wrong = Vec::new();
                if ids.len() != names.len() {
                    wrong.push(format!("recorded {} entries and was told {} ids", names.len(), ids.len()));
                }
                let mut state = world.model.lock();
                wrong.extend(names.iter().zip(&ids).filter_map(|(entry, id)| state.learn_id(entry, *id)));
                state.committed(&names);
                drop(state);
                world.event(name, about(), format!("acknowledged: ids {ids:?}"));
                for text in wrong {
                    world.record.failure("a recording was answered wrongly", about(), text);
                }
                return;
            }
            Outcome::Unknown(text) => world.event(name, about(), format!("not acknowledged: {text}")),
            Outcome::Refused(text) => client.refused(&world.record, about(), &text),
        }
        world.breathe().await;
    }
}
