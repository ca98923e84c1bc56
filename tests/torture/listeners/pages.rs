//! Listening by pages: `exportEvents` of one system after the other, each from a cursor of its own.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use serde_json::json;

use super::{End, Heard, is_over, systems};
use crate::client::Outcome;
use crate::record::About;
use crate::world::World;

/// What is asked.
const PAGE: &str = "query($system: SystemId!, $after: String, $first: Int) {
    exportEvents(systemId: $system, after: $after, first: $first) {
        nodes { cursor kind at systemId entryId } pageInfo { hasNextPage endCursor } } }";
/// The most events of a page.
const MOST: u64 = 500;
/// The longest pause after a page that was the last one, in milliseconds.
const PAUSE: u64 = 800;

/// How far the events of a system were taken.
struct Place {
    system: &'static str,
    cursor: Option<String>,
}

/// What a question came to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    /// A page, and there is another one.
    Page,
    /// The last page.
    Last,
    /// No answer.
    Nothing,
}

/// Listens until there is nothing more to hear.
pub(super) async fn listen(world: Arc<World>, mut rng: Rng, heard: Arc<Heard>, mut end: End) {
    let mut places: Vec<Place> = systems().map(|system| Place { system, cursor: None }).collect();
    while !is_over(&end) {
        let place = rng.usize(..places.len());
        if ask(&world, &mut rng, &heard, &mut places[place]).await == Came::Last {
            let pause = Duration::from_millis(rng.u64(..PAUSE));
            tokio::time::timeout(pause, over(&mut end)).await.ok();
        }
    }
    for place in &mut places {
        while ask(&world, &mut rng, &heard, place).await != Came::Last {}
    }
}

async fn over(end: &mut End) {
    end.wait_for(Option::is_some).await.ok();
}

/// Asks for a page, and takes it. Only then is its cursor kept.
async fn ask(world: &World, rng: &mut Rng, heard: &Heard, place: &mut Place) -> Came {
    let client = world.gateway(rng).client.clone();
    let variables = json!({ "system": place.system, "after": place.cursor, "first": rng.u64(50..=MOST) });
    let page = match client.graphql(&world.record, "page of the log", PAGE, variables).await {
        Outcome::Answered(data) => data["exportEvents"].clone(),
        Outcome::Unknown(_) => {
            heard.interrupted();
            world.breathe().await;
            return Came::Nothing;
        }
        Outcome::Refused(text) => {
            let about = About { system: Some(place.system.to_owned()), ..About::default() };
            client.refused(&world.record, about, &text);
            world.breathe().await;
            return Came::Nothing;
        }
    };
    for node in page["nodes"].as_array().into_iter().flatten() {
        heard.take(world, node);
    }
    if let Some(cursor) = page["pageInfo"]["endCursor"].as_str() {
        place.cursor = Some(cursor.to_owned());
    }
    if page["pageInfo"]["hasNextPage"] == json!(true) { Came::Page } else { Came::Last }
}
