//! All addresses, and the layers that every request passes, from the outside in: request id and log, metrics, headers for
//! browsers, compression, names of this server, CORS, body, time limit and panics. Requests to the ledger also need a
//! place among the running requests, and a caller.

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

use super::authenticate::{Access, Door, authenticate};
use super::bodies::{self, Bodies};
use super::charged::charged;
use super::compression::{compression, prefer_older_codings};
use super::load::{self, Load};
use super::refusal::Refuser;
use super::serve::Address;
use super::slashes::without_extra_slashes;
use super::{headers, health, hosts, identify, pages};
use crate::config::Settings;
use crate::domain::Code;
use crate::graphql::{self, TrustedDocuments};
use crate::request::{Budgets, ErrorCodes};
use crate::rest;
use crate::service::Ledger;
use crate::telemetry;

/// Everything the server answers at the address it listens on.
pub fn router(
    ledger: Ledger,
    access: Access,
    settings: &Settings,
    trusted: TrustedDocuments,
    listening: &Address,
) -> Router {
    let http = &settings.http;
    let door = Door::new(ledger.clone(), access, Budgets::new(&settings.budget));
    let bodies = Bodies { limit: http.body_limit_bytes, patience: http.body_timeout() };
    let pages = pages::router(trusted.count().is_some());
    let behind_the_door = Router::new()
        .merge(graphql::router(
            graphql::schema(),
            settings.graphql.clone(),
            trusted,
            http.allowed_origins.clone(),
        ))
        .merge(rest::router().route_layer(from_fn(charged)))
        .route_layer(from_fn_with_state(door, authenticate))
        .route_layer(from_fn_with_state(Load::new(http), load::bounded));
    let mut router = Router::new()
        .merge(behind_the_door)
        .route("/openapi.json", get(rest::serve_openapi))
        .merge(health::router(ledger))
        .merge(pages)
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
        .layer(from_fn(measure))
        .layer(from_fn(identify::identify));
    // A layer would come too late: it is entered when the path has been looked at.
    Router::new().fallback_service(router.map_request(without_extra_slashes))
}

/// Ends a request whose answer does not begin in time (504) or whose code panics (500). What the request was doing in
/// the database is rolled back.
async fn within(State(patience): State<Duration>, request: Request, next: Next) -> Response {
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
const PROBES: [&str; 2] = ["/livez", "/readyz"];

/// Counts and times requests by route, and writes one line of log for each: at the level INFO, for probes at DEBUG.
async fn measure(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let method = request.method().clone();
    let response = next.run(request).await;
    let (took, status) = (started.elapsed(), response.status());
    let codes = response.extensions().get::<ErrorCodes>().cloned().unwrap_or_default();
    telemetry::request_answered(&method, route.as_deref(), status, took);
    telemetry::errors_answered(route.as_deref(), codes.iter().map(Code::as_str));
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
