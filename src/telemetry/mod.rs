//! What the program tells its operators: the log on standard error, and metrics for Prometheus.

mod log;
mod metrics;

pub use log::{LogError, init};
pub use metrics::{
    Metrics, MetricsError, Outcome, Target, entries_marked, entries_recorded, errors_answered, ledgers_open,
    operation_ended, request_answered,
};
