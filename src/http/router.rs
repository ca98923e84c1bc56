//! All addresses, and the layers that every request passes, from the outside in: request id and log, metrics, headers for
//! browsers, compression, names of this server, CORS, body, time limit and panics. Requests to a ledger also need a
//! place among the running requests, and a caller. The same routes answer for all ledgers (`ledger_paths.rs`). An upgrade to a
//! WebSocket leaves before that, by a door of its own (`sockets.rs`).

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state, map_request, map_response};
use axum::response::Response;
use axum::routing::get;
use futures_util::FutureExt;
use tower::ServiceExt;

use super::authenticate::{Doors, authenticate, in_turn};
use super::bodies::{self, Bodies};
use super::charged::charged;
use super::compression::{compression, prefer_older_codings};
use super::door::Access;
use super::ledger_paths::{self, Asked};
use super::load::{self, Load};
use super::refusal::Refuser;
use super::serve::Address;
use super::sockets::{Sockets, upgraded};
use super::{headers, health, hosts, identify, pages};
use crate::config::{MAIN_LEDGER, Settings};
use crate::domain::Code;
use crate::graphql::{self, Engine, TrustedDocuments};
use crate::ledgers::Ledgers;
use crate::request::{ErrorCodes, is_import};
use crate::rest;
use crate::telemetry::{self, Target};

/// Everything the server answers at the address it listens on.
pub fn router(
    ledgers: Ledgers,
    access: Access,
    settings: &Settings,
    trusted: TrustedDocuments,
    listening: &Address,
) -> Router {
    let http = &settings.http;
    let doors = Doors::new(ledgers.clone(), access, settings);
    let bodies = Bodies {
        limit: http.body_limit_bytes,
        import_limit: http.import_limit_bytes,
        patience: http.body_timeout(),
        origins: http.allowed_origins.clone(),
    };
    let pages = pages::router(trusted.count().is_some());
    let load = Load::new(http);
    let engine = Engine::new(graphql::schema(), settings.graphql.clone(), trusted);
    let sockets = Sockets::new(doors.clone(), engine.clone(), &load, settings);
    let behind_the_door = Router::new()
        .merge(graphql::router(engine, http.allowed_origins.clone()))
        .merge(rest::router().route_layer(from_fn(charged)))
        .route(ledger_paths::READY, get(health::ready_of_another))
        .route_layer(from_fn_with_state(doors.clone(), authenticate))
        .route_layer(from_fn_with_state(load, load::bounded))
        .route_layer(from_fn_with_state(doors, in_turn))
        .route_layer(from_fn_with_state(sockets, upgraded));
    let mut router = Router::new()
        .merge(behind_the_door)
        .route("/openapi.json", get(rest::serve_openapi))
        .merge(health::router(ledgers.main().clone()))
        .merge(pages)
        .route(ledger_paths::PAGE_WITHOUT_SLASH, get(ledger_paths::to_the_page))
        .fallback(rest::fallback)
        .method_not_allowed_fallback(rest::method_not_allowed)
        .layer(DefaultBodyLimit::max(http.body_limit_bytes))
        .layer(from_fn_with_state(http.request_timeout(), within))
        .layer(from_fn_with_state(bodies, bodies::taken_in));
    if let Some(cors) = headers::cors(http) {
        router = router.layer(cors);
    }
    router = hosts::answer_own_names(router, http, listening);
    if http.compression {
        router = router.layer(compression()).layer(map_request(prefer_older_codings));
    }
    let router = router
        .layer(map_response(headers::secure))
        .layer(from_fn_with_state(ledgers, measure))
        .layer(from_fn(identify::identify));
    // A layer would come too late: it is entered when the path has been looked at.
    Router::new().fallback_service(router.map_request(ledger_paths::for_its_ledger))
}

/// Ends a request whose answer does not begin in time (504) or whose code panics (500). What the request was doing in
/// the database is rolled back. An import takes its time; what it has written stays, in whole vouchers.
async fn within(State(patience): State<Duration>, request: Request, next: Next) -> Response {
    if is_import(request.method(), request.uri().path()) {
        return next.run(request).await;
    }
    let refuser = Refuser::of(&request);
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind();
    let (status, code, message) = match tokio::time::timeout(patience, answer).await {
        Ok(Ok(response)) => return response,
        // The panic is in the log already.
        Ok(Err(_)) => {
            let message =
                "Something went wrong on our side; the request id leads to it in the log.".to_owned();
            (StatusCode::INTERNAL_SERVER_ERROR, Code::InternalServerError, message)
        }
        Err(_) => {
            let message = format!("the request took longer than {} s and was given up", patience.as_secs());
            (StatusCode::GATEWAY_TIMEOUT, Code::Timeout, message)
        }
    };
    refuser.refuse(status, code, &message)
}

/// Routes that monitoring calls all the time. At INFO their lines would bury the others.
const PROBES: [&str; 3] = ["/livez", "/readyz", ledger_paths::READY];

/// Counts and times requests by route and ledger, and writes one line of log for each: at the level INFO, for probes at DEBUG.
async fn measure(State(ledgers): State<Ledgers>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let asked = request.extensions().get::<Asked>().cloned();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let method = request.method().clone();
    let response = next.run(request).await;
    let (took, status) = (started.elapsed(), response.status());
    let codes = response.extensions().get::<ErrorCodes>().cloned().unwrap_or_default();
    let ledger = match &asked {
        None => Some(MAIN_LEDGER),
        Some(Asked::Ledger(name)) if ledgers.has(name) => Some(name.as_str()),
        Some(_) => None,
    };
    let target = Target { route: route.as_deref(), ledger };
    telemetry::request_answered(&method, target, status, took);
    telemetry::errors_answered(target, codes.iter().map(Code::as_str));
    let microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let codes: Vec<&str> = codes.iter().map(Code::as_str).collect();
    let code = (!codes.is_empty()).then(|| codes.join(" "));
    let status = status.as_u16();
    if route.is_some_and(|route| PROBES.contains(&route.as_str())) {
        tracing::debug!(status, microseconds, code, "answered");
    } else {
        tracing::info!(status, microseconds, code, "answered");
    }
    response
}
