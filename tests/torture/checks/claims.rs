//! At the end: what workers and persons were told, against the timelines of the system that they work for.

mod conflicts;
mod course;
mod leases;
mod replays;
mod states;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use fastrand::Rng;
use sea_orm::{DatabaseConnection, DbErr};

use super::tables::all;
use crate::claims::{Act, Claim, Claims, Kind, SYSTEM};
use crate::record::About;
use crate::world::World;

/// What is wrong: the promise, the entry, and a sentence.
pub type Wrong = (&'static str, i64, String);

/// An event of a timeline.
#[derive(Clone, Debug)]
pub struct Event {
    id: i64,
    entry: i64,
    kind: String,
    at: i64,
    /// What it is known by, as in [`Act::text`]; of what is about a claim the claim's id.
    said: String,
    worker: Option<String>,
    version: Option<i32>,
    attempts: Option<i32>,
    /// The replay that it is about, by its number.
    replay: Option<i64>,
    /// The document that was named.
    document: Option<String>,
}

/// What the tables tell of the system.
pub struct Told {
    /// In the order in which they happened.
    events: Vec<Event>,
    /// The voucher of each entry of the ledger.
    vouchers: HashMap<i64, String>,
    /// Entries that are marked in an older version than they have.
    changed: BTreeSet<i64>,
    /// By their numbers.
    replays: Vec<replays::Row>,
    /// By entry.
    conflicts: HashMap<i64, Vec<conflicts::Row>>,
}

impl Told {
    async fn read(connection: &DatabaseConnection) -> Result<Self, DbErr> {
        let sql = format!(
            "SELECT id AS event, entry_id AS entry, kind, at AS moment, payload ->> 'worker' AS worker,
                COALESCE(payload ->> 'note', payload ->> 'reason', payload ->> 'claim_id') AS said,
                CAST(payload ->> 'version' AS INTEGER) AS version,
                CAST(payload ->> 'attempts' AS INTEGER) AS attempts,
                CAST(payload ->> 'replay_id' AS BIGINT) AS replay,
                payload -> 'reference' ->> 'document_id' AS document
             FROM timeline_events WHERE system_id = '{SYSTEM}' AND kind <> 'JOINED_SENT_VOUCHER' ORDER BY id"
        );
        let mut events = Vec::new();
        for row in all(connection, &sql).await? {
            let (kind, at): (String, i64) = (row.try_get("", "kind")?, row.try_get("", "moment")?);
            let said: Option<String> = row.try_get("", "said")?;
            events.push(Event {
                id: row.try_get("", "event")?,
                entry: row.try_get("", "entry")?,
                kind,
                at,
                said: said.unwrap_or_else(|| at.to_string()),
                worker: row.try_get("", "worker")?,
                version: row.try_get("", "version")?,
                attempts: row.try_get("", "attempts")?,
                replay: row.try_get("", "replay")?,
                document: row.try_get("", "document")?,
            });
        }
        let sql =
            "SELECT id AS entry, journal_code AS journal, entry_number AS voucher FROM accounting_entries";
        let mut vouchers = HashMap::new();
        for row in all(connection, sql).await? {
            let (id, journal, number): (i64, String, String) =
                (row.try_get("", "entry")?, row.try_get("", "journal")?, row.try_get("", "voucher")?);
            vouchers.insert(id, format!("{journal}/{number}"));
        }
        let sql = format!(
            "SELECT m.entry_id AS entry FROM export_marks m JOIN export_systems s ON s.key = m.system_key
             JOIN accounting_entries e ON e.id = m.entry_id
             WHERE s.name = '{SYSTEM}' AND m.version < e.version"
        );
        let mut changed = BTreeSet::new();
        for row in all(connection, &sql).await? {
            let id: i64 = row.try_get("", "entry")?;
            changed.insert(id);
        }
        let replays = replays::read(connection).await?;
        let conflicts = conflicts::read(connection).await?;
        Ok(Self { events, vouchers, changed, replays, conflicts })
    }

    fn voucher(&self, id: i64) -> &str {
        self.vouchers.get(&id).map_or("", String::as_str)
    }

    /// The events of each entry, in their order.
    fn courses(&self) -> BTreeMap<i64, Vec<&Event>> {
        let mut courses: BTreeMap<i64, Vec<&Event>> = BTreeMap::new();
        for event in &self.events {
            courses.entry(event.entry).or_default().push(event);
        }
        courses
    }
}

/// Checks everything that there is to know of the system.
pub async fn check(world: &World, rng: &mut Rng) {
    let connection = world.other_program_at_last().await;
    replays::all_ended(world, &connection).await;
    let told = Told::read(&connection).await.unwrap();
    connection.close().await.ok();
    let (ends, mut wrong) = course::follow(&told.events);
    {
        let state = world.model.lock();
        let claims = &state.claims;
        if claims.calls.iter().all(|claim| claim.lines.is_empty()) {
            wrong.push(("no worker was ever given anything", 0, format!("{} calls", claims.calls.len())));
        }
        wrong.extend(facts(claims, &told));
        wrong.extend(leases::judge(&state, &told));
        wrong.extend(replays::judge(claims, &told));
        wrong.extend(conflicts::judge(claims, &told));
        world.record.checked("claims in the timelines", claims.calls.len());
        world.record.checked("items of workers and persons in the timelines", claims.acts.len());
        world.record.checked("replays in the timelines", told.replays.len());
        world.record.checked("exports with conflicts", told.conflicts.len());
    }
    report(world, wrong);
    states::check(world, rng, &told, &ends).await;
}

fn report(world: &World, wrong: Vec<Wrong>) {
    for (kind, id, text) in wrong {
        let name = world.model.lock().by_id.get(&id).cloned().unwrap_or_default();
        let text = format!("entry {id} ({name}): {text}");
        world.record.failure(kind, About::entry(&name, SYSTEM), text);
    }
}

/// Events by their kind and what they are known by.
type Known<'a> = HashMap<(&'a str, &'a str), Vec<&'a Event>>;

/// What was acknowledged is in the timelines, once; what was not is there or not; and nothing else is.
fn facts(claims: &Claims, told: &Told) -> Vec<Wrong> {
    let mut known = Known::new();
    for event in &told.events {
        known.entry((event.kind.as_str(), event.said.as_str())).or_default().push(event);
    }
    let mut wrong = Vec::new();
    for claim in claims.calls.iter().filter(|claim| !claim.id.is_empty()) {
        wrong.extend(claimed(claim, &known.remove(&("CLAIMED", claim.id.as_str())).unwrap_or_default()));
    }
    for act in &claims.acts {
        let events = known.remove(&(act.kind.name(), act.text.as_str())).unwrap_or_default();
        wrong.extend(done(act, &events, claims, told));
    }
    let mut silent: HashSet<&str> = claims
        .calls
        .iter()
        .filter(|claim| claim.ended.is_none())
        .map(|claim| claim.worker.as_str())
        .collect();
    let unanswered = |act: &&Act| act.kind == Kind::Requeued && act.ended.is_none();
    let mut requeuings = claims.acts.iter().filter(unanswered).count();
    for ((kind, said), events) in known {
        let worker = events[0].worker.as_deref().unwrap_or_default();
        let is_asked_for = match kind {
            "CLAIMED" => silent.remove(worker),
            // The moment of a requeuing that was not answered is not known.
            "REQUEUED" if requeuings > 0 => {
                requeuings -= 1;
                true
            }
            // That it fits to a claim is seen in the course of events; to a replay, where replays are judged.
            "CLAIM_EXPIRED" | "REPLAYED" | "MARK_RESTORED" => true,
            _ => false,
        };
        if !is_asked_for {
            let text = format!("{kind} {said:?} of {worker:?}, {} times", events.len());
            wrong.push(("an event was written that nobody asked for", events[0].entry, text));
        }
    }
    wrong
}

/// Everything of an acknowledged claim was claimed.
fn claimed(claim: &Claim, events: &[&Event]) -> Option<Wrong> {
    let found: BTreeSet<i64> = events.iter().map(|event| event.entry).collect();
    let expected: BTreeSet<i64> = claim.lines.iter().map(|line| line.id).collect();
    if found == expected && events.len() == expected.len() {
        return None;
    }
    let id = found.symmetric_difference(&expected).next().copied().unwrap_or_default();
    let text = format!("claim {}, {}: was given {expected:?}, claimed in {found:?}", claim.id, claim.worker);
    Some(("an acknowledged claim is not what the timelines tell", id, text))
}

/// An item has written what its answer told, to what it named.
fn done(act: &Act, events: &[&Event], claims: &Claims, told: &Told) -> Option<Wrong> {
    let id = act.named[0];
    let found: BTreeSet<i64> = events.iter().map(|event| event.entry).collect();
    let is_meant =
        |entry: &i64| act.named.contains(entry) || (act.rest && told.voucher(*entry) == told.voucher(id));
    let is_right = match act.count {
        Some(count) => events.len() == count,
        // Marks of one item are there whole, or not at all.
        None => act.kind != Kind::Exported || events.is_empty() || events.len() == act.named.len(),
    };
    let handed_out = |event: &&Event| {
        let lines = act.claim.map(|claim| claims.calls[claim].lines.iter());
        lines.into_iter().flatten().find(|line| line.id == event.entry).map(|line| line.version)
    };
    let is_version = |event: &&Event| act.kind != Kind::Exported || event.version == handed_out(event);
    if found.len() != events.len() || !found.iter().all(is_meant) || !is_right {
        return Some(("an item is not what the timelines tell", id, format!("{act:?}: {events:?}")));
    }
    if !events.iter().all(is_version) {
        return Some(("another version is marked than the claim gave", id, format!("{act:?}: {events:?}")));
    }
    None
}
