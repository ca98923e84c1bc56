//! The metrics: their names, their descriptions and the functions that count. Before [`Metrics::record`] is called these
//! functions do nothing and cost next to nothing.
//!
//! The values of labels come from short fixed lists, and from the names of the ledgers that there are: a client must not
//! be able to make up new ones.

mod exports;
mod measured;
mod webhooks;

use std::time::Duration;

use axum::Router;
use axum::http::{Method, StatusCode, header};
use axum::routing::get;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{
    BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

pub use exports::{ClaimOutcome, claims_counted, events_logged, failure_reported};
pub use measured::{
    MeasuredLedger, MeasuredSystem, PoolUse, begin_to_measure, ledger_measured, log_counted_to,
    log_was_counted_to,
};
pub use webhooks::{webhook_told, webhooks_switched_off};

use crate::config::MetricsSettings;

const REQUESTS: &str = "ledgate_http_requests_total";
const DURATION: &str = "ledgate_http_request_duration_seconds";
const ERRORS: &str = "ledgate_errors_total";
const MARKED: &str = "ledgate_entries_marked_total";
const RECORDED: &str = "ledgate_entries_recorded_total";
const OPERATIONS: &str = "ledgate_operations_total";
const OPEN: &str = "ledgate_ledgers_open";
const SOCKETS: &str = "ledgate_sockets_open";
const SOCKETS_CLOSED: &str = "ledgate_sockets_closed_total";
const SUBSCRIPTIONS: &str = "ledgate_subscriptions_open";

/// In seconds: from a lookup by id to a long streamed export.
const DURATION_BUCKETS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// How often samples are sorted into buckets when nobody asks for the metrics. Until then they are kept in memory.
const UPKEEP: Duration = Duration::from_secs(5);

/// Why the metrics cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum MetricsError {
    /// The buckets are malformed.
    #[error("the metrics cannot be set up: {0}")]
    Build(#[from] BuildError),
    /// Something else records in this process already.
    #[error("the metrics are recorded already: {0}")]
    Twice(String),
}

/// What has been recorded in this process.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Starts to record, and to measure ledgers as often as the settings say. The last measurement of a ledger is told for
    /// so long. May be called once in a process.
    pub fn record(settings: &MetricsSettings, kept: Duration) -> Result<Self, MetricsError> {
        let recorder = recorder()?;
        let metrics = Self(recorder.handle());
        metrics::set_global_recorder(recorder).map_err(|error| MetricsError::Twice(error.to_string()))?;
        describe();
        measured::start(Duration::from_secs(settings.measure_seconds), kept);
        Ok(metrics)
    }

    /// `GET /metrics`, for a listener of its own: it is bound, served and stopped as the API's is.
    pub fn router(&self) -> Router {
        let handle = self.0.clone();
        let text = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
        Router::new()
            .route("/metrics", get(move || async move { (text, handle.render() + &measured::render()) }))
    }

    /// Sorts samples into buckets every few seconds, so that memory does not grow while nobody asks for the metrics. Runs
    /// until it is dropped.
    pub async fn upkeep(self) {
        let mut ticks = tokio::time::interval(UPKEEP);
        loop {
            ticks.tick().await;
            self.0.run_upkeep();
        }
    }
}

fn recorder() -> Result<PrometheusRecorder, BuildError> {
    let durations = Matcher::Full(DURATION.to_owned());
    Ok(PrometheusBuilder::new().set_buckets_for_metric(durations, &DURATION_BUCKETS)?.build_recorder())
}

fn describe() {
    describe_counter!(REQUESTS, "Requests answered, by method, route, status and ledger.");
    describe_histogram!(
        DURATION,
        Unit::Seconds,
        "Time to the head of the answer, by method, route and ledger."
    );
    describe_counter!(
        ERRORS,
        "Answers with an error of this code, by route and ledger. GraphQL answers many of them with 200."
    );
    describe_counter!(MARKED, "Marks written, by ledger: entries marked as exported, repeats included.");
    describe_counter!(RECORDED, "Entries inserted or updated, by ledger.");
    describe_counter!(
        OPERATIONS,
        "Calls of operations that change the ledger, by operation, outcome and ledger."
    );
    describe_gauge!(OPEN, "Ledgers that are open beside main.");
    describe_gauge!(SOCKETS, "WebSocket connections that are open.");
    describe_counter!(
        SOCKETS_CLOSED,
        "WebSocket connections that have ended, by the code with which the server closed them; `client` where the client \
         did, `lost` where it went away without a word."
    );
    describe_gauge!(SUBSCRIPTIONS, "Subscriptions that are open, over all connections.");
    exports::describe();
    webhooks::describe();
}

/// Where a request went.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The pattern that the path matched, and `None` when it matched none; never the path itself, since clients make up
    /// paths.
    pub route: Option<&'a str>,
    /// The ledger that it was for, and `None` when there is none of the name that it gave: clients make up names.
    pub ledger: Option<&'a str>,
}

impl Target<'_> {
    fn labels(self) -> (String, String) {
        (self.route.unwrap_or("none").to_owned(), self.ledger.unwrap_or("none").to_owned())
    }
}

/// Counts a request that was answered.
pub fn request_answered(method: &Method, target: Target<'_>, status: StatusCode, took: Duration) {
    let method = known(method);
    let (route, ledger) = target.labels();
    histogram!(DURATION, "method" => method, "route" => route.clone(), "ledger" => ledger.clone())
        .record(took);
    let status = status.as_str().to_owned();
    counter!(REQUESTS, "method" => method, "route" => route, "status" => status, "ledger" => ledger)
        .increment(1);
}

/// Counts an answer under the code of each kind of error in it. Codes are those of the catalogue.
pub fn errors_answered(target: Target<'_>, codes: impl Iterator<Item = &'static str>) {
    for code in codes {
        let (route, ledger) = target.labels();
        counter!(ERRORS, "route" => route, "code" => code, "ledger" => ledger).increment(1);
    }
}

/// Counts marks once they are committed to this ledger.
pub fn entries_marked(ledger: &str, marks: u64) {
    counter!(MARKED, "ledger" => ledger.to_owned()).increment(marks);
}

/// Counts entries inserted or updated once they are committed to this ledger.
pub fn entries_recorded(ledger: &str, entries: u64) {
    counter!(RECORDED, "ledger" => ledger.to_owned()).increment(entries);
}

/// Tells how many ledgers are open, `main` not counted.
pub fn ledgers_open(open: usize) {
    gauge!(OPEN).set(u32::try_from(open).unwrap_or(u32::MAX));
}

/// Counts a WebSocket connection that begins.
pub fn socket_opened() {
    gauge!(SOCKETS).increment(1.0);
}

/// Counts one that has ended. `None` stands for one that went away without a word.
pub fn socket_closed(closed: Option<Closed>) {
    gauge!(SOCKETS).decrement(1.0);
    let code = match closed {
        None => "lost".to_owned(),
        Some(Closed::ByClient) => "client".to_owned(),
        Some(Closed::ByServer(code)) => code.to_string(),
    };
    counter!(SOCKETS_CLOSED, "code" => code).increment(1);
}

/// Who closed a WebSocket connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The client.
    ByClient,
    /// The server, with this code, which is one of those that it has.
    ByServer(u16),
}

/// Counts a subscription that begins.
pub fn subscription_begun() {
    gauge!(SUBSCRIPTIONS).increment(1.0);
}

/// Counts subscriptions that have ended.
pub fn subscriptions_ended(count: usize) {
    gauge!(SUBSCRIPTIONS).decrement(u32::try_from(count).unwrap_or(u32::MAX));
}

/// How a call of an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// It was carried out and committed.
    Done,
    /// An earlier call with the same idempotency key had been carried out; its answer was given again.
    Repeated,
    /// The caller may not do this, or the call is wrong.
    Refused,
    /// The database could not do it just then.
    Unavailable,
    /// A fault of the server.
    Failed,
}

/// Counts a call of an operation on this ledger.
pub fn operation_ended(ledger: &str, operation: &'static str, outcome: Outcome) {
    let outcome: &'static str = outcome.into();
    counter!(OPERATIONS, "operation" => operation, "outcome" => outcome, "ledger" => ledger.to_owned())
        .increment(1);
}

/// The method as a label: clients can make up methods as well.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PATCH" => "PATCH",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn what_is_recorded_is_served() {
        let recorder = recorder().unwrap();
        metrics::with_local_recorder(&recorder, || {
            describe();
            let took = Duration::from_millis(3);
            let main = Target { route: Some("/graphql"), ledger: Some("main") };
            request_answered(&Method::POST, main, StatusCode::OK, took);
            request_answered(&Method::POST, main, StatusCode::OK, took);
            let made_up = Method::from_bytes(b"BREW").unwrap();
            request_answered(&made_up, Target { route: None, ledger: None }, StatusCode::NOT_FOUND, took);
            errors_answered(main, ["UNAVAILABLE"].into_iter());
            entries_marked("main", 10);
            entries_recorded("acme", 500);
            operation_ended("main", "mark_exported", Outcome::Done);
            ledgers_open(3);
        });

        let request = Request::get("/metrics").body(Body::empty()).unwrap();
        let answer = Metrics(recorder.handle()).router().oneshot(request).await.unwrap();
        assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        for line in [
            "# HELP ledgate_http_requests_total Requests answered, by method, route, status and ledger.",
            "# TYPE ledgate_http_requests_total counter",
            "ledgate_http_requests_total{method=\"POST\",route=\"/graphql\",status=\"200\",ledger=\"main\"} 2",
            "ledgate_http_requests_total{method=\"other\",route=\"none\",status=\"404\",ledger=\"none\"} 1",
            "# TYPE ledgate_http_request_duration_seconds histogram",
            "ledgate_http_request_duration_seconds_bucket{method=\"POST\",route=\"/graphql\",ledger=\"main\",le=\"0.0025\"} 0",
            "ledgate_http_request_duration_seconds_bucket{method=\"POST\",route=\"/graphql\",ledger=\"main\",le=\"0.005\"} 2",
            "ledgate_http_request_duration_seconds_count{method=\"POST\",route=\"/graphql\",ledger=\"main\"} 2",
            "ledgate_errors_total{route=\"/graphql\",code=\"UNAVAILABLE\",ledger=\"main\"} 1",
            "ledgate_entries_marked_total{ledger=\"main\"} 10",
            "ledgate_entries_recorded_total{ledger=\"acme\"} 500",
            "ledgate_operations_total{operation=\"mark_exported\",outcome=\"done\",ledger=\"main\"} 1",
            "ledgate_ledgers_open 3",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\nis missing in\n{text}");
        }
    }
}
