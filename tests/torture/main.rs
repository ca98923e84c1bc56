//! Tries to break the promise that nothing is lost: real gateways on a real database, everybody who uses them at
//! once, and every fault that a machine, a network, a database and other programs can produce.
//!
//! `cargo test` runs a short one on each database; `scripts/torture` as long a one as you like. Random choices come
//! from a seed. The timing depends on the machine, so the same seed makes the same faults in the same order, and not the
//! same run.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and a run tells what it did"
)]

mod actors;
mod checks;
mod claims;
mod client;
mod desk;
mod disk;
mod erp;
mod faults;
mod gateway;
mod listeners;
mod listing;
mod model;
mod postgres;
#[path = "../it/support/postgres_programs.rs"]
mod postgres_programs;
#[path = "../it/support/proxy.rs"]
#[allow(dead_code, reason = "shared with the other tests")]
mod proxy;
mod record;
mod world;

use std::path::PathBuf;
use std::time::Duration;

use fastrand::Rng;

use listeners::Listeners;
use model::{Fate, Result};
use record::About;
use world::World;

/// What a short run begins from.
const SEED: u64 = 20_261_124;
/// How long those who use ledgate may take to finish what they began, once the faults are over.
const FINISH: Duration = Duration::from_secs(180);

/// How a run was asked for.
#[derive(Clone, Debug)]
pub struct Settings {
    /// PostgreSQL; else SQLite.
    pub postgres: bool,
    /// Random choices come from it.
    pub seed: u64,
    /// How long faults are made; each once, in a short run.
    pub duration: Option<Duration>,
    /// The program.
    pub ledgate: PathBuf,
}

impl Settings {
    /// A short run, or what `scripts/torture` says.
    fn new(postgres: bool) -> Self {
        let told =
            |name: &str| std::env::var(format!("TORTURE_{name}")).ok().filter(|value| !value.is_empty());
        let number = |name: &str| {
            told(name).map(|value| {
                value.parse::<u64>().unwrap_or_else(|_| panic!("{name}: {value:?} is no number"))
            })
        };
        Self {
            postgres,
            seed: number("SEED").unwrap_or(SEED),
            duration: number("MINUTES").map(|minutes| Duration::from_secs(minutes * 60)),
            ledgate: told("PROGRAM").unwrap_or_else(|| env!("CARGO_BIN_EXE_ledgate").to_owned()).into(),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_on_sqlite() {
    run(Settings::new(false)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_on_postgres() {
    run(Settings::new(true)).await;
}

async fn run(settings: Settings) {
    let mut rng = Rng::with_seed(settings.seed);
    let world = World::start(settings).await;
    let mut listeners = Listeners::start(&world);
    let mut actors = actors::start(&world, &mut rng);
    faults::work(&world, &mut rng).await;
    faults::end(&world).await;
    world.stop.cancel();
    let finishing = async {
        while let Some(ended) = actors.join_next().await {
            ended.expect("an actor broke off");
        }
    };
    if tokio::time::timeout(FINISH, finishing).await.is_err() {
        let text = format!("{} actors after {} s", actors.len(), FINISH.as_secs());
        world.record.failure("what was begun is never answered", About::default(), text);
    }
    checks::settled::check(&world, &mut rng).await;
    checks::heard::check(&world, &mut rng, &mut listeners).await;
    let report = world.record.report(&heading(&world, &listeners));
    println!("\n{report}");
    if world.record.all_held() {
        std::fs::remove_dir_all(&world.folder).ok();
    } else {
        std::fs::write(world.folder.join("events.log"), world.record.events()).unwrap();
        panic!("{report}\nThe logs are in {}", world.folder.display());
    }
}

/// The seed, and what there was.
fn heading(world: &World, listeners: &Listeners) -> String {
    let state = world.model.lock();
    let of = |is: fn(&Fate) -> bool| state.entries.values().filter(|entry| is(&entry.fate)).count();
    let marks = state.calls.iter().map(|call| match &call.result {
        Result::Acknowledged(_, marked) => marked.len(),
        _ => 0,
    });
    let (posted, twice) = world.erp.totals();
    format!(
        "{}, seed {}: {} entries committed, {} rolled back, {} marks in {} calls; the ERP keeps {posted}, {twice} of \
         them sent more than once; {}; {}",
        if world.settings.postgres { "PostgreSQL" } else { "SQLite" },
        world.settings.seed,
        of(|fate| matches!(fate, Fate::Committed(_))),
        of(|fate| *fate == Fate::RolledBack),
        marks.sum::<usize>(),
        state.calls.len(),
        state.claims.summary(),
        listeners.summary(),
    )
}
