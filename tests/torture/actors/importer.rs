//! `ledgate import`, killed now and then, and run again until it says that all is loaded.

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fastrand::Rng;

use crate::listing::rest_entry;
use crate::model::Fate;
use crate::record::About;
use crate::world::World;

const KILLED: &str = "an import killed";

/// Entries of a voucher in a file.
const IN_A_VOUCHER: usize = 4;

/// Imports a file after the other until the run stops, and some of them once more with changes.
pub async fn work(world: Arc<World>, mut rng: Rng) {
    let mut file = 0;
    while !world.stopped() {
        world.pause(&mut rng, 12_000).await;
        let mut lines = rng.usize(1..=150);
        load(&world, &mut rng, file, lines, 0).await;
        while rng.bool() && !world.stopped() {
            world.pause(&mut rng, 3_000).await;
            // Lines that join vouchers of which some were sent already, and vouchers of their own.
            lines += rng.usize(..=6);
            let changes = rng.usize(..=20);
            load(&world, &mut rng, file, lines, changes).await;
        }
        file += 1;
    }
}

/// Imports so many lines in any order, so many of them with another text than before, until they are loaded.
async fn load(world: &World, rng: &mut Rng, file: usize, lines: usize, changes: usize) {
    let entries: Vec<String> = (0..lines).map(|line| format!("import-{file}:{line}")).collect();
    let path = world.folder.join("import.ndjson");
    let mut text: Vec<String> = {
        let mut state = world.model.lock();
        state.begin_entries(&entries);
        let versions = entries.iter().enumerate().map(|(line, entry)| {
            let known = state.entries.get_mut(entry).expect("it was begun");
            let is_new = known.fate == Fate::Unknown;
            known.asked_version += u32::from(!is_new && rng.usize(..lines) < changes);
            let mut written = rest_entry(entry, known.asked_version);
            written["journal_code"] = "IM".into();
            written["entry_number"] = format!("{file}/{}", line / IN_A_VOUCHER).into();
            format!("{written}\n")
        });
        versions.collect()
    };
    rng.shuffle(&mut text);
    std::fs::write(&path, text.concat()).unwrap();
    let about = || About { entries: entries.clone(), ..About::default() };
    loop {
        world.event("import", about(), format!("imports {lines} lines of file {file}, {changes} changes"));
        let begun = Instant::now();
        let code = import(world, rng, &path).await;
        let result = match code {
            Some(0) => "answered",
            Some(2) => "could not run or broke off",
            _ => "killed",
        };
        world.record.request("import", result, begun);
        world.event("import", about(), format!("{result}: {code:?}"));
        match code {
            Some(0) => return world.model.lock().committed(&entries),
            Some(1) => {
                world.record.failure("an import rejected lines", about(), format!("{}", path.display()))
            }
            _ => {}
        }
        world.breathe().await;
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
