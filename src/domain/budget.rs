//! What a caller may cost over time: a leaky bucket. It holds so much, every call takes out what it costs, and it
//! fills again at a steady rate, so that a burst is answered at once and nobody keeps the others out.

use std::time::{Duration, Instant};

/// How much a bucket holds, and how fast it fills again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The most that can be taken at once.
    pub size: u64,
    /// What comes back in a second; at least 1.
    pub restore_per_second: u64,
}

/// What is left of a budget at a moment. Full at first.
#[derive(Clone, Debug)]
pub struct Bucket {
    budget: Budget,
    /// In thousandths, so that a little comes back in a millisecond. Below zero after a call that cost more than
    /// was known before.
    left: i64,
    at: Instant,
}

const THOUSANDTHS: i64 = 1000;

impl Bucket {
    /// A full one.
    pub fn full(budget: Budget, now: Instant) -> Self {
        Self { budget, left: thousandths(budget.size), at: now }
    }

    /// What can be taken now.
    pub fn available(&mut self, now: Instant) -> u64 {
        self.restore(now);
        u64::try_from(self.left / THOUSANDTHS).unwrap_or_default()
    }

    /// Takes so much out, or says how long it takes until it is there. More than the bucket holds is never there.
    pub fn take(&mut self, cost: u64, now: Instant) -> Result<(), Duration> {
        self.restore(now);
        let missing = thousandths(cost).saturating_sub(self.left);
        if missing > 0 {
            // A thousandth of the rate per second comes back in a millisecond.
            let rate = self.budget.restore_per_second.max(1);
            return Err(Duration::from_millis(u64::try_from(missing).unwrap_or_default().div_ceil(rate)));
        }
        self.left = self.left.saturating_sub(thousandths(cost));
        Ok(())
    }

    /// Puts back what was taken for a call, and takes what it did cost.
    pub fn settle(&mut self, taken: u64, cost: u64, now: Instant) {
        self.restore(now);
        let left = self.left.saturating_add(thousandths(taken)).saturating_sub(thousandths(cost));
        self.left = left.min(thousandths(self.budget.size));
    }

    fn restore(&mut self, now: Instant) {
        let elapsed = now.saturating_duration_since(self.at);
        let milliseconds = i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX);
        if milliseconds == 0 {
            return;
        }
        let rate = i64::try_from(self.budget.restore_per_second).unwrap_or(i64::MAX);
        let restored = self.left.saturating_add(milliseconds.saturating_mul(rate));
        self.left = restored.min(thousandths(self.budget.size));
        // What is less than a millisecond counts the next time.
        self.at += Duration::from_millis(u64::try_from(milliseconds).unwrap_or_default());
    }
}

fn thousandths(cost: u64) -> i64 {
    i64::try_from(cost).unwrap_or(i64::MAX).saturating_mul(THOUSANDTHS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET: Budget = Budget { size: 100, restore_per_second: 10 };

    fn after(start: Instant, milliseconds: u64) -> Instant {
        start + Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_burst_is_answered_and_then_it_fills_at_its_rate() {
        let start = Instant::now();
        let mut bucket = Bucket::full(BUDGET, start);
        assert_eq!(bucket.take(100, start), Ok(()));
        assert_eq!(bucket.take(1, start), Err(Duration::from_millis(100)));
        assert_eq!(bucket.take(20, after(start, 500)), Err(Duration::from_millis(1500)));
        assert_eq!(bucket.take(20, after(start, 2000)), Ok(()));
        assert_eq!(bucket.available(after(start, 3_600_000)), 100, "no more than it holds");
    }

    #[test]
    fn little_by_little_is_as_much_as_at_once() {
        let start = Instant::now();
        let mut bucket = Bucket::full(BUDGET, start);
        bucket.take(100, start).unwrap();
        for step in 1..=10_000 {
            bucket.available(start + Duration::from_micros(step * 300));
        }
        assert_eq!(bucket.available(after(start, 3000)), 30);
    }

    #[test]
    fn a_call_pays_what_it_did_cost() {
        let start = Instant::now();
        let mut bucket = Bucket::full(BUDGET, start);
        bucket.take(80, start).unwrap();
        bucket.settle(80, 5, start);
        assert_eq!(bucket.available(start), 95);
        bucket.take(1, start).unwrap();
        bucket.settle(1, 194, start);
        assert_eq!(bucket.available(start), 0);
        assert_eq!(bucket.take(1, start), Err(Duration::from_secs(10)), "a debt is paid first");
        bucket.settle(0, u64::MAX, start);
        assert!(bucket.take(u64::MAX, start).is_err());
    }

    #[test]
    fn a_moment_that_lies_before_the_last_one_changes_nothing() {
        let start = Instant::now();
        let mut bucket = Bucket::full(BUDGET, after(start, 1000));
        bucket.take(50, after(start, 1000)).unwrap();
        assert_eq!(bucket.available(start), 50);
        assert_eq!(bucket.available(after(start, 2000)), 60);
    }
}
