//! Events: what happened to an entry. A new kind is a variant of [`EventPayload`] and nothing more in here.

mod replaced;

use serde::de::value::MapDeserializer;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use strum::{EnumDiscriminants, IntoStaticStr};

use super::entry_id::EntryId;
use super::export::Reference;
use super::progress::{Failure, FailureType};
use super::system::SystemId;
use super::time::Timestamp;

pub use replaced::{Replaced, ReplacedValue, as_text};

/// What happened to an entry, with what is known of that kind of event. The name of a variant, in SCREAMING_SNAKE_CASE,
/// and the names of its fields are kept in the database: they never change. A field that is added later is optional,
/// since events without it are there already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, EnumDiscriminants)]
#[serde(tag = "kind", content = "payload", rename_all = "SCREAMING_SNAKE_CASE")]
#[strum_discriminants(
    name(EventKind),
    doc = "The kinds of event.",
    derive(IntoStaticStr),
    strum(serialize_all = "SCREAMING_SNAKE_CASE"),
    allow(missing_docs, reason = "documented at the payload")
)]
pub enum EventPayload {
    /// The entry came into the ledger.
    Recorded {},
    /// Its content changed.
    Updated {
        /// The values that were there before, of the fields that changed.
        #[serde(default, skip_serializing_if = "Replaced::is_empty")]
        replaced: Replaced,
    },
    /// It was marked as exported.
    Exported {
        /// The note of the mark.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        /// The version of the entry that the system was sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<i32>,
        /// The system's own document for the entry.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<Reference>,
    },
    /// Its mark was taken back.
    Unmarked {
        /// Why; `None` when another program deleted the mark.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A worker claimed it for a system.
    Claimed {
        /// The id of the claim.
        claim_id: String,
        /// What the worker calls itself.
        worker: String,
    },
    /// Its worker gave it back.
    Released {
        /// The id of the claim.
        claim_id: String,
    },
    /// The lease of its claim ended before its worker said what became of it: one more attempt that failed.
    ClaimExpired {
        /// The id of the claim.
        claim_id: String,
    },
    /// A system refused it.
    Failed {
        /// Why.
        #[serde(rename = "type")]
        kind: FailureType,
        /// The same in words.
        reason: String,
        /// How many attempts have failed; `None` when it was exported already, so that this changed nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attempts: Option<i32>,
        /// When it is tried again; `None` when it was parked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_at: Option<Timestamp>,
    },
    /// A person parked it.
    Parked {
        /// Why.
        reason: String,
    },
    /// A person had it tried again.
    Requeued {},
    /// A replay took its mark back.
    Replayed {
        /// The number of the replay.
        replay_id: i64,
        /// Why.
        reason: String,
    },
    /// The replay that took its mark back was cancelled: it has the mark again.
    MarkRestored {
        /// The number of the replay.
        replay_id: i64,
    },
    /// Its source took it back.
    Withdrawn {
        /// Why; `None` when another program withdrew it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// It stands in its source again.
    Reinstated {},
    /// It was recorded into a voucher of which the event's system had been sent other entries.
    JoinedSentVoucher {},
    /// A kind that this version does not know: a newer gateway wrote it to the same database.
    #[serde(skip)]
    Other {
        /// Its name.
        kind: String,
        /// What the newer gateway kept of it.
        payload: Map<String, Value>,
    },
}

impl EventPayload {
    /// The event that is kept under this name of a kind, with this JSON object.
    pub fn from_stored(kind: String, payload: Value) -> Self {
        let name = Value::String(kind);
        let parts = MapDeserializer::new([("kind", &name), ("payload", &payload)].into_iter());
        let known: Result<Self, serde_json::Error> = Self::deserialize(parts);
        known.unwrap_or_else(|_| EventPayload::Other {
            kind: if let Value::String(kind) = name { kind } else { String::new() },
            payload: if let Value::Object(payload) = payload { payload } else { Map::new() },
        })
    }

    /// The name of its kind, e.g. `EXPORTED`.
    pub fn name(&self) -> &str {
        match self {
            EventPayload::Other { kind, .. } => kind,
            known => EventKind::from(known).into(),
        }
    }

    /// Its fields by their names, as they are kept beside the kind.
    pub fn fields(&self) -> Map<String, Value> {
        if let EventPayload::Other { payload, .. } = self {
            return payload.clone();
        }
        // Every variant has fields with names, so its payload is an object.
        match serde_json::to_value(self).as_mut().map(|event| event["payload"].take()) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        }
    }

    /// The kind.
    pub fn kind(&self) -> EventKind {
        self.into()
    }

    /// The note of a mark.
    pub fn note(&self) -> Option<&str> {
        match self {
            EventPayload::Exported { note, .. } => note.as_deref(),
            EventPayload::Other { payload, .. } => payload.get("note").and_then(Value::as_str),
            _ => None,
        }
    }

    /// Why it was done, where a reason was given.
    pub fn reason(&self) -> Option<&str> {
        match self {
            EventPayload::Withdrawn { reason } | EventPayload::Unmarked { reason } => reason.as_deref(),
            EventPayload::Failed { reason, .. }
            | EventPayload::Parked { reason }
            | EventPayload::Replayed { reason, .. } => Some(reason),
            EventPayload::Other { payload, .. } => payload.get("reason").and_then(Value::as_str),
            _ => None,
        }
    }

    /// The version of the entry that the system was sent; `None` for other kinds, and where it is not known.
    pub fn version(&self) -> Option<i32> {
        match self {
            EventPayload::Exported { version, .. } => *version,
            _ => None,
        }
    }

    /// Why an attempt failed.
    pub fn failure_type(&self) -> Option<FailureType> {
        match self {
            EventPayload::Failed { kind, .. } => Some(*kind),
            _ => None,
        }
    }

    /// How many attempts had failed.
    pub fn attempts(&self) -> Option<i32> {
        match self {
            EventPayload::Failed { attempts, .. } => *attempts,
            _ => None,
        }
    }

    /// When it is tried again.
    pub fn next_attempt_at(&self) -> Option<Timestamp> {
        match self {
            EventPayload::Failed { retry_at, .. } => *retry_at,
            _ => None,
        }
    }

    /// The id of the claim that it is about.
    pub fn claim_id(&self) -> Option<&str> {
        match self {
            EventPayload::Claimed { claim_id, .. }
            | EventPayload::Released { claim_id }
            | EventPayload::ClaimExpired { claim_id } => Some(claim_id),
            _ => None,
        }
    }

    /// The number of the replay that it is about.
    pub fn replay_id(&self) -> Option<i64> {
        match self {
            EventPayload::Replayed { replay_id, .. } | EventPayload::MarkRestored { replay_id } => {
                Some(*replay_id)
            }
            _ => None,
        }
    }

    /// What the worker of the claim calls itself.
    pub fn worker(&self) -> Option<&str> {
        match self {
            EventPayload::Claimed { worker, .. } => Some(worker),
            _ => None,
        }
    }

    /// The system's own document for the entry.
    pub fn reference(&self) -> Option<&Reference> {
        match self {
            EventPayload::Exported { reference, .. } => reference.as_ref(),
            _ => None,
        }
    }

    /// What a change replaced; `None` for other kinds.
    pub fn replaced(&self) -> Option<&Replaced> {
        match self {
            EventPayload::Updated { replaced } => Some(replaced),
            _ => None,
        }
    }
}

/// One event of an entry's timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineEvent {
    /// Ascending within an entry's timeline; 0 is the recording itself.
    pub id: i64,
    /// The entry.
    pub entry_id: EntryId,
    /// When it happened.
    pub at: Timestamp,
    /// The system, for an event that concerns one.
    pub system_id: Option<SystemId>,
    /// Who did it; `None` when another program did, straight in the database.
    pub actor: Option<String>,
    /// What happened.
    pub payload: EventPayload,
}

impl TimelineEvent {
    /// The failure that it tells of; `None` for other kinds.
    pub fn failure(&self) -> Option<Failure> {
        match &self.payload {
            EventPayload::Failed { kind, reason, .. } => {
                Some(Failure { entry_id: self.entry_id, kind: *kind, reason: reason.clone(), at: self.at })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
