//! Listens to the other gateways on the same database: on PostgreSQL each tells when it has added to the log of events, and a
//! SQLite file shows that it was changed.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use tokio_util::sync::CancellationToken;

use crate::service::Ledger;
use crate::store::connect::{ListenError, Listener, Listening};
use crate::store::events::sequencer::CHANNEL;

/// For how long one connection is listened on. It may be dead without anybody saying so, and after a failover the address
/// leads to another server.
const RENEWED_AFTER: Duration = Duration::from_secs(60);

/// How long to rest after a connection was lost.
const AFTER_LOSS: Duration = Duration::from_millis(500);

/// How long to rest after each attempt to connect that failed.
const RESTS: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(AFTER_LOSS)
    .with_max_delay(Duration::from_secs(10))
    .without_max_times()
    .with_jitter();

impl Ledger {
    /// Wakes the jobs whenever another gateway was heard, until stopped. On PostgreSQL this gateway hears itself too: the run
    /// that this starts finds nothing to add, so it tells nobody. Ends at once where nothing can be listened to: the job that
    /// follows the log looks once a second.
    pub(super) async fn listen(&self, stop: &CancellationToken) {
        let Some(listening) = self.database.listening() else { return };
        while let Some(Some(mut listener)) = stop.run_until_cancelled(self.connected(listening)).await {
            // Something may have been told before: a look shows it.
            self.signals.commits.notify_one();
            let is_lost = tokio::select! {
                () = stop.cancelled() => false,
                () = tokio::time::sleep(RENEWED_AFTER) => false,
                () = self.hear(&mut listener) => true,
            };
            listener.end().await;
            if is_lost {
                stop.run_until_cancelled(tokio::time::sleep(AFTER_LOSS)).await;
            }
        }
    }

    /// A connection that listens, as soon as there is one; `None` when it is of no use to try.
    async fn connected(&self, listening: &Listening) -> Option<Listener> {
        let ledger = self.name();
        let mut is_told = false;
        let tell = |error: &ListenError| {
            tracing::warn!(
                ledger,
                %error,
                "cannot listen to other gateways (database.listen_url): their events are seen after up to a second"
            );
        };
        let tell_once = |error: &ListenError, _: Duration| {
            if !std::mem::replace(&mut is_told, true) {
                tell(error);
            }
        };
        let connect = move || listening.open(CHANNEL);
        let connected = connect.retry(RESTS).when(ListenError::may_pass).notify(tell_once).await;
        match connected {
            Ok(listener) => {
                if is_told {
                    tracing::info!(ledger, "listens to other gateways again");
                }
                Some(listener)
            }
            Err(error) => {
                tell(&error);
                None
            }
        }
    }

    /// Returns when the connection is lost.
    async fn hear(&self, listener: &mut Listener) {
        while listener.heard(|| self.signals.are_followed()).await {
            self.signals.committed();
        }
    }
}
