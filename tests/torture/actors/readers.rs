//! Reading what a system has not been sent, by every way there is, and judging each answer as it comes.

use std::sync::Arc;
use std::time::Instant;

use fastrand::Rng;

use super::{LATECOMERS, SYSTEMS};
use crate::client::{Client, Outcome};
use crate::listing::{Asked, Seen, judge};
use crate::model::Result;
use crate::record::About;
use crate::world::{World, now};

/// Lists of more entries are not kept in the history.
const KEPT: usize = 2_000;

/// Asks as of moments: exactly when something was marked, and a microsecond before.
pub async fn work(world: Arc<World>, mut rng: Rng) {
    while !world.stopped() {
        world.pause(&mut rng, 1_500).await;
        let Some((system, since)) = moment(&world, &mut rng) else { continue };
        let client = world.gateway(&mut rng).client.clone();
        let way = Way::any(&mut rng);
        read(&world, &mut rng, &client, &system, Some(since), way, "reader").await;
    }
}

/// How to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// GraphQL, page by page.
    Pages,
    /// REST, one JSON document.
    Json,
    /// REST, a line an entry.
    Lines,
}

impl Way {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Pages, Self::Json, Self::Lines];

    /// One of them.
    pub fn any(rng: &mut Rng) -> Self {
        Self::ALL[rng.usize(..Self::ALL.len())]
    }
}

/// A moment at which, or just before which, something was marked for a system; mostly a recent one.
pub fn moment(world: &World, rng: &mut Rng) -> Option<(String, i64)> {
    let state = world.model.lock();
    let recent = state.calls.len().saturating_sub(if rng.u8(..5) == 0 { usize::MAX } else { 120 });
    let calls = state.calls[recent..].iter();
    let marks = calls.filter_map(|call| match &call.result {
        Result::Acknowledged(_, marked) => marked.first(),
        _ => None,
    });
    let marks: Vec<_> = marks.collect();
    let mark = rng.choice(marks)?;
    Some((mark.system.clone(), mark.at - i64::from(rng.bool())))
}

/// Reads, judges and gives what was told; nothing when it was not answered.
pub async fn read(
    world: &World,
    rng: &mut Rng,
    client: &Client,
    system: &str,
    since: Option<i64>,
    way: Way,
    who: &str,
) -> Option<Vec<Seen>> {
    let past = since.is_some_and(|since| since < now() - 1_000_000);
    let asked = Asked { system: system.to_owned(), since, past, begun: Instant::now() };
    let outcome = match way {
        Way::Pages => client.pages(&world.record, &asked, rng.u64(50..=500)).await,
        Way::Json | Way::Lines => client.stream(&world.record, &asked, way == Way::Lines).await,
    };
    let seen = match outcome {
        Outcome::Answered(seen) => seen,
        Outcome::Unknown(_) => return None,
        Outcome::Refused(text) => {
            let about = About { system: Some(system.to_owned()), ..About::default() };
            client.refused(&world.record, about, &text);
            return None;
        }
    };
    let wrong = judge(&mut world.model.lock(), &asked, &seen);
    if seen.len() <= KEPT || !wrong.is_empty() {
        let entries = seen.iter().map(|seen| seen.entry.clone()).collect();
        let about = About { entries, system: Some(system.to_owned()), call: None };
        let text = format!(
            "finds it unexported for {system} at {} in {way:?}, as of {since:?}, asked {} ms ago",
            client.gateway,
            asked.begun.elapsed().as_millis()
        );
        world.event(who, about, text);
    }
    world.record.checked(if since.is_none() { "answers of now" } else { "answers as of a moment" }, 1);
    for (kind, entry, text) in wrong {
        let text = format!("{entry}, asked at {} by {way:?}: {text}", client.gateway);
        world.record.failure(kind, About::entry(&entry, system), text);
    }
    Some(seen)
}

/// Every system that there may be, and one that nobody marks for.
pub fn all_systems() -> impl Iterator<Item = &'static str> {
    SYSTEMS.into_iter().chain(LATECOMERS).chain(["nobody"])
}
