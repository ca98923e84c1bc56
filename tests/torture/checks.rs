//! What has to hold after each fault, and at the end.

mod claims;
pub mod heard;
pub mod settled;
mod tables;
mod timeline;

use fastrand::Rng;

use crate::record::About;
use crate::world::World;

/// Ids looked at after a fault.
const WINDOW: i64 = 800;
/// Timelines looked at after a fault.
const TIMELINES: usize = 12;

/// After a fault, while everything goes on.
pub async fn in_between(world: &World, rng: &mut Rng) {
    for gateway in &world.gateways {
        if let Some(code) = gateway.ended() {
            let text = format!("gateway {} ended by itself with {code}", gateway.name);
            world.record.failure("a gateway ended by itself", About::default(), text);
        }
    }
    let newest = world.model.lock().by_id.keys().next_back().copied().unwrap_or(1);
    // Mostly where something happens.
    let first = if rng.u8(..3) == 0 { rng.i64(1..=newest) } else { newest - WINDOW };
    tables::check(world, first..=first + WINDOW).await;
    timeline::check_some(world, rng, TIMELINES, false).await;
}
