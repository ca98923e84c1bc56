//! Is the process alive (`/livez`); can it work on `main` (`/readyz`), and on another ledger (`/ledgers/NAME/readyz`).

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use sea_orm::DbErr;
use serde_json::json;
use tokio::sync::{Mutex, OnceCell};

use crate::service::Ledger;
use crate::store::schema::{self, Fit};
use crate::store::{identity, takes_writes};

/// What both answers have as `Server`, and what `ledgate doctor` knows a ledgate by: the program and its version.
const SERVER: &str = concat!("ledgate/", env!("CARGO_PKG_VERSION"));

/// The header of `/readyz` that tells ledgers apart.
pub const LEDGER_HEADER: HeaderName = HeaderName::from_static("x-ledgate-ledger");

/// How long an answer to the question whether the database takes writes is good for. Asking takes the write lock of
/// SQLite for a moment.
const WRITES_SEEN_FOR: Duration = Duration::from_secs(1);

/// What the two questions need.
#[derive(Clone)]
struct Health {
    ledger: Ledger,
    writes: Arc<Mutex<Option<(Instant, bool)>>>,
    ledger_id: Arc<OnceCell<HeaderValue>>,
}

/// `/livez`, and `/readyz` for this ledger, which is `main`.
pub fn router(ledger: Ledger) -> Router {
    let server = (header::SERVER, HeaderValue::from_static(SERVER));
    Router::new()
        .route("/livez", get(async || ([server], "ok\n")))
        .route("/readyz", get(ready))
        .with_state(Health::of(ledger))
}

/// The same for another ledger than `main`, asked by a caller who may use it.
pub async fn ready_of_another(Extension(ledger): Extension<Ledger>) -> Response {
    ready(State(Health::of(ledger))).await
}

/// 200 when the database answers, takes writes and has a schema that this program can work with, else 503 and the
/// reason.
async fn ready(State(health): State<Health>) -> Response {
    let mut headers = HeaderMap::from_iter([(header::SERVER, HeaderValue::from_static(SERVER))]);
    headers.extend(health.ledger_id().await.map(|id| (LEDGER_HEADER, id)));
    match health.why_not_ready().await {
        None => (headers, Json(json!({ "ready": true }))).into_response(),
        Some(reason) => {
            let body = Json(json!({ "ready": false, "reason": reason }));
            (StatusCode::SERVICE_UNAVAILABLE, headers, body).into_response()
        }
    }
}

impl Health {
    fn of(ledger: Ledger) -> Self {
        Self { ledger, writes: Arc::default(), ledger_id: Arc::default() }
    }

    async fn why_not_ready(&self) -> Option<&'static str> {
        match schema::fit(self.ledger.database()).await {
            // A newer gateway has prepared the database for itself: until it takes over, this one goes on.
            Ok(Fit::Current | Fit::Extended) => {}
            Ok(Fit::Empty | Fit::Behind) => {
                return Some("the database's schema is older than the program: run `ledgate migrate up`");
            }
            Ok(Fit::Newer) => {
                return Some("the database's schema is newer than the program: update the program");
            }
            Err(error) => return Some(does_not_answer(&error)),
        }
        match self.takes_writes().await {
            Ok(true) => None,
            Ok(false) => {
                Some("the database can be read and not written: its disk is full, or it only lets us read")
            }
            Err(error) => Some(does_not_answer(&error)),
        }
    }

    async fn takes_writes(&self) -> Result<bool, DbErr> {
        let mut seen = self.writes.lock().await;
        if let Some((when, writes)) = *seen
            && when.elapsed() < WRITES_SEEN_FOR
        {
            return Ok(writes);
        }
        let writes = takes_writes(self.ledger.database()).await?;
        *seen = Some((Instant::now(), writes));
        Ok(writes)
    }

    /// Asked once; left out while the database does not say.
    async fn ledger_id(&self) -> Option<HeaderValue> {
        let ask = async || {
            let id = identity(self.ledger.database()).await?;
            HeaderValue::try_from(id).map_err(|error| DbErr::Custom(error.to_string()))
        };
        self.ledger_id.get_or_try_init(ask).await.ok().cloned()
    }
}

fn does_not_answer(error: &DbErr) -> &'static str {
    tracing::warn!(%error, "not ready");
    "the database does not answer"
}
