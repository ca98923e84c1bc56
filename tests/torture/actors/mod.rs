//! Those who use ledgate. Each goes on until the run stops, and then finishes what it began.

mod exporters;
mod foreign;
mod importer;
mod persons;
mod readers;
mod recorders;
mod replayer;
mod workers;

use std::sync::Arc;

use fastrand::Rng;
use tokio::task::JoinSet;

use crate::world::World;

pub use readers::{Way, all_systems, moment, read};

/// Systems that there are from the beginning.
pub const SYSTEMS: [&str; 3] = ["erp", "warehouse", "tax"];
/// Systems that become known while everything runs.
pub const LATECOMERS: [&str; 3] = ["late-1", "late-2", "late-3"];

/// Starts all of them.
pub fn start(world: &Arc<World>, rng: &mut Rng) -> JoinSet<()> {
    let mut actors = JoinSet::new();
    for index in 0..3 {
        actors.spawn(recorders::work(Arc::clone(world), rng.fork(), format!("recorder-{index}")));
    }
    actors.spawn(importer::work(Arc::clone(world), rng.fork()));
    for index in 0..if world.settings.postgres { 4 } else { 2 } {
        actors.spawn(foreign::work(Arc::clone(world), rng.fork(), format!("foreign-{index}")));
    }
    for (index, system) in ["erp", "erp", "warehouse", "warehouse", "tax"].into_iter().enumerate() {
        let name = format!("exporter-{index}");
        actors.spawn(exporters::work(Arc::clone(world), rng.fork(), name, system));
    }
    for (index, system) in LATECOMERS.into_iter().enumerate() {
        actors.spawn(exporters::come_late(Arc::clone(world), rng.fork(), index, system));
    }
    actors.spawn(readers::work(Arc::clone(world), rng.fork()));
    for index in 0..3 {
        actors.spawn(workers::work(Arc::clone(world), rng.fork(), format!("worker-{index}")));
    }
    for index in 0..2 {
        actors.spawn(persons::work(Arc::clone(world), rng.fork(), format!("person-{index}")));
    }
    // Choices of its own: they change nothing of the faults that the seed gives.
    let own = Rng::with_seed(world.settings.seed.rotate_left(32));
    actors.spawn(replayer::work(Arc::clone(world), own, "replayer".to_owned()));
    actors
}
