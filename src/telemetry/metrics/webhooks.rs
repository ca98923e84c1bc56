//! What is counted of webhooks.

use metrics::{counter, describe_counter, describe_gauge, gauge};

const TOLD: &str = "ledgate_webhook_deliveries_total";
const SWITCHED_OFF: &str = "ledgate_webhooks_switched_off";

pub(super) fn describe() {
    describe_counter!(
        TOLD,
        "Attempts to tell a webhook something, by outcome and ledger: taken with an answer 2xx, or failed."
    );
    describe_gauge!(
        SWITCHED_OFF,
        "Webhooks that are switched off after three days of failures or after an answer 410, by ledger."
    );
}

/// Counts an attempt to tell a webhook of this ledger something.
pub fn webhook_told(ledger: &str, is_taken: bool) {
    let outcome = if is_taken { "taken" } else { "failed" };
    counter!(TOLD, "outcome" => outcome, "ledger" => ledger.to_owned()).increment(1);
}

/// Tells how many webhooks of this ledger are switched off.
pub fn webhooks_switched_off(ledger: &str, count: usize) {
    gauge!(SWITCHED_OFF, "ledger" => ledger.to_owned()).set(u32::try_from(count).unwrap_or(u32::MAX));
}
