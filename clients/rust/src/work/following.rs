//! What wakes workers up: a subscription, by which the server tells that something of a system has changed. All workers of one
//! client share one for each system.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::sleep;

use super::options::{Event, Observer};
use super::retry::Backoff;
use crate::Error;
use crate::client::Client;
use crate::documents::{WakeUp, wake_up};
use crate::socket::Subscription;

/// The first wait before a subscription that ended is begun again.
const FIRST: Duration = Duration::from_secs(1);
/// The longest, and the one after a refusal that lasts.
const LONGEST: Duration = Duration::from_secs(300);

/// The systems that the workers of a client wait for.
#[derive(Clone, Debug, Default)]
pub struct FollowedSystems(Arc<Mutex<HashMap<String, Weak<Followed>>>>);

/// One of them.
#[derive(Debug)]
struct Followed {
    /// Something has changed: one worker is woken up. If it finds something, it wakes the next one.
    changed: Notify,
    /// Whether the server tells of changes. The receivers are the workers.
    is_told: watch::Sender<bool>,
}

/// Wakes one worker up. The system is followed as long as a worker has one of these.
#[derive(Debug)]
pub struct WakeUps {
    system: Arc<Followed>,
    is_told: watch::Receiver<bool>,
}

impl FollowedSystems {
    /// Wakes up a worker for this system. The observer of the first one is told when the server does not wake workers up.
    pub fn wake_ups(&self, client: &Client, system_id: &str, observer: &Observer) -> WakeUps {
        let mut systems = self.systems();
        if let Some(system) = systems.get(system_id).and_then(Weak::upgrade) {
            return WakeUps::of(system);
        }
        let system = Arc::new(Followed { changed: Notify::new(), is_told: watch::Sender::new(false) });
        systems.insert(system_id.to_owned(), Arc::downgrade(&system));
        let wake_ups = WakeUps::of(Arc::clone(&system));
        let follower = Follower {
            client: client.clone(),
            system_id: system_id.to_owned(),
            system,
            observer: observer.clone(),
        };
        tokio::spawn(follower.run());
        wake_ups
    }

    fn systems(&self) -> MutexGuard<'_, HashMap<String, Weak<Followed>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WakeUps {
    fn of(system: Arc<Followed>) -> Self {
        let is_told = system.is_told.subscribe();
        Self { system, is_told }
    }

    /// Whether the server tells of changes.
    pub fn is_told(&self) -> bool {
        *self.is_told.borrow()
    }

    /// The server is about to be asked: what has changed before wakes nobody up.
    pub fn forget(&self) {
        pin!(self.system.changed.notified()).enable();
    }

    /// Returns when something has changed.
    pub async fn changed(&self) {
        self.system.changed.notified().await;
    }

    /// There was something to claim, so there may be more: wakes another worker up.
    pub fn pass_on(&self) {
        self.system.changed.notify_one();
    }
}

/// Follows a system until no worker waits for it.
struct Follower {
    client: Client,
    system_id: String,
    system: Arc<Followed>,
    observer: Observer,
}

impl Follower {
    async fn run(self) {
        let mut backoff = Backoff::new(FIRST, LONGEST);
        let mut is_refusal_told = false;
        loop {
            let ended = self.follow(&mut backoff).await;
            let was_told = self.system.is_told.send_replace(false);
            let Some(error) = ended else {
                if self.is_over() {
                    return;
                }
                continue;
            };
            let is_lasting = !error.is_temporary();
            let pause = if is_lasting { LONGEST } else { backoff.pause() };
            let pause = pause.max(error.retry_after().unwrap_or_default());
            if was_told || (is_lasting && !is_refusal_told) {
                self.observer.tell(&Event::NotWoken { error: &error, pause });
            }
            is_refusal_told = is_lasting;
            if was_told {
                // What the server would have told by now is not known.
                self.system.changed.notify_one();
            }
            tokio::select! {
                () = self.system.is_told.closed() => {}
                () = sleep(pause) => {}
            }
        }
    }

    /// Wakes workers up. Gives why that ended; `None` when there are no workers any more.
    async fn follow(&self, backoff: &mut Backoff) -> Option<Error> {
        let variables = wake_up::Variables { system_id: self.system_id.clone() };
        let begun = tokio::select! {
            () = self.system.is_told.closed() => return None,
            begun = Subscription::<WakeUp>::begin(&self.client, variables) => begun,
        };
        let mut subscription = match begun {
            Ok(subscription) => subscription,
            Err(error) => return Some(error),
        };
        loop {
            let told = tokio::select! {
                () = self.system.is_told.closed() => None,
                told = subscription.next() => Some(told),
            };
            match told {
                None => {
                    subscription.close().await;
                    return None;
                }
                Some(Ok(Some(_))) => {
                    *backoff = Backoff::new(FIRST, LONGEST);
                    self.system.is_told.send_replace(true);
                    self.system.changed.notify_one();
                }
                Some(Ok(None)) => return Some(Error::unanswered("the server ended the subscription")),
                Some(Err(error)) => return Some(error),
            }
        }
    }

    /// Whether no worker has come meanwhile. Then the next one begins anew.
    fn is_over(&self) -> bool {
        let mut systems = self.client.followed.systems();
        let is_over = self.system.is_told.receiver_count() == 0;
        if is_over {
            systems.remove(&self.system_id);
        }
        is_over
    }
}
