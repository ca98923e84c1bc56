//! `ledgate import`, killed now and then, and run again until it says that all is loaded.

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fastrand::Rng;

use crate::listing::rest_entry;
use crate::record::About;
use crate::world::World;

const KILLED: &str = "an import killed";

/// Imports a file after the other until the run stops.
pub async fn work(world: Arc<World>, mut rng: Rng) {
    let mut file = 0;
    while !world.stopped() {
        world.pause(&mut rng, 12_000).await;
        let entries: Vec<String> =
            (0..rng.usize(1..=150)).map(|line| format!("import-{file}:{line}")).collect();
        let path = world.folder.join("import.ndjson");
        let lines: String = entries.iter().map(|entry| format!("{}\n", rest_entry(entry, 0))).collect();
        std::fs::write(&path, lines).unwrap();
        world.model.lock().begin_entries(&entries);
        let about = || About { entries: entries.clone(), ..About::default() };
        loop {
            world.event("import", about(), format!("imports file {file} of {} entries", entries.len()));
            let begun = Instant::now();
            let code = import(&world, &mut rng, &path).await;
            let result = match code {
                Some(0) => "answered",
                Some(2) => "could not run or broke off",
                _ => "killed",
            };
            world.record.request("import", result, begun);
            world.event("import", about(), format!("{result}: {code:?}"));
            match code {
                Some(0) => break world.model.lock().committed(&entries),
                Some(1) => {
                    world.record.failure("an import rejected lines", about(), format!("{}", path.display()))
                }
                _ => {}
            }
            world.breathe().await;
        }
        file += 1;
    }
}

async fn import(world: &World, rng: &mut Rng, path: &std::path::Path) -> Option<i32> {
    let log =
        std::fs::File::options().create(true).append(true).open(world.folder.join("import.log")).unwrap();
    let mut command = world.program(&world.import_url);
    command.args(["import", "--json"]).arg(path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    let mut child = command.spawn().unwrap();
    let kill_at = (rng.u8(..4) == 0 && !world.stopped()).then(|| Duration::from_millis(rng.u64(..400)));
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        if kill_at.is_some_and(|at| begun.elapsed() > at) {
            world.record.fault_begins(KILLED);
            child.kill().ok();
            child.wait().ok();
            world.record.fault_ends(KILLED);
            return None;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
