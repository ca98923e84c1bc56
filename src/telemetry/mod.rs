//! What the program tells its operators: the log on standard error, and metrics for Prometheus.

mod log;
mod metrics;

pub use log::{LogError, init};
pub use metrics::{
    Closed, Metrics, MetricsError, Outcome, Target, entries_marked, entries_recorded, errors_answered,
    ledgers_open, operation_ended, request_answered, socket_closed, socket_opened, subscription_begun,
    subscriptions_ended, webhook_told, webhooks_switched_off,
};
