//! Who calls. A request goes on with the ledger as its caller may use it, or not at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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

/// Who is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Whoever brings a valid token.
    Tokens,
    /// Everybody, until the first token is made.
    Open,
}

/// How long after the first token was made somebody without one may still be let in.
const OPEN_FOR: Duration = Duration::from_secs(1);

/// The door.
#[derive(Clone, Debug)]
pub struct Door {
    ledger: Ledger,
    budgets: Budgets,
    closed: Arc<AtomicBool>,
    /// When it was last seen that there are no tokens.
    seen_open: Arc<Mutex<Option<Instant>>>,
}

impl Door {
    /// The door of this ledger, behind which tokens have these budgets.
    pub fn new(ledger: Ledger, access: Access, budgets: Budgets) -> Self {
        let closed = Arc::new(AtomicBool::new(access == Access::Tokens));
        Self { ledger, budgets, closed, seen_open: Arc::default() }
    }

    async fn caller(&self, headers: &HeaderMap) -> Result<Caller> {
        if let Some(token) = bearer_token(headers) {
            return self.ledger.bearer(token).await;
        }
        if self.is_open().await? {
            return Ok(Caller::Anyone);
        }
        let message =
            "this takes a token: send it as `Authorization: Bearer lgt_…`; `ledgate token create` makes one";
        Err(Fault::new(Code::Unauthenticated, message).into())
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

/// Puts the ledger, as the caller may use it, into the request, and what it may cost.
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
