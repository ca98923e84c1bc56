//! What is measured now and then: how far the systems of each ledger are behind. And what is looked up when somebody asks for
//! the metrics: connections, and the process.
//!
//! Each measurement of a ledger takes the place of the one before, so that a system that was retired is told no longer, nor
//! after some time is a ledger that was taken away. The values are put into a recorder of their own whenever somebody asks:
//! in the recorder of the counters they would stay for ever.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use metrics::{Unit, describe_gauge, gauge};
use metrics_exporter_prometheus::PrometheusBuilder;
use metrics_process::Collector;

const UNEXPORTED: &str = "ledgate_unexported_entries";
const OLDEST: &str = "ledgate_oldest_unexported_seconds";
const LAST_MARKED: &str = "ledgate_last_marked_timestamp_seconds";
const CHANGED: &str = "ledgate_changed_entries";
const CONFLICTS: &str = "ledgate_open_conflicts";
const SYSTEMS: &str = "ledgate_systems";
const MEASURED: &str = "ledgate_measured_timestamp_seconds";
const LOG_POSITION: &str = "ledgate_log_position";
const CONNECTIONS: &str = "ledgate_database_connections";
const MAX_CONNECTIONS: &str = "ledgate_database_connections_max";

/// What the names of the metrics of the process begin with, before `process_`.
const PROCESS: &str = "ledgate_";

/// `None` until the metrics are recorded.
static MEASUREMENTS: OnceLock<Measurements> = OnceLock::new();

/// How far a system is behind.
#[derive(Clone, Debug)]
pub struct MeasuredSystem {
    /// Its name.
    pub name: String,
    /// The unexported entries by state.
    pub unexported: Vec<(&'static str, u64)>,
    /// How long ago the oldest of them was recorded, in seconds; 0 when there is none.
    pub oldest_seconds: f64,
    /// When it was last marked for, in seconds since 1970; `None` when it never was.
    pub last_marked_at: Option<f64>,
    /// Entries that have changed since the system was sent them.
    pub changed: u64,
    /// Conflicts that nobody has resolved.
    pub open_conflicts: u64,
}

/// How many connections a pool has.
#[derive(Clone, Copy, Debug)]
pub struct PoolUse {
    /// Which pool of the ledger.
    pub pool: &'static str,
    /// Those that are used.
    pub in_use: u32,
    /// Those that are open and wait for use.
    pub idle: u32,
    /// The most that there may be.
    pub max: u32,
}

/// What is asked for the pools of a ledger. It gives none once they are closed.
type Pools = Arc<dyn Fn() -> Vec<PoolUse> + Send + Sync>;

/// What was measured of a ledger.
#[derive(Clone)]
pub struct MeasuredLedger {
    /// When that was, in seconds since 1970.
    pub at: f64,
    /// Its systems.
    pub systems: Vec<MeasuredSystem>,
    /// Asked whenever somebody asks for the metrics.
    pub pools: Pools,
}

struct Measurements {
    every: Duration,
    kept: Duration,
    /// By the name of the ledger. There are no more than the operator made.
    ledgers: Mutex<BTreeMap<String, Turn>>,
}

/// A ledger's turns to be measured.
struct Turn {
    begun: Instant,
    /// How far the events of its log are counted.
    log_position: Option<i64>,
    last: Option<Measured>,
}

struct Measured {
    kept_since: Instant,
    ledger: MeasuredLedger,
}

pub(super) fn start(every: Duration, kept: Duration) {
    MEASUREMENTS.get_or_init(|| Measurements::new(every, kept));
}

/// Whether this ledger is to be measured now; then its next turn is counted from here. Never while nobody records.
pub fn begin_to_measure(ledger: &str) -> bool {
    MEASUREMENTS.get().is_some_and(|measurements| measurements.begin(ledger))
}

/// Tells what was measured of a ledger, in place of what was told before.
pub fn ledger_measured(ledger: &str, measured: MeasuredLedger) {
    if let Some(measurements) = MEASUREMENTS.get() {
        measurements.keep(ledger, measured);
    }
}

/// How far the events of the log of this ledger are counted; `None` before they were first looked at.
pub fn log_was_counted_to(ledger: &str) -> Option<i64> {
    MEASUREMENTS.get()?.ledgers().get(ledger)?.log_position
}

/// Notes how far they are counted.
pub fn log_counted_to(ledger: &str, position: i64) {
    if let Some(measurements) = MEASUREMENTS.get()
        && let Some(turn) = measurements.ledgers().get_mut(ledger)
    {
        turn.log_position = Some(position);
    }
}

/// All of it as text, each metric after its description.
pub(super) fn render() -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    metrics::with_local_recorder(&recorder, || {
        describe();
        let process = Collector::new(PROCESS);
        process.describe();
        process.collect();
        if let Some(measurements) = MEASUREMENTS.get() {
            measurements.tell();
        }
    });
    recorder.handle().render()
}

fn describe() {
    describe_gauge!(
        UNEXPORTED,
        "Entries that the system has not been sent, by ledger, system and state: PENDING, CLAIMED, FAILED, PARKED. Each is \
         counted up to 10000, which stands for 10000 or more."
    );
    describe_gauge!(
        OLDEST,
        Unit::Seconds,
        "How long ago the oldest entry was recorded that the system has not been sent; 0 when there is none."
    );
    describe_gauge!(LAST_MARKED, Unit::Seconds, "When an entry was last marked for the system, since 1970.");
    describe_gauge!(
        CHANGED,
        "Entries that have changed since the system was sent them, counted up to 10000."
    );
    describe_gauge!(CONFLICTS, "Conflicts of the system that nobody has resolved, counted up to 100.");
    describe_gauge!(SYSTEMS, "Systems of the ledger that were measured, which are the first 1000 by name.");
    describe_gauge!(MEASURED, Unit::Seconds, "When the ledger was last measured, since 1970.");
    describe_gauge!(LOG_POSITION, "The position in the log of events up to which events are counted.");
    describe_gauge!(
        CONNECTIONS,
        "Connections to the database of an open ledger, by pool and state: in_use or idle."
    );
    describe_gauge!(MAX_CONNECTIONS, "The most connections that the pool of an open ledger may have.");
}

impl Measurements {
    fn new(every: Duration, kept: Duration) -> Self {
        Self { every, kept, ledgers: Mutex::default() }
    }

    fn begin(&self, ledger: &str) -> bool {
        let mut ledgers = self.ledgers();
        let now = Instant::now();
        match ledgers.get_mut(ledger) {
            Some(turn) if turn.begun.elapsed() < self.every => return false,
            Some(turn) => turn.begun = now,
            None => {
                ledgers.insert(ledger.to_owned(), Turn { begun: now, log_position: None, last: None });
            }
        }
        true
    }

    fn keep(&self, name: &str, ledger: MeasuredLedger) {
        if let Some(turn) = self.ledgers().get_mut(name) {
            turn.last = Some(Measured { kept_since: Instant::now(), ledger });
        }
    }

    /// Sets the gauges of all ledgers. What is too old is forgotten.
    fn tell(&self) {
        let mut ledgers = self.ledgers();
        for (name, turn) in ledgers.iter_mut() {
            if turn.last.as_ref().is_some_and(|last| last.kept_since.elapsed() >= self.kept) {
                turn.last = None;
            }
            let Some(last) = &turn.last else { continue };
            gauge!(MEASURED, "ledger" => name.clone()).set(last.ledger.at);
            gauge!(SYSTEMS, "ledger" => name.clone()).set(last.ledger.systems.len() as f64);
            gauge!(LOG_POSITION, "ledger" => name.clone()).set(turn.log_position.unwrap_or_default() as f64);
            for pool in (last.ledger.pools)() {
                tell_pool(name, pool);
            }
            for system in &last.ledger.systems {
                tell_system(name, system);
            }
        }
    }

    fn ledgers(&self) -> MutexGuard<'_, BTreeMap<String, Turn>> {
        self.ledgers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tell_pool(ledger: &str, PoolUse { pool, in_use, idle, max }: PoolUse) {
    for (state, connections) in [("in_use", in_use), ("idle", idle)] {
        gauge!(CONNECTIONS, "ledger" => ledger.to_owned(), "pool" => pool, "state" => state).set(connections);
    }
    gauge!(MAX_CONNECTIONS, "ledger" => ledger.to_owned(), "pool" => pool).set(max);
}

fn tell_system(ledger: &str, system: &MeasuredSystem) {
    let (ledger, name) = (ledger.to_owned(), system.name.clone());
    for (state, entries) in system.unexported.iter().copied() {
        gauge!(UNEXPORTED, "ledger" => ledger.clone(), "system" => name.clone(), "state" => state)
            .set(entries as f64);
    }
    let gauge = |metric: &'static str| gauge!(metric, "ledger" => ledger.clone(), "system" => name.clone());
    gauge(OLDEST).set(system.oldest_seconds);
    if let Some(moment) = system.last_marked_at {
        gauge(LAST_MARKED).set(moment);
    }
    gauge(CHANGED).set(system.changed as f64);
    gauge(CONFLICTS).set(system.open_conflicts as f64);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(measurements: &Measurements) -> String {
        let recorder = PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&recorder, || measurements.tell());
        recorder.handle().render()
    }

    fn measured(systems: &[&str]) -> MeasuredLedger {
        let system = |name: &&str| MeasuredSystem {
            name: (*name).to_owned(),
            unexported: vec![("PENDING", 3), ("FAILED", 1)],
            oldest_seconds: 12.5,
            last_marked_at: None,
            changed: 2,
            open_conflicts: 0,
        };
        let pool = PoolUse { pool: "all", in_use: 1, idle: 2, max: 8 };
        MeasuredLedger {
            at: 0.0,
            systems: systems.iter().map(system).collect(),
            pools: Arc::new(move || vec![pool]),
        }
    }

    #[test]
    fn a_measurement_takes_the_place_of_the_one_before() {
        let measurements = Measurements::new(Duration::ZERO, Duration::from_secs(3_600));
        assert!(measurements.begin("main"));
        measurements.keep("main", measured(&["erp", "old"]));
        let text = told(&measurements);
        for line in [
            "ledgate_unexported_entries{ledger=\"main\",system=\"erp\",state=\"PENDING\"} 3",
            "ledgate_unexported_entries{ledger=\"main\",system=\"old\",state=\"FAILED\"} 1",
            "ledgate_oldest_unexported_seconds{ledger=\"main\",system=\"erp\"} 12.5",
            "ledgate_changed_entries{ledger=\"main\",system=\"erp\"} 2",
            "ledgate_systems{ledger=\"main\"} 2",
            "ledgate_database_connections{ledger=\"main\",pool=\"all\",state=\"idle\"} 2",
            "ledgate_database_connections_max{ledger=\"main\",pool=\"all\"} 8",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\nis missing in\n{text}");
        }
        assert!(!text.contains("last_marked"), "{text}");
        measurements.keep("main", measured(&["erp"]));
        let text = told(&measurements);
        assert!(text.contains("system=\"erp\"") && !text.contains("system=\"old\""), "{text}");
    }

    #[test]
    fn a_ledger_is_measured_again_after_a_while_and_one_that_is_gone_is_forgotten() {
        let measurements = Measurements::new(Duration::from_secs(3_600), Duration::ZERO);
        assert!(measurements.begin("main"));
        assert!(!measurements.begin("main"), "a moment later");
        assert!(measurements.begin("acme"), "each has its own turns");
        measurements.keep("main", measured(&["erp"]));
        assert_eq!(told(&measurements), "");
    }
}
