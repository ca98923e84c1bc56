//! Finds out which ledger is called, and who calls. A request is handed on with a ledger that knows what the caller may do,
//! or it is refused.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::door::{Access, Door};
use super::ledger_paths::Asked;
use super::load::PATIENCE;
use super::refusal::Refuser;
use crate::config::{BudgetSettings, LedgerName, Settings};
use crate::domain::access::Caller;
use crate::domain::{Code, Error};
use crate::ledgers::Ledgers;
use crate::request::{Budgets, ExportPlaces, Places, Refusal};
use crate::service::{Ledger, may_be_token};

/// How long after a call of a ledger other than `main` its refusal for want of a valid token comes, at the earliest. To
/// open a ledger takes less, so that the time does not tell whether there is one.
const REFUSED_AFTER: Duration = Duration::from_millis(250);

/// Somebody who was let in for longer than one request.
#[derive(Debug)]
pub struct Admitted {
    /// The ledger as the caller may use it.
    pub ledger: Ledger,
    /// The door that the caller came through.
    pub door: Arc<Door>,
}

/// What is said to everybody without a valid token, of every ledger but `main` and of names that no ledger has.
const NO_TOKEN: &str = "this takes a token that is valid in this ledger: send it as `Authorization: Bearer lgt_…`; \
                        `ledgate token create --ledger NAME` makes one";

/// The doors of all ledgers. Cheap to clone; all clones share them.
#[derive(Clone, Debug)]
pub struct Doors(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    ledgers: Ledgers,
    main: Arc<Door>,
    /// Of ledgers that were called. There are no more than the operator made.
    others: Mutex<HashMap<LedgerName, Arc<Door>>>,
    /// Of all names that no ledger has.
    nobody: Arc<Door>,
    budget: BudgetSettings,
    requests_each: usize,
    exports_each: usize,
}

impl Doors {
    /// For these ledgers. `access` is for `main`; the others take tokens only.
    pub fn new(ledgers: Ledgers, access: Access, settings: &Settings) -> Self {
        let (http, each) = (&settings.http, &settings.ledgers);
        let budgets = || Budgets::new(&settings.budget);
        let requests = Places::new(http.max_running_requests);
        let main = Door::new(access, budgets(), requests, ExportPlaces::new(http.max_running_exports));
        let requests_each = each.max_running_requests_each;
        // Half of a ledger's connections at most are held by slow readers.
        let half = usize::try_from(each.max_connections_each / 2).unwrap_or(usize::MAX);
        let exports_each = http.max_running_exports.min(half.max(1));
        let nobody =
            Door::new(Access::Tokens, budgets(), Places::new(requests_each), ExportPlaces::new(exports_each));
        Self(Arc::new(Shared {
            ledgers,
            main: Arc::new(main),
            others: Mutex::default(),
            nobody: Arc::new(nobody),
            budget: settings.budget.clone(),
            requests_each,
            exports_each,
        }))
    }

    /// The door of the ledger that is asked for.
    fn of(&self, asked: Option<&Asked>) -> Arc<Door> {
        match asked {
            None => Arc::clone(&self.0.main),
            Some(Asked::Ledger(name)) if self.0.ledgers.has(name) => {
                let mut doors = self.0.others.lock().unwrap_or_else(PoisonError::into_inner);
                let new = || {
                    let requests = Places::new(self.0.requests_each);
                    let exports = ExportPlaces::new(self.0.exports_each);
                    Arc::new(Door::new(Access::Tokens, Budgets::new(&self.0.budget), requests, exports))
                };
                Arc::clone(doors.entry(name.clone()).or_insert_with(new))
            }
            Some(_) => Arc::clone(&self.0.nobody),
        }
    }

    /// Lets in who connects to this ledger with this token, or without one. A refusal for want of a valid token of a ledger
    /// other than `main` does not come too early.
    pub async fn admit(&self, asked: Option<&Asked>, token: Option<&str>) -> Result<Admitted, Refusal> {
        let begun = Instant::now();
        let door = self.of(asked);
        match self.let_in(asked, &door, token).await {
            Ok((ledger, caller)) => Ok(Admitted { ledger: ledger.on_behalf_of(caller), door }),
            Err(refusal) => {
                if asked.is_some() && refusal.status == StatusCode::UNAUTHORIZED {
                    tokio::time::sleep(REFUSED_AFTER.saturating_sub(begun.elapsed())).await;
                }
                Err(refusal)
            }
        }
    }

    /// The ledger that is called, and who calls it.
    async fn let_in(
        &self,
        asked: Option<&Asked>,
        door: &Door,
        token: Option<&str>,
    ) -> Result<(Ledger, Caller), Refusal> {
        let refusal = |error| Refusal::of_error(error, StatusCode::BAD_REQUEST);
        let Some(asked) = asked else {
            let ledger = self.0.ledgers.main();
            let caller = door.caller(ledger, token).await.map_err(refusal)?;
            return Ok((ledger.clone(), caller));
        };
        // What cannot be a token opens no database.
        let token = token.filter(|token| may_be_token(token)).ok_or_else(no_token)?;
        let Asked::Ledger(name) = asked else { return Err(self.unknown(token).await) };
        let opened = self.0.ledgers.get(name).await.map_err(|error| {
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, error.to_caller(name))
        })?;
        let Some(ledger) = opened else { return Err(self.unknown(token).await) };
        match door.caller(&ledger, Some(token)).await {
            Ok(caller) => Ok((ledger, caller)),
            Err(Error::Refused(_)) => Err(no_token()),
            Err(error) => Err(refusal(error)),
        }
    }

    /// The refusal for a name that no ledger has: who has a token of `main` is told so, all others are told what they are
    /// told of every ledger.
    async fn unknown(&self, token: &str) -> Refusal {
        match self.0.ledgers.main().bearer(token).await {
            Ok(_) => {
                let message = "this server has no ledger of this name";
                Refusal::new(StatusCode::NOT_FOUND, Code::LedgerNotFound, message)
            }
            Err(_) => no_token(),
        }
    }
}

fn no_token() -> Refusal {
    Refusal::new(StatusCode::UNAUTHORIZED, Code::Unauthenticated, NO_TOKEN)
}

/// The token in the header `Authorization`.
pub fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Hands a request to a ledger other than `main` on when there is a place for it, so that one whose database is slow or
/// away does not take all places of the server; and answers those without a valid token not too early.
pub async fn in_turn(State(doors): State<Doors>, request: Request, next: Next) -> Response {
    let Some(asked) = request.extensions().get::<Asked>() else { return next.run(request).await };
    let begun = Instant::now();
    let door = doors.of(Some(asked));
    let Some(place) = door.requests.take(PATIENCE).await else {
        let message = format!(
            "this server works on at most {} requests to one ledger at the same time, and all places are taken: try again",
            door.requests.count()
        );
        let refuser = Refuser::of(&request);
        return refuser.refuse(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, &message);
    };
    let response = next.run(request).await;
    drop(place);
    if response.status() == StatusCode::UNAUTHORIZED {
        tokio::time::sleep(REFUSED_AFTER.saturating_sub(begun.elapsed())).await;
    }
    response
}

/// Puts into the request the ledger, which knows what the caller may do, the allowance, which knows what the request may
/// cost, and the places of exports.
pub async fn authenticate(State(doors): State<Doors>, mut request: Request, next: Next) -> Response {
    let asked = request.extensions().get::<Asked>().cloned();
    let door = doors.of(asked.as_ref());
    match doors.let_in(asked.as_ref(), &door, bearer_token(request.headers())).await {
        Ok((ledger, caller)) => {
            if let Caller::Bearer(token) = &caller {
                tracing::Span::current().record("token", token.name.as_str());
            }
            let ledger = ledger.on_behalf_of(caller.clone());
            let extensions = request.extensions_mut();
            extensions.insert(door.budgets.allowance(&caller, &ledger));
            extensions.insert(door.exports.clone());
            extensions.insert(ledger);
            next.run(request).await
        }
        Err(refusal) => {
            let mut response = Refuser::of(&request).tell(refusal);
            if response.status() == StatusCode::UNAUTHORIZED {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            response
        }
    }
}
