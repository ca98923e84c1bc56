//! Those who listen to everything: they follow the log of events while gateways come and go, one by pages and one by a
//! subscription. Whoever is interrupted goes on at any gateway, from the cursor of what was taken last.

mod pages;
mod subscription;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fastrand::Rng;
use ledgate::domain::Timestamp;
use ledgate::domain::export_event::{ExportEventKind, LogPlace};
use ledgate::service::read_event_cursor;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::actors;
use crate::claims::SYSTEM;
use crate::client::id;
use crate::record::About;
use crate::world::World;

/// How long the listeners may take to hear the rest, once nothing happens any more.
const REST: Duration = Duration::from_secs(60);

/// The position of the last event of the log, once nothing happens any more.
type End = watch::Receiver<Option<i64>>;

fn is_over(end: &End) -> bool {
    end.borrow().is_some()
}

/// An event of the log, as it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What its cursor says.
    pub place: LogPlace,
    /// What happened.
    pub kind: ExportEventKind,
    /// When, in microseconds of UTC.
    pub at: i64,
    /// To the export to which system.
    pub system: String,
    /// Of which entry, by its id; of a claim of none.
    pub entry: Option<i64>,
}

impl Event {
    /// Reads it as GraphQL or REST tells it; nothing when it cannot be read.
    pub fn read(node: &Value) -> Option<Self> {
        let entry = either(node, "entryId", "accounting_entry_id");
        Some(Self {
            place: read_event_cursor(node["cursor"].as_str()?)?,
            kind: node["kind"].as_str()?.parse().ok()?,
            at: node["at"].as_str()?.parse::<Timestamp>().ok()?.micros(),
            system: either(node, "systemId", "system_id").as_str()?.to_owned(),
            entry: (!entry.is_null()).then(|| id(entry)),
        })
    }
}

fn either<'a>(node: &'a Value, one: &str, other: &str) -> &'a Value {
    if node[one].is_null() { &node[other] } else { &node[one] }
}

/// What a listener has heard.
#[derive(Default)]
pub struct Heard {
    events: Mutex<Vec<Event>>,
    interruptions: AtomicUsize,
}

impl Heard {
    /// The events, in the order in which they were heard.
    pub fn events(&self) -> Vec<Event> {
        self.lock().clone()
    }

    /// How often it was interrupted.
    pub fn interruptions(&self) -> usize {
        self.interruptions.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Event>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The position of what was heard last; 0 when that is nothing.
    fn position(&self) -> i64 {
        self.lock().last().map_or(0, |event| event.place.position)
    }

    fn take(&self, world: &World, node: &Value) {
        match Event::read(node) {
            Some(event) => self.lock().push(event),
            None => unreadable(world, node),
        }
    }

    fn interrupted(&self) {
        self.interruptions.fetch_add(1, Ordering::Relaxed);
    }
}

/// What was told as an event, and is none.
pub fn unreadable(world: &World, node: &Value) {
    world.record.failure("an event of the log cannot be read", About::default(), node.to_string());
}

/// Both of them.
pub struct Listeners {
    /// What was heard by pages: of each system in order.
    pub by_pages: Arc<Heard>,
    /// What was heard by the subscription to all systems.
    pub by_subscription: Arc<Heard>,
    end: watch::Sender<Option<i64>>,
    tasks: JoinSet<()>,
}

impl Listeners {
    /// Starts them.
    pub fn start(world: &Arc<World>) -> Self {
        // Choices of their own: they change nothing of the faults that the seed gives.
        let mut rng = Rng::with_seed(!world.settings.seed);
        let (end, told) = watch::channel(None);
        let (by_pages, by_subscription) = (Arc::<Heard>::default(), Arc::<Heard>::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(pages::listen(Arc::clone(world), rng.fork(), Arc::clone(&by_pages), told.clone()));
        tasks.spawn(subscription::listen(Arc::clone(world), rng.fork(), Arc::clone(&by_subscription), told));
        Self { by_pages, by_subscription, end, tasks }
    }

    /// Nothing happens any more, and the log ends at this position: waits until both have heard the rest.
    pub async fn end(&mut self, world: &World, position: i64) {
        self.end.send_replace(Some(position));
        let ending = async {
            while let Some(ended) = self.tasks.join_next().await {
                ended.expect("a listener broke off");
            }
        };
        if tokio::time::timeout(REST, ending).await.is_err() {
            let text = format!("the log ends at {position}, {} s ago; {}", REST.as_secs(), self.summary());
            world.record.failure("a listener does not come to the end of the log", About::default(), text);
            self.tasks.abort_all();
        }
    }

    /// How much was heard, for the report.
    pub fn summary(&self) -> String {
        let told = |heard: &Heard| format!("{} events", heard.lock().len());
        format!(
            "listeners heard {} by pages, with {} interruptions, and {} by a subscription, with {}",
            told(&self.by_pages),
            self.by_pages.interruptions(),
            told(&self.by_subscription),
            self.by_subscription.interruptions(),
        )
    }
}

/// Every system that may be in the log, and one that is not.
pub fn systems() -> impl Iterator<Item = &'static str> {
    actors::all_systems().chain([SYSTEM])
}
