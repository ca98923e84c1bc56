//! Finds out who calls. A request is handed on with a ledger that knows what the caller may do, or it is refused.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use tokio::sync::Mutex;

use super::refusal::Refuser;
use crate::domain::access::Caller;
use crate::domain::{Code, Fault, Result};
use crate::request::{Budgets, Refusal};
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

/// How long after the use of a token was written down it is not written down again.
const NOTED_FOR: Duration = Duration::from_secs(60);

/// What is needed to find out who calls.
#[derive(Clone, Debug)]
pub struct Door {
    ledger: Ledger,
    budgets: Budgets,
    closed: Arc<AtomicBool>,
    /// When it was last seen that there are no tokens.
    seen_open: Arc<Mutex<Option<Instant>>>,
    /// By the handles of tokens, when their use was last written down. The operator makes tokens, so there are no more
    /// than the operator wants.
    noted: Arc<std::sync::Mutex<HashMap<String, Instant>>>,
}

impl Door {
    /// For callers of this ledger, whose tokens have these budgets.
    pub fn new(ledger: Ledger, access: Access, budgets: Budgets) -> Self {
        let closed = Arc::new(AtomicBool::new(access == Access::Tokens));
        Self { ledger, budgets, closed, seen_open: Arc::default(), noted: Arc::default() }
    }

    async fn caller(&self, headers: &HeaderMap) -> Result<Caller> {
        if let Some(token) = bearer_token(headers) {
            let caller = self.ledger.bearer(token).await?;
            self.note_use(&caller);
            return Ok(caller);
        }
        if self.is_open().await? {
            return Ok(Caller::Anyone);
        }
        let message =
            "this takes a token: send it as `Authorization: Bearer lgt_…`; `ledgate token create` makes one";
        Err(Fault::new(Code::Unauthenticated, message).into())
    }

    /// Has it written down that a token is in use: beside the request, which does not wait for it, and at most once a
    /// minute for each token.
    fn note_use(&self, caller: &Caller) {
        let Caller::Bearer(token) = caller else { return };
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.get(&token.handle).is_some_and(|when| when.elapsed() < NOTED_FOR) {
            return;
        }
        noted.insert(token.handle.clone(), Instant::now());
        let (ledger, handle) = (self.ledger.clone(), token.handle.clone());
        tokio::spawn(async move {
            if let Err(error) = ledger.note_use(&handle).await {
                tracing::debug!(%error, "the use of a token could not be written down");
            }
        });
    }

    async fn is_open(&self) -> Result<bool> {
        if self.closed.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let mut seen_open = self.seen_open.lock().await;
        if seen_open.is_none_or(|seen| seen.elapsed() > OPEN_FOR) {
            if self.ledger.has_tokens().await? {
                self.closed.store(true, Ordering::Relaxed);
                return Ok(false);
            }
            *seen_open = Some(Instant::now());
        }
        Ok(true)
    }
}

fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Puts into the request the ledger, which knows what the caller may do, and the allowance, which knows what the
/// request may cost.
pub async fn authenticate(State(door): State<Door>, mut request: Request, next: Next) -> Response {
    match door.caller(request.headers()).await {
        Ok(caller) => {
            if let Caller::Bearer(token) = &caller {
                tracing::Span::current().record("token", token.name.as_str());
            }
            let ledger = door.ledger.on_behalf_of(caller.clone());
            request.extensions_mut().insert(door.budgets.allowance(&caller, &ledger));
            request.extensions_mut().insert(ledger);
            next.run(request).await
        }
        Err(error) => {
            let mut response = Refuser::of(&request).tell(Refusal::of_error(error, StatusCode::BAD_REQUEST));
            if response.status() == StatusCode::UNAUTHORIZED {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            response
        }
    }
}
