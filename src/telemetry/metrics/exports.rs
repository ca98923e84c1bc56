//! What is counted of exports beside marks: failures, claims, and the events of the log.

use metrics::{counter, describe_counter};

const FAILURES: &str = "ledgate_failures_reported_total";
const CLAIMS: &str = "ledgate_claims_total";
const EVENTS: &str = "ledgate_events_total";

pub(super) fn describe() {
    describe_counter!(
        FAILURES,
        "Failures that workers have reported, by type and ledger. A failure of a voucher counts once."
    );
    describe_counter!(
        CLAIMS,
        "Claims by outcome and ledger: made, settled to the last entry, released by the worker, or expired, which is \
         counted when the next claim for the system finds that a lease has ended."
    );
    describe_counter!(
        EVENTS,
        "Events that the log has got, by kind and ledger, whoever wrote them. Every gateway counts them all: take the \
         maximum over the gateways, not the sum."
    );
}

/// Counts a failure of this type, once it is committed to this ledger. `kind` is one of the types of failures.
pub fn failure_reported(ledger: &str, kind: &'static str) {
    counter!(FAILURES, "ledger" => ledger.to_owned(), "type" => kind).increment(1);
}

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ClaimOutcome {
    /// It was made.
    Made,
    /// All that it had is settled.
    Settled,
    /// The worker gave it back.
    Released,
    /// Its lease ended before all of it was settled.
    Expired,
}

/// Counts so many claims of this ledger, once that is committed.
pub fn claims_counted(ledger: &str, outcome: ClaimOutcome, claims: u64) {
    if claims > 0 {
        let outcome: &'static str = outcome.into();
        counter!(CLAIMS, "ledger" => ledger.to_owned(), "outcome" => outcome).increment(claims);
    }
}

/// Counts so many events of this kind that the log of this ledger has got. `kind` is one of the kinds of events.
pub fn events_logged(ledger: &str, kind: &'static str, events: u64) {
    counter!(EVENTS, "ledger" => ledger.to_owned(), "kind" => kind).increment(events);
}
