//! How fast messages of a client are read.

use std::time::{Duration, Instant};

use crate::domain::budget::{Bucket, Budget};

/// So many messages a second, and twice as many at once.
pub struct Pace(Bucket);

impl Pace {
    /// At this pace.
    pub fn new(per_second: u64) -> Self {
        let budget = Budget { size: per_second.saturating_mul(2), restore_per_second: per_second };
        Self(Bucket::full(budget, Instant::now()))
    }

    /// Counts a message that was read now. Gives the wait before the next one is to be read, if there is one.
    pub fn step(&mut self, now: Instant) -> Option<Duration> {
        let wait = self.0.take(1, now).err()?;
        self.0.settle(0, 1, now);
        Some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_read_at_once_and_then_messages_come_at_their_pace() {
        let mut pace = Pace::new(10);
        let mut now = Instant::now();
        let burst = (0..100).take_while(|_| pace.step(now).is_none()).count();
        assert!((19..=21).contains(&burst), "{burst}");
        let begun = now;
        for _ in 0..30 {
            if let Some(wait) = pace.step(now) {
                now += wait;
            }
        }
        let took = now - begun;
        assert!((2_800..=3_300).contains(&took.as_millis()), "30 messages in {took:?}");
    }
}
