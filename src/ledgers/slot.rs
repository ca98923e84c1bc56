//! One ledger beside `main`: closed, open, or one that could not be opened a moment ago.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::NotOpen;
use super::room::Place;
use crate::service::Ledger;

/// After a failure to open a ledger, requests are refused for this long without another attempt: each attempt at a database
/// that is away can take seconds.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// The state of one ledger, and who may change it.
#[derive(Debug, Default)]
pub struct Slot {
    /// Held by whoever opens or closes it.
    turn: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Closed,
    Failed(NotOpen, Instant),
    Open(Box<Open>),
}

/// An open ledger, at work in the background.
#[derive(Debug)]
pub struct Open {
    ledger: Ledger,
    /// When a request last asked for it.
    used: Instant,
    /// Whether background work was open when it was last looked at.
    works: bool,
    stop: CancellationToken,
    background: JoinHandle<()>,
    /// Free again when its connections are closed.
    place: Place,
}

impl Open {
    /// Begins the background work of the ledger, in this place.
    pub fn new(ledger: Ledger, place: Place) -> Self {
        let stop = CancellationToken::new();
        let (at_work, stopped) = (ledger.unused(), stop.clone());
        let background = tokio::spawn(async move { at_work.work_apart(stopped).await });
        Self { ledger, used: Instant::now(), works: false, stop, background, place }
    }

    /// Ends the background work after the step it is at, then closes the connections, then frees the place.
    async fn close(self) {
        let Self { ledger, stop, background, place, .. } = self;
        stop.cancel();
        let name = ledger.name();
        if let Err(error) = background.await {
            tracing::error!(ledger = name, %error, "the background work of a ledger broke off");
        }
        match ledger.database().clone().close().await {
            Ok(()) => tracing::info!(ledger = name, "closed a ledger"),
            Err(error) => tracing::warn!(ledger = name, %error, "a ledger could not be closed in order"),
        }
        drop(place);
    }
}

impl Slot {
    /// The ledger, if it is open. It is in use as long as a clone is kept.
    pub fn ledger(&self) -> Option<Ledger> {
        let State::Open(open) = &mut *self.state() else { return None };
        open.used = Instant::now();
        Some(open.ledger.clone())
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        matches!(&*self.state(), State::Open(_))
    }

    /// The ledger, opened by this if it is not open. Those who ask meanwhile wait for the outcome and have the same one.
    /// After a failure only one asks the database again, and the others are told of the failure at once.
    pub async fn open_with<F>(&self, open: impl FnOnce() -> F) -> Result<Ledger, NotOpen>
    where
        F: Future<Output = Result<Open, NotOpen>>,
    {
        let turn = self.turn.try_lock();
        if let (Err(_), Some(failure)) = (&turn, self.failure(Duration::MAX)) {
            return Err(failure);
        }
        let _turn = match turn {
            Ok(turn) => turn,
            Err(_) => self.turn.lock().await,
        };
        if let Some(ledger) = self.ledger() {
            return Ok(ledger);
        }
        if let Some(failure) = self.failure(TRY_AGAIN_AFTER) {
            return Err(failure);
        }
        match open().await {
            Ok(open) => {
                let ledger = open.ledger.clone();
                *self.state() = State::Open(Box::new(open));
                Ok(ledger)
            }
            Err(error) => {
                // That there is no room says nothing of this ledger.
                if let NotOpen::Failed(_) = error {
                    *self.state() = State::Failed(error.clone(), Instant::now());
                }
                Err(error)
            }
        }
    }

    /// The last failure to open it, if it is no older than this.
    fn failure(&self, age: Duration) -> Option<NotOpen> {
        match &*self.state() {
            State::Failed(error, when) if when.elapsed() < age => Some(error.clone()),
            _ => None,
        }
    }

    /// The ledger without counting as use, if it is open and nobody used it for so long.
    pub fn unused_for(&self, long: Duration) -> Option<Ledger> {
        match &*self.state() {
            State::Open(open) if is_unused(open, long) => Some(open.ledger.unused()),
            _ => None,
        }
    }

    /// Since when nobody uses it, if it is open, and whether it has work in the background.
    pub fn unused_since(&self) -> Option<(bool, Instant)> {
        match &*self.state() {
            State::Open(open) if is_unused(open, Duration::ZERO) => Some((open.works, open.used)),
            _ => None,
        }
    }

    /// Notes whether background work is open.
    pub fn note_work(&self, works: bool) {
        if let State::Open(open) = &mut *self.state() {
            open.works = works;
        }
    }

    /// Closes it when it is open and nobody used it for so long; `false` when it was not to be closed.
    pub async fn close_if_unused(&self, long: Duration) -> bool {
        // Whoever asks for it now waits until it is closed, and opens it again.
        let _turn = self.turn.lock().await;
        let open = {
            let mut state = self.state();
            match &*state {
                State::Open(open) if is_unused(open, long) => std::mem::take(&mut *state),
                _ => return false,
            }
        };
        self.end(open).await
    }

    /// Ends its background work, after the step it is at.
    pub fn stop_working(&self) {
        if let State::Open(open) = &*self.state() {
            open.stop.cancel();
        }
    }

    /// Closes it, whoever uses it.
    pub async fn close(&self) {
        let _turn = self.turn.lock().await;
        let open = std::mem::take(&mut *self.state());
        self.end(open).await;
    }

    async fn end(&self, state: State) -> bool {
        let State::Open(open) = state else { return false };
        // A task of its own: given up in between, the place would be free before the connections are.
        let closing = tokio::spawn(open.close());
        closing.await.is_ok()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_unused(open: &Open, long: Duration) -> bool {
    !open.ledger.is_in_use() && open.used.elapsed() >= long
}
