//! The metrics: their names, their descriptions and the functions that count. Before [`Metrics::record`] is called these
//! functions do nothing and cost next to nothing.
//!
//! The values of labels come from short fixed lists: a client must not be able to make up new ones.

use std::time::Duration;

use axum::Router;
use axum::http::{Method, StatusCode, header};
use axum::routing::get;
use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};
use metrics_exporter_prometheus::{
    BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

const REQUESTS: &str = "ledgate_http_requests_total";
const DURATION: &str = "ledgate_http_request_duration_seconds";
const ERRORS: &str = "ledgate_errors_total";
const MARKED: &str = "ledgate_entries_marked_total";
const RECORDED: &str = "ledgate_entries_recorded_total";
const OPERATIONS: &str = "ledgate_operations_total";

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
    /// Starts to record. May be called once in a process.
    pub fn record() -> Result<Self, MetricsError> {
        let recorder = recorder()?;
        let metrics = Self(recorder.handle());
        metrics::set_global_recorder(recorder).map_err(|error| MetricsError::Twice(error.to_string()))?;
        describe();
        Ok(metrics)
    }

    /// `GET /metrics`, for a listener of its own: it is bound, served and stopped as the API's is.
    pub fn router(&self) -> Router {
        let handle = self.0.clone();
        let text = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
        Router::new().route("/metrics", get(move || async move { (text, handle.render()) }))
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
    describe_counter!(REQUESTS, "Requests answered, by method, route and status.");
    describe_histogram!(DURATION, Unit::Seconds, "Time to the head of the answer, by method and route.");
    describe_counter!(
        ERRORS,
        "Answers with an error of this code, by route. GraphQL answers many of them with 200."
    );
    describe_counter!(MARKED, "Marks written: entries marked as exported, repeats included.");
    describe_counter!(RECORDED, "Entries inserted or updated.");
    describe_counter!(OPERATIONS, "Calls of operations that change the ledger, by operation and outcome.");
}

/// Counts a request that was answered. `route` is the pattern that the path matched, and `None` when it matched none; never
/// the path itself, since clients make up paths.
pub fn request_answered(method: &Method, route: Option<&str>, status: StatusCode, took: Duration) {
    let method = known(method);
    let route = route.unwrap_or("none").to_owned();
    histogram!(DURATION, "method" => method, "route" => route.clone()).record(took);
    counter!(REQUESTS, "method" => method, "route" => route, "status" => status.as_str().to_owned())
        .increment(1);
}

/// Counts an answer under the code of each kind of error in it. Codes are those of the catalogue.
pub fn errors_answered(route: Option<&str>, codes: impl Iterator<Item = &'static str>) {
    for code in codes {
        counter!(ERRORS, "route" => route.unwrap_or("none").to_owned(), "code" => code).increment(1);
    }
}

/// Counts marks once they are committed.
pub fn entries_marked(marks: u64) {
    counter!(MARKED).increment(marks);
}

/// Counts entries inserted or updated once they are committed.
pub fn entries_recorded(entries: u64) {
    counter!(RECORDED).increment(entries);
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

/// Counts a call of an operation.
pub fn operation_ended(operation: &'static str, outcome: Outcome) {
    let outcome: &'static str = outcome.into();
    counter!(OPERATIONS, "operation" => operation, "outcome" => outcome).increment(1);
}

/// The method as a label: clients can make up methods as well.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
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
            request_answered(&Method::POST, Some("/graphql"), StatusCode::OK, took);
            request_answered(&Method::POST, Some("/graphql"), StatusCode::OK, took);
            let made_up = Method::from_bytes(b"BREW").unwrap();
            request_answered(&made_up, None, StatusCode::NOT_FOUND, took);
            errors_answered(Some("/graphql"), ["UNAVAILABLE"].into_iter());
            entries_marked(10);
            entries_recorded(500);
            operation_ended("mark_exported", Outcome::Done);
        });

        let request = Request::get("/metrics").body(Body::empty()).unwrap();
        let answer = Metrics(recorder.handle()).router().oneshot(request).await.unwrap();
        assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        for line in [
            "# HELP ledgate_http_requests_total Requests answered, by method, route and status.",
            "# TYPE ledgate_http_requests_total counter",
            "ledgate_http_requests_total{method=\"POST\",route=\"/graphql\",status=\"200\"} 2",
            "ledgate_http_requests_total{method=\"other\",route=\"none\",status=\"404\"} 1",
            "# TYPE ledgate_http_request_duration_seconds histogram",
            "ledgate_http_request_duration_seconds_bucket{method=\"POST\",route=\"/graphql\",le=\"0.0025\"} 0",
            "ledgate_http_request_duration_seconds_bucket{method=\"POST\",route=\"/graphql\",le=\"0.005\"} 2",
            "ledgate_http_request_duration_seconds_count{method=\"POST\",route=\"/graphql\"} 2",
            "ledgate_errors_total{route=\"/graphql\",code=\"UNAVAILABLE\"} 1",
            "ledgate_entries_marked_total 10",
            "ledgate_entries_recorded_total 500",
            "ledgate_operations_total{operation=\"mark_exported\",outcome=\"done\"} 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\nis missing in\n{text}");
        }
    }
}
