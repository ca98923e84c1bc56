//! The door of one ledger: whom it lets in, what their tokens may cost, and for how many there is room.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::watch::{Held, Watch, Watching};
use crate::domain::access::Caller;
use crate::domain::{Code, Fault, Result};
use crate::request::{Budgets, ExportPlaces, Places};
use crate::service::Ledger;

/// Whom the server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Callers with a valid token.
    Tokens,
    /// Everybody, until the first token is made.
    Open,
}

/// For how long the answer that there are no tokens is remembered. So much later than the first token was made, a
/// caller without one may still be answered.
const OPEN_FOR: Duration = Duration::from_secs(1);

/// How often it is looked whether those who stay still may.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long after the use of a token was written down it is not written down again.
const NOTED_FOR: Duration = Duration::from_secs(60);

/// What is needed to let callers of one ledger in. It stays when the ledger is closed and opened again.
#[derive(Debug)]
pub struct Door {
    /// What the tokens may cost.
    pub budgets: Budgets,
    /// For requests at work on this ledger.
    pub requests: Places,
    /// For exports that stream out of this ledger.
    pub exports: ExportPlaces,
    /// Those who were let in for longer than one request.
    watch: Watch,
    closed: AtomicBool,
    /// When it was last seen that there are no tokens.
    seen_open: tokio::sync::Mutex<Option<Instant>>,
    /// By the handles of tokens, when their use was last written down. The operator makes tokens, so there are no more
    /// than the operator wants.
    noted: Arc<Mutex<HashMap<String, Instant>>>,
}

impl Door {
    /// For callers whose tokens have these budgets, with these places.
    pub fn new(access: Access, budgets: Budgets, requests: Places, exports: ExportPlaces) -> Self {
        Self {
            budgets,
            requests,
            exports,
            watch: Watch::default(),
            closed: AtomicBool::new(access == Access::Tokens),
            seen_open: tokio::sync::Mutex::default(),
            noted: Arc::default(),
        }
    }

    /// Who calls this ledger with this token, or without one.
    pub async fn caller(&self, ledger: &Ledger, token: Option<&str>) -> Result<Caller> {
        if let Some(token) = token {
            let caller = ledger.bearer(token).await?;
            self.note_use(ledger, &caller);
            return Ok(caller);
        }
        if self.is_open(ledger).await? {
            return Ok(Caller::Anyone);
        }
        let message =
            "this takes a token: send it as `Authorization: Bearer lgt_…`; `ledgate token create` makes one";
        Err(Fault::new(Code::Unauthenticated, message).into())
    }

    /// Has it written down that a token is in use: beside the request, which does not wait for it, and at most once a
    /// minute for each token.
    fn note_use(&self, ledger: &Ledger, caller: &Caller) {
        let Caller::Bearer(token) = caller else { return };
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.get(&token.handle).is_some_and(|when| when.elapsed() < NOTED_FOR) {
            return;
        }
        noted.insert(token.handle.clone(), Instant::now());
        let (ledger, handle) = (ledger.clone(), token.handle.clone());
        tokio::spawn(async move {
            if let Err(error) = ledger.note_use(&handle).await {
                tracing::debug!(%error, "the use of a token could not be written down");
            }
        });
    }

    /// Watches whether a caller who was let in may stay: `ended` is cancelled when its token is revoked or expires, and when
    /// tokens are needed from now on and it has none. Ends when what is given is dropped. The database is asked once a second
    /// for all of them together.
    pub fn watch(self: &Arc<Self>, ledger: &Ledger, ended: CancellationToken) -> Watching {
        let handle = match ledger.caller() {
            Caller::Bearer(token) => Some(token.handle.clone()),
            Caller::Operator | Caller::Anyone => None,
        };
        let (watching, is_first) = self.watch.add(handle, ended);
        if is_first {
            let (door, ledger) = (Arc::clone(self), ledger.clone());
            tokio::spawn(async move { door.look_at_tokens(&ledger).await });
        }
        watching
    }

    /// Looks once a second, until nobody is left. While the database is away, everybody stays: it gives nothing to anybody.
    async fn look_at_tokens(&self, ledger: &Ledger) {
        let mut seconds = tokio::time::interval(LOOK_EVERY);
        seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            seconds.tick().await;
            let Some(Held { handles, without }) = self.watch.held() else { return };
            if !handles.is_empty() {
                match ledger.valid_tokens(&handles).await {
                    Ok(valid) => self.watch.end(|handle| {
                        handle.is_some_and(|handle| handles.contains(handle) && !valid.contains(handle))
                    }),
                    Err(error) => tracing::debug!(%error, "the tokens of connections could not be looked at"),
                }
            }
            if without && matches!(self.is_open(ledger).await, Ok(false)) {
                self.watch.end(|handle| handle.is_none());
            }
        }
    }

    async fn is_open(&self, ledger: &Ledger) -> Result<bool> {
        if self.closed.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let mut seen_open = self.seen_open.lock().await;
        if seen_open.is_none_or(|seen| seen.elapsed() > OPEN_FOR) {
            if ledger.has_tokens().await? {
                self.closed.store(true, Ordering::Relaxed);
                return Ok(false);
            }
            *seen_open = Some(Instant::now());
        }
        Ok(true)
    }
}
