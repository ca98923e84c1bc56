//! When a job runs next: in its own rhythm while something happens in the ledger, and less and less often while nothing does.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// The longest rest while nothing happens. What nobody tells of is found after so long: the unfinished work of a gateway that
/// died, say.
const LONGEST: Duration = Duration::from_secs(30);

/// The rests of a job between its runs.
pub struct Rhythm {
    /// The rest while something happens.
    every: Duration,
    /// How soon the next run comes after something has happened; `None`: the rests are always the same.
    soon: Option<Duration>,
    /// Changes when something happens.
    news: watch::Receiver<()>,
    /// The last rest.
    rest: Duration,
    /// Whether something has happened since the run before.
    has_happened: bool,
}

impl Rhythm {
    /// Of a job that has not run yet.
    pub fn new(every: Duration, soon: Option<Duration>, news: watch::Receiver<()>) -> Self {
        Self { every, soon, news, rest: every, has_happened: true }
    }

    /// A run begins. It sees what has happened until now; for what happens from here on there will be another one.
    pub fn begin(&mut self) {
        self.has_happened |= self.news.has_changed().unwrap_or(false);
        self.news.mark_unchanged();
    }

    /// Returns when the next run is to begin. `is_quiet`: the run that has ended left nothing that becomes due by time alone.
    pub async fn rest(&mut self, is_quiet: bool) {
        self.rest = self.next(is_quiet);
        let Some(soon) = self.soon else { return sleep(self.rest).await };
        let Self { news, rest, has_happened, .. } = self;
        let woken = async {
            *has_happened |= news.changed().await.is_ok();
            sleep(soon).await;
        };
        timeout(*rest, woken).await.ok();
    }

    /// How long to rest. Where a rest is cut short, what cut it counts for the next one.
    fn next(&mut self, is_quiet: bool) -> Duration {
        let has_happened = std::mem::take(&mut self.has_happened);
        if self.soon.is_some() && is_quiet && !has_happened {
            (2 * self.rest).min(LONGEST)
        } else {
            self.every
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No test waits longer.
    const PATIENCE: Duration = Duration::from_secs(20);
    const SECOND: Duration = Duration::from_secs(1);
    const HOUR: Duration = Duration::from_secs(3_600);

    fn seconds(rhythm: &mut Rhythm, runs: usize) -> Vec<u64> {
        let one = |_| {
            rhythm.begin();
            rhythm.rest = rhythm.next(true);
            rhythm.rest.as_secs()
        };
        (0..runs).map(one).collect()
    }

    #[test]
    fn while_nothing_happens_rests_grow_up_to_a_bound_and_then_begin_anew() {
        let news = watch::Sender::new(());
        let mut rhythm = Rhythm::new(SECOND, Some(Duration::ZERO), news.subscribe());
        assert_eq!(seconds(&mut rhythm, 8), [1, 2, 4, 8, 16, 30, 30, 30]);
        news.send_replace(());
        assert_eq!(seconds(&mut rhythm, 3), [1, 2, 4]);
        // What becomes due by time alone is not put off.
        rhythm.begin();
        assert_eq!(rhythm.next(false), SECOND);
    }

    #[test]
    fn a_job_that_does_not_wait_for_news_keeps_its_rhythm() {
        let news = watch::Sender::new(());
        let mut rhythm = Rhythm::new(SECOND, None, news.subscribe());
        assert_eq!(seconds(&mut rhythm, 4), [1; 4]);
    }

    #[tokio::test]
    async fn news_end_a_long_rest_also_those_that_came_during_the_run() {
        let news = watch::Sender::new(());
        let mut rhythm = Rhythm::new(HOUR, Some(Duration::ZERO), news.subscribe());
        rhythm.begin();
        news.send_replace(());
        timeout(PATIENCE, rhythm.rest(true)).await.expect("it rests");
        rhythm.begin();
        let (rested, ()) = tokio::join!(timeout(PATIENCE, rhythm.rest(true)), async {
            tokio::task::yield_now().await;
            news.send_replace(());
        });
        rested.expect("it rests");
        // What the run has seen wakes nobody again.
        rhythm.begin();
        assert!(timeout(Duration::from_millis(50), rhythm.rest(true)).await.is_err());
    }
}
