//! What the program tells its operators: the log on standard error, and metrics for Prometheus.

mod log;
mod metrics;

pub use log::{LogError, init};
pub use metrics::{
    ClaimOutcome, Closed, MeasuredLedger, MeasuredSystem, Metrics, MetricsError, Outcome, PoolUse, Target,
    begin_to_measure, claims_counted, entries_marked, entries_recorded, errors_answered, events_logged,
    failure_reported, ledger_measured, ledgers_open, log_counted_to, log_was_counted_to, operation_ended,
    request_answered, socket_closed, socket_opened, subscription_begun, subscriptions_ended, webhook_told,
    webhooks_switched_off,
};
