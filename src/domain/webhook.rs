//! Webhooks: addresses that are told when something happens. They wake up; the log of events informs.

use std::fmt;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::export_event::{ExportEventKind, LogPlace};
use super::progress::FailureType;
use super::retry::{RetryRules, Verdict};
use super::system::SystemId;
use super::time::Timestamp;

/// Most webhooks of a ledger.
pub const MAX_WEBHOOKS: u64 = 100;

/// For so long a webhook may fail before it is switched off: three days, in microseconds.
const PATIENCE_MICROS: i64 = 3 * 24 * 3_600 * 1_000_000;

/// When an attempt that failed is repeated. It is never parked: [`after_failure`] switches off.
const RETRIES: RetryRules = RetryRules { max_attempts: i32::MAX, first_seconds: 5, longest_seconds: 3_600 };

/// What a webhook can tell of. The names are kept in the database: they never change.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum WebhookKind {
    /// Entries wait to be sent to the system.
    Ready,
    /// The system refused entries.
    Failed,
    /// Entries were parked.
    Parked,
    /// Facts about an export do not fit together.
    Conflict,
    /// Entries have changed, or were withdrawn, since the system was sent them.
    Changed,
    /// Entries were marked.
    Exported,
    /// Marks were taken back.
    Unmarked,
    /// Entries were requeued.
    Requeued,
    /// A worker claimed entries.
    Claimed,
    /// A replay was started or cancelled.
    Replayed,
}

impl WebhookKind {
    /// Every kind.
    pub const ALL: &'static [WebhookKind] = WebhookKind::VARIANTS;

    /// The name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The kind that tells of such an event.
    pub fn of(event: ExportEventKind) -> Self {
        match event {
            ExportEventKind::Exported => Self::Exported,
            ExportEventKind::Unmarked => Self::Unmarked,
            ExportEventKind::Failed => Self::Failed,
            ExportEventKind::Parked => Self::Parked,
            ExportEventKind::Requeued => Self::Requeued,
            ExportEventKind::Changed | ExportEventKind::Withdrawn => Self::Changed,
            ExportEventKind::Conflict => Self::Conflict,
            ExportEventKind::Claimed => Self::Claimed,
            ExportEventKind::Replayed | ExportEventKind::ReplayCancelled => Self::Replayed,
        }
    }
}

/// Whether such an event makes entries wait again that did not: those who were told of them before are told again.
pub fn makes_ready_again(event: ExportEventKind) -> bool {
    matches!(event, ExportEventKind::Unmarked | ExportEventKind::Requeued | ExportEventKind::Replayed)
}

/// What signs the signals of a webhook: `whsec_` and base64. Not shown to who debugs.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(pub String);

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

/// Why a webhook was switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum SwitchedOff {
    /// Every attempt of three days failed.
    Failed,
    /// The receiver answered 410: it is not to be told any more.
    Gone,
}

impl SwitchedOff {
    /// Every reason.
    pub const ALL: &'static [SwitchedOff] = SwitchedOff::VARIANTS;

    /// The name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Why an attempt had no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum DeliveryError {
    /// The address does not begin with https, and `webhooks.allow_private` is not set.
    NotHttps,
    /// The name of the host has no address.
    NoAddress,
    /// An address of the host is not of the public internet, and `webhooks.allow_private` is not set.
    PrivateAddress,
    /// Nobody takes connections there.
    NotConnected,
    /// The host has no certificate that is trusted here, or speaks no TLS.
    Tls,
    /// There was no answer in time.
    Timeout,
    /// What came is no answer of HTTP.
    BadAnswer,
}

impl DeliveryError {
    /// Every reason.
    pub const ALL: &'static [DeliveryError] = DeliveryError::VARIANTS;

    /// The name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A webhook, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its number.
    pub id: i64,
    /// The address that is told.
    pub url: String,
    /// The system that it is for; `None`: all.
    pub system_id: Option<SystemId>,
    /// What it tells of.
    pub kinds: Vec<WebhookKind>,
    /// What there is to know about it.
    pub description: Option<String>,
    /// Events up to here are dealt with; position 0 before the first event.
    pub place: LogPlace,
    /// Until when the secret before the present one signs too; in the past when it does not any more.
    pub previous_secret_until: Option<Timestamp>,
    /// When the first attempt failed since the last one that did not.
    pub failing_since: Option<Timestamp>,
    /// How many attempts have failed since then.
    pub attempts: i32,
    /// Not before then is the next attempt.
    pub next_attempt_at: Option<Timestamp>,
    /// Since when it is switched off, and why.
    pub switched_off: Option<(Timestamp, SwitchedOff)>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
}

impl Webhook {
    /// Whether it is to be told something now, if there is something to tell.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.switched_off.is_none() && self.next_attempt_at.is_none_or(|moment| moment <= now)
    }
}

/// One attempt to tell a webhook something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its number.
    pub id: i64,
    /// The webhook, by its number.
    pub webhook_id: i64,
    /// When it began.
    pub at: Timestamp,
    /// Which one it was since the last one that did not fail, from 1.
    pub attempt: i32,
    /// What was told: the header `webhook-id`.
    pub signal_id: String,
    /// The system that it was about; `None` for a test of a webhook for all systems.
    pub system_id: Option<SystemId>,
    /// What it told of; nothing for a test.
    pub kinds: Vec<WebhookKind>,
    /// The cursor of the event up to which it told.
    pub cursor: Option<String>,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub error: Option<DeliveryError>,
    /// How long it took, in milliseconds.
    pub duration_ms: i32,
}

impl Delivery {
    /// Whether the receiver took it.
    pub fn is_taken(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// What follows from an attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterFailure {
    /// It is repeated at this moment.
    Retry(Timestamp),
    /// The webhook is switched off.
    SwitchOff(SwitchedOff),
}

/// What follows from the `attempts`th attempt, which failed now: after 5 seconds it is repeated, then after twice as long
/// each time up to an hour, with up to a quarter added, for three days since the first. The answer 410 ends it at once.
pub fn after_failure(delivery: &Delivery, failing_since: Timestamp, now: Timestamp) -> AfterFailure {
    const GONE: u16 = 410;
    if delivery.status == Some(GONE) {
        return AfterFailure::SwitchOff(SwitchedOff::Gone);
    }
    if now.micros() - failing_since.micros() >= PATIENCE_MICROS {
        return AfterFailure::SwitchOff(SwitchedOff::Failed);
    }
    let seed = delivery.webhook_id;
    match RETRIES.verdict(FailureType::Unavailable, delivery.attempt, now, None, seed) {
        Verdict::Retry(moment) => AfterFailure::Retry(moment),
        Verdict::Park => AfterFailure::SwitchOff(SwitchedOff::Failed),
    }
}
