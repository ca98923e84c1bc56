//! When what failed is tried again, and when it is given up.

use super::progress::FailureType;
use super::time::Timestamp;

/// When what failed is tried again, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryRules {
    /// After so many attempts that failed it is parked.
    pub max_attempts: i32,
    /// The wait after the first attempt, in seconds.
    pub first_seconds: i32,
    /// The longest wait, in seconds.
    pub longest_seconds: i32,
}

impl Default for RetryRules {
    fn default() -> Self {
        Self { max_attempts: 8, first_seconds: 60, longest_seconds: 21_600 }
    }
}

/// What follows from an attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is tried again at this moment.
    Retry(Timestamp),
    /// It is given up until a person requeues it.
    Park,
}

impl RetryRules {
    /// What follows from the `attempts`th attempt, which failed for this reason. `retry_at` is when the worker wants it
    /// tried again. The wait doubles with each attempt, and up to a quarter is added, so that what failed together is not
    /// tried again together; `seed` chooses how much, the same for the lines of a unit.
    pub fn verdict(
        &self,
        kind: FailureType,
        attempts: i32,
        now: Timestamp,
        retry_at: Option<Timestamp>,
        seed: i64,
    ) -> Verdict {
        if attempts >= self.max_attempts && kind.can_park() {
            return Verdict::Park;
        }
        if let Some(moment) = retry_at {
            return Verdict::Retry(moment.max(now));
        }
        let doublings = attempts.saturating_sub(1).clamp(0, 30).unsigned_abs();
        let seconds = i64::from(self.first_seconds) << doublings;
        let micros = seconds.min(i64::from(self.longest_seconds)) * 1_000_000;
        let percent = seed.wrapping_mul(7_919).wrapping_add(i64::from(attempts) * 31).rem_euclid(26);
        Verdict::Retry(now.plus_micros(micros + micros / 100 * percent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000).unwrap()
    }

    #[test]
    fn the_wait_doubles_up_to_the_longest_and_is_at_most_a_quarter_longer() {
        for (attempts, seconds) in [(1, 60), (2, 120), (3, 240), (7, 3_840), (500, 21_600)] {
            for seed in 0..40 {
                let verdict = RetryRules::default().verdict(
                    FailureType::Unavailable,
                    attempts,
                    moment(1_000),
                    None,
                    seed,
                );
                let Verdict::Retry(at) = verdict else {
                    panic!("{attempts} attempts park what is unavailable")
                };
                let waited = (at.micros() - moment(1_000).micros()) / 1_000_000;
                assert!((seconds..=seconds * 5 / 4).contains(&waited), "{attempts}: {waited} s");
            }
        }
    }

    #[test]
    fn too_many_attempts_park_and_the_workers_own_moment_counts_before_that() {
        let verdict =
            |kind, attempts, retry_at| RetryRules::default().verdict(kind, attempts, moment(10), retry_at, 1);
        assert_eq!(verdict(FailureType::Validation, 8, Some(moment(99))), Verdict::Park);
        assert_eq!(verdict(FailureType::Validation, 7, Some(moment(99))), Verdict::Retry(moment(99)));
        assert_eq!(verdict(FailureType::RateLimited, 80, Some(moment(99))), Verdict::Retry(moment(99)));
        assert_eq!(
            verdict(FailureType::Other, 1, Some(moment(1))),
            Verdict::Retry(moment(10)),
            "not in the past"
        );
    }
}
