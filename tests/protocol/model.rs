//! The worlds and their states: gateways begin calls, send one statement after the other, and die at any moment.

use stateright::{Model, Property};

use crate::calls::Call;
use crate::choose::{
    applies, chooses_by_other_tables, is_at_work, is_undisturbed, names_its_rows, rows,
    takes_rows_that_are_there,
};
use crate::database::{CLAIMS, ENTRIES, Tables};
use crate::finish::{Next, finish};
use crate::promises;
use crate::rows::{Ids, Row, Rows};
use crate::rules::Rules;
use crate::statements::Statement;
use crate::touch::touch;
use crate::transaction::{Blocked, Run, Transaction};

/// The most transactions that are open at the same time.
pub const GATEWAYS: usize = 3;
/// The most different calls of a world.
pub const CALLS: usize = 7;
/// Steps of a take-over are taken as often as there is something to do.
pub const ALWAYS: u8 = u8::MAX;

/// What there is at first, and what may happen.
#[derive(Clone, Debug)]
pub struct World {
    pub tables: Tables,
    /// Whether all entries are of one voucher and the system's unit is the voucher; else each is a unit.
    pub is_voucher: bool,
    /// The calls, and how often each is begun at most.
    pub calls: Vec<(Call, u8)>,
    /// How many transactions are open at the same time.
    pub gateways: usize,
    /// Entries that a step takes over.
    pub chunk: usize,
    /// Whether gateways die.
    pub crashes: bool,
    /// How many leases end.
    pub leases: u8,
    /// What is not to be promised in this world.
    pub not_promised: Vec<&'static str>,
    pub rules: Rules,
}

/// One state of a world.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct State {
    /// What is committed.
    pub tables: Tables,
    /// The open transactions. Gateways are all alike, so they are kept in order.
    pub open: [Option<Transaction>; GATEWAYS],
    /// How often each call may still be begun.
    pub calls: [u8; CALLS],
    /// The leases of each claim that have ended, by the clock of the database.
    pub leases_ended: [u8; CLAIMS],
    /// The newest version of each entry that somebody was told is marked, unless it was unmarked since.
    pub told: [Option<u8>; ENTRIES],
    /// Entries whose mark was set aside, and that were not marked since.
    pub set_aside: Ids,
    /// Whether the replay has been given its number: the highest that an event had.
    pub is_replay_numbered: bool,
    /// Entries whose marks were there when the replay was started.
    pub is_to_replay: Ids,
    /// Whether a mark was put back of an entry that a worker had.
    pub is_snatched: bool,
    /// Whether a mark was put back that a person had taken back.
    pub is_undone: bool,
    /// Whether a claim took a part of a voucher.
    pub is_split: bool,
    /// Whether a claim came back with nothing.
    pub is_empty_handed: bool,
}

/// What happens next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// A gateway begins a call.
    Begin(Call),
    /// A gateway sends a statement, or the statement comes to its next row.
    Go(usize, Call, Statement),
    /// A gateway dies or gives up, or the database ends its transaction: a deadlock, a lock that it waits for too long.
    Die(usize, Call),
    /// The lease of a claim ends.
    LeaseEnds(usize),
}

impl State {
    /// The state after the next step of a gateway, or the gateways that it waits for.
    pub fn after(&self, world: &World, gateway: usize) -> Result<State, Blocked> {
        let mut state = self.clone();
        let Some(mut own) = state.open[gateway].take() else { return Err(Blocked(0)) };
        let statement = own.statement();
        let mut run = Run { world, state: &mut state, own: &mut own };
        let left = match run.own.left {
            Some(left) => left,
            None => {
                let chosen = rows(&run, statement);
                let snapshot_is_apart = chooses_by_other_tables(statement)
                    || (chosen.len() > 1 && !is_undisturbed(statement) && !names_its_rows(statement));
                if snapshot_is_apart && chosen.len() > 0 {
                    run.own.left = Some(chosen);
                    state.open[gateway] = Some(own);
                    return Ok(state.in_order());
                }
                chosen
            }
        };
        let now = if is_undisturbed(statement) { left.len() } else { left.len().min(1) };
        let mut rest = left;
        for row in left.iter().take(now as usize) {
            touch(&mut run, statement, row)?;
            rest.remove(row);
        }
        if rest != Rows::default() {
            run.own.left = Some(rest);
            state.open[gateway] = Some(own);
            return Ok(state.in_order());
        }
        run.own.left = None;
        match finish(&mut run, statement) {
            Next::GoOn => {
                run.own.at += 1;
                skip(&mut run);
                state.open[gateway] = Some(own);
            }
            Next::End { commit, then } => {
                if commit {
                    state.commit(world, &own);
                }
                state.ended();
                state.open[gateway] = then.map(|call| state.begun(world, call));
            }
        }
        Ok(state.in_order())
    }

    fn begun(&mut self, world: &World, call: Call) -> Transaction {
        let mut own = Transaction::begin(call);
        skip(&mut Run { world, state: self, own: &mut own });
        own
    }

    fn commit(&mut self, world: &World, own: &Transaction) {
        promises::note(self, world, own);
        own.written.iter().for_each(|row| self.tables.copy(row, &own.own));
        // A statement that has begun passes over rows that are gone, also when new ones take their place.
        for other in
            self.open.iter_mut().flatten().filter(|other| takes_rows_that_are_there(other.statement()))
        {
            if let Some(left) = &mut other.left {
                own.written.iter().filter(|row| !own.own.has(*row)).for_each(|row| left.remove(row));
            }
        }
    }

    /// A transaction has ended. Numbers matter from the step that notes its own until the history has an end.
    fn ended(&mut self) {
        let is_noted = self.tables.system.is_some_and(|system| system.is_numbered && system.end.is_none());
        let is_being_noted = self.open.iter().flatten().any(|own| own.alone.has(Row::System));
        if !is_noted && !is_being_noted {
            self.open.iter_mut().flatten().for_each(|other| other.is_older = false);
        }
    }

    fn in_order(mut self) -> Self {
        self.open.sort_unstable_by(|one, other| other.cmp(one));
        self
    }

    /// Whether the call has anything to be about.
    fn may_begin(&self, call: Call) -> bool {
        let tables = &self.tables;
        match call {
            Call::Insert { .. } | Call::Claim => true,
            Call::StartReplay => tables.replay.is_none(),
            Call::CancelReplay => tables.replay.is_some(),
            Call::ReplayStep | Call::PutBackStep => is_at_work(tables, call),
            Call::TakeOver => tables.system.is_some_and(|system| system.is_open()),
            Call::StepWithoutGaps | Call::PassMarked { .. } => false,
            Call::Settle { claim, .. } | Call::Release { claim } | Call::Extend { claim } => {
                tables.claims[claim].is_some()
            }
            _ => call.ids().iter().all(|at| tables.entries[at].is_some()),
        }
    }
}

/// Goes on to the next statement that applies.
fn skip(run: &mut Run<'_>) {
    while !applies(run, run.own.statement()) {
        run.own.at += 1;
    }
}

impl Model for World {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let calls = std::array::from_fn(|at| self.calls.get(at).map_or(0, |(_, times)| *times));
        vec![State {
            tables: self.tables,
            open: [None; GATEWAYS],
            calls,
            leases_ended: [0; CLAIMS],
            told: self.tables.marks,
            set_aside: Ids::where_(|at| self.tables.aside[at].is_some()),
            is_replay_numbered: self.tables.replay.is_some(),
            is_to_replay: Ids::where_(|at| self.tables.marks[at].is_some()),
            is_snatched: false,
            is_undone: false,
            is_split: false,
            is_empty_handed: false,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        let open = || state.open.iter().enumerate().filter_map(|(at, own)| Some((at, own.as_ref()?)));
        for (at, own) in open() {
            actions.push(Action::Go(at, own.call, own.statement()));
            if self.crashes {
                actions.push(Action::Die(at, own.call));
            }
        }
        if open().count() < self.gateways {
            let may_begin = |(at, call): (usize, Call)| state.calls[at] > 0 && state.may_begin(call);
            let calls = self.calls.iter().map(|(call, _)| *call).enumerate();
            actions.extend(calls.filter(|item| may_begin(*item)).map(|(_, call)| Action::Begin(call)));
        }
        if state.leases_ended.iter().sum::<u8>() < self.leases {
            for (at, claim) in state.tables.claims.iter().enumerate() {
                if claim.is_some_and(|claim| claim.lease >= state.leases_ended[at]) {
                    actions.push(Action::LeaseEnds(at));
                }
            }
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        match action {
            Action::Go(gateway, ..) => state.after(self, gateway).ok(),
            Action::Begin(call) => {
                let mut state = state.clone();
                let at = self.calls.iter().position(|(other, _)| *other == call)?;
                if state.calls[at] != ALWAYS {
                    state.calls[at] -= 1;
                }
                let gateway = state.open.iter().position(Option::is_none)?;
                state.open[gateway] = Some(state.begun(self, call));
                Some(state.in_order())
            }
            Action::Die(gateway, _) => {
                let mut state = state.clone();
                state.open[gateway] = None;
                state.ended();
                Some(state.in_order())
            }
            Action::LeaseEnds(claim) => {
                let mut state = state.clone();
                state.leases_ended[claim] += 1;
                Some(state)
            }
        }
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let promised = |property: &Property<Self>| !self.not_promised.contains(&property.name);
        promises::all().into_iter().filter(promised).collect()
    }
}
