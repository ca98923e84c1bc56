//! Makes worlds, and checks them.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::time::Instant;

use stateright::{Checker, HasDiscoveries, Model};

use crate::calls::Call;
use crate::database::{ENTRIES, Entry, Pending, Replay, ReplayState, System, Tables};
use crate::model::{ALWAYS, World};
use crate::promises::{self, DONE, NOT_LEFT};
use crate::rows::Ids;
use crate::rules::Rules;

/// The first entry, the second, and both.
pub const ONE: Ids = Ids::of(0b001);
pub const TWO: Ids = Ids::of(0b010);
pub const BOTH: Ids = Ids::of(0b011);

/// As many steps of a take-over as there are to do.
pub const TAKE_OVER: (Call, u8) = (Call::TakeOver, ALWAYS);

/// As many steps of a replay as there are to do: they take marks back, or put them back.
pub const REPLAY: (Call, u8) = (Call::ReplayStep, ALWAYS);
pub const PUT_BACK: (Call, u8) = (Call::PutBackStep, ALWAYS);

/// A mark of the newest version.
pub fn mark(ids: Ids) -> Call {
    Call::Mark { ids, version: None, named: false }
}

/// The same, with the system's own document.
pub fn mark_named(ids: Ids) -> Call {
    Call::Mark { ids, version: None, named: true }
}

/// What was exported of the first claim, and whether the rest was refused.
pub fn settle(sent: Ids, refused: bool) -> Call {
    Call::Settle { claim: 0, sent, refused }
}

/// A material change.
pub fn correct(id: usize) -> Call {
    Call::Replace { id, changes: true }
}

/// The same content again, for an entry that may be withdrawn.
pub fn reinstate(id: usize) -> Call {
    Call::Replace { id, changes: false }
}

impl World {
    /// A ledger with these entries and a system that is not known yet. Gateways have two transactions open at a time.
    pub fn new(entries: Ids, calls: &[(Call, u8)]) -> Self {
        let mut tables = Tables::default();
        entries.iter().for_each(|at| tables.entries[at] = Some(Entry { version: 1, withdrawn: false }));
        Self {
            tables,
            is_voucher: false,
            calls: calls.to_vec(),
            gateways: 2,
            chunk: 1,
            crashes: true,
            leases: 0,
            not_promised: vec![NOT_LEFT],
            rules: Rules::KEPT,
        }
    }

    /// All entries are of one voucher, and the system's unit is the voucher.
    pub fn voucher(self) -> Self {
        Self { is_voucher: true, ..self }
    }

    /// Three transactions are open at a time.
    pub fn three(self) -> Self {
        Self { gateways: 3, ..self }
    }

    /// The same where `PROTOCOL_WIDE` is set: that takes some minutes without optimisation.
    pub fn wide(self) -> Self {
        if std::env::var_os("PROTOCOL_WIDE").is_some() { self.three() } else { self }
    }

    /// So many leases end.
    pub fn leases(self, leases: u8) -> Self {
        Self { leases, ..self }
    }

    /// The entry is withdrawn.
    pub fn withdrawn(mut self, at: usize) -> Self {
        self.tables.entries[at] = Some(Entry { version: 1, withdrawn: true });
        self
    }

    /// The system is known, and its history has an end. Nothing of it is taken over.
    pub fn settled(mut self) -> Self {
        let end = Some(self.tables.entries.iter().rposition(Option::is_some).map_or(0, |at| at as u8 + 1));
        self.tables.system = Some(System { is_numbered: true, end, taken_over_to: 0 });
        self
    }

    /// The system is known, and all of its history is taken over. These entries are marked for it.
    pub fn taken_over(self, marked: Ids) -> Self {
        let mut world = self.settled();
        let tables = &mut world.tables;
        for at in marked.iter() {
            (tables.marks[at], tables.changed[at]) = (Some(1), !tables.stands(at));
        }
        if let Some(system) = &mut tables.system {
            system.taken_over_to = system.end.unwrap_or_default();
        }
        let unsent = Ids::where_(|at| tables.is_unsent(at));
        unsent.iter().for_each(|at| tables.pending[at] = Some(Pending::default()));
        world
    }

    /// The system is known, its history has an end, and these entries are marked. Nothing is taken over.
    pub fn marked(self, ids: Ids) -> Self {
        let mut world = self.settled();
        ids.iter().for_each(|at| world.tables.marks[at] = Some(1));
        world
    }

    /// A replay was started. Nothing is taken back yet.
    pub fn replaying(mut self) -> Self {
        self.tables.replay = Some(Replay::default());
        self
    }

    /// A replay has taken back the marks of these entries, and is being cancelled. Nothing is put back yet.
    pub fn cancelling(mut self, taken_back: Ids) -> Self {
        self.tables.replay = Some(Replay { state: ReplayState::Cancelling, passed: 0 });
        taken_back.iter().for_each(|at| self.tables.aside[at] = Some(1));
        self
    }

    /// The rules are others.
    pub fn with(mut self, change: impl FnOnce(&mut Rules)) -> Self {
        change(&mut self.rules);
        self
    }

    /// The claims are all that happens, and nobody dies: then they leave nothing.
    pub fn only_claims(self) -> Self {
        Self { crashes: false, not_promised: Vec::new(), ..self }
    }
}

/// Visits every state of the world; gives the promises that do not hold.
fn check(name: &str, world: &World) -> BTreeSet<&'static str> {
    let begun = Instant::now();
    let checker = world.clone().checker().finish_when(HasDiscoveries::AllFailures).spawn_bfs().join();
    let mut found: BTreeSet<&'static str> = checker.discoveries().into_keys().collect();
    println!(
        "{name}: {} states, {} transitions, {:.1} s{}",
        checker.unique_state_count(),
        checker.state_count(),
        begun.elapsed().as_secs_f32(),
        found.iter().filter(|name| **name != DONE).fold(String::new(), |all, name| all + "; not so: " + name)
    );
    assert!(found.remove(DONE), "{name}: no order lets every call come to its end");
    found
}

/// The shortest way to a state in which the promise does not hold.
fn shortest(world: &World, promise: &'static str) -> String {
    for depth in 1..200 {
        let until = HasDiscoveries::AnyOf([promise].into());
        let checker = world.clone().checker().target_max_depth(depth).finish_when(until).spawn_bfs().join();
        if let Some(path) = checker.discovery(promise) {
            let mut told = format!("not so: {promise}\n");
            for action in path.clone().into_actions() {
                let _ = writeln!(told, "  {action:?}");
            }
            let _ = writeln!(told, "  committed: {:?}", path.last_state().tables);
            return told;
        }
    }
    String::new()
}

/// All that is promised holds in every state of the world.
#[track_caller]
pub fn holds(name: &str, world: World) {
    let found = check(name, &world);
    let told: String = found.iter().map(|promise| shortest(&world, promise)).collect();
    assert!(found.is_empty(), "{name}\n{told}");
}

/// This is not kept in some state of the world; with `PROTOCOL_TRACES` set, the way there is printed.
#[track_caller]
pub fn breaks(name: &str, promise: &'static str, world: World) {
    let found = check(name, &world);
    assert!(found.contains(promise), "{name}: it is kept that {promise}");
    if std::env::var_os("PROTOCOL_TRACES").is_some() {
        println!("{}", shortest(&world, promise));
    }
}

#[test]
fn every_promise_holds_at_first() {
    let world = World::new(BOTH, &[]).taken_over(ONE);
    assert_eq!(world.tables.pending.iter().flatten().count(), 1);
    assert!(world.tables.entries.len() == ENTRIES && !promises::all().is_empty());
    holds("nothing happens", world);
}
