//! What every event of a subscription takes before it is written, as a query does before it runs: what it may cost, out of
//! its caller's budget, and a place among the requests at work. While nothing happens, a subscription holds neither.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::stream::{BoxStream, Stream, StreamExt};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, sleep};

use crate::domain::{Code, Error, Result};
use crate::request::{Allowance, CostReport, Places, Reservation};

/// How long an event waits for the budget to fill. One that reads on from an old cursor is slowed down like this, where a
/// refusal would make it begin anew.
const PATIENCE: Duration = Duration::from_secs(10);

/// The turns of one subscription. Cheap to clone; all clones are the same.
#[derive(Clone, Debug)]
pub struct Turns(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    allowance: Allowance,
    cost: u64,
    places: Vec<Places>,
    /// Of the event that is being written.
    turn: Mutex<Option<Turn>>,
}

#[derive(Debug)]
struct Turn {
    reservation: Option<Reservation>,
    _places: Vec<OwnedSemaphorePermit>,
}

impl Turns {
    /// For events each of which may cost so much at most, out of this allowance, and takes one of each of these places.
    pub fn new(allowance: Allowance, cost: u64, places: Vec<Places>) -> Self {
        Self(Arc::new(Shared { allowance, cost, places, turn: Mutex::default() }))
    }

    /// Begins a turn, when there is a place for it. Refused ([`Code::Throttled`]) when the budget does not hold what it may cost
    /// within 10 seconds.
    pub async fn begin(&self) -> Result<()> {
        self.begin_since(self.0.allowance.spent()).await
    }

    async fn begin_since(&self, before: u64) -> Result<()> {
        let give_up = Instant::now() + PATIENCE;
        let reservation = loop {
            match self.0.allowance.reserve_since(before, self.0.cost) {
                Ok(reservation) => break reservation,
                Err(throttled) if Instant::now() + throttled.wait > give_up => {
                    return Err(Error::refused(Code::Throttled, throttled.message()));
                }
                Err(throttled) => sleep(throttled.wait).await,
            }
        };
        let places = wait(&self.0.places).await;
        *self.turn() = Some(Turn { reservation, _places: places });
        Ok(())
    }

    /// Ends the turn, and tells what it cost where the caller has a budget.
    pub fn end(&self) -> Option<CostReport> {
        let turn = self.turn().take()?;
        turn.reservation.and_then(Reservation::settle)
    }

    /// These items, each in a turn of its own, which whoever takes them has to end. The first error is the last item.
    pub fn each<T: Send + 'static>(
        &self,
        items: impl Stream<Item = Result<T>> + Send + 'static,
    ) -> BoxStream<'static, Result<T>> {
        let turns = self.clone();
        async_stream::stream! {
            let mut items = std::pin::pin!(items);
            loop {
                // To read the item is part of its turn.
                let before = turns.0.allowance.spent();
                let Some(item) = items.next().await else { break };
                let item = match item {
                    Ok(item) => turns.begin_since(before).await.map(|()| item),
                    Err(error) => Err(error),
                };
                let is_last = item.is_err();
                yield item;
                if is_last {
                    break;
                }
            }
        }
        .boxed()
    }

    fn turn(&self) -> std::sync::MutexGuard<'_, Option<Turn>> {
        // Nothing can panic while the lock is held.
        self.0.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of each of these places.
pub async fn wait(places: &[Places]) -> Vec<OwnedSemaphorePermit> {
    let mut taken = Vec::with_capacity(places.len());
    for places in places {
        taken.extend(places.wait().await);
    }
    taken
}
