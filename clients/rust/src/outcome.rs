//! What became of a voucher.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Longest reason, note, and address of a document, in characters.
const MAX_TEXT: usize = 2_000;
/// Longest id of a document, in characters.
const MAX_DOCUMENT_ID: usize = 200;

/// What became of a voucher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The system has it.
    Exported(Exported),
    /// The system refused it, or could not be asked.
    Failed(Failed),
}

/// A voucher that the system has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// The system's own document.
    pub reference: Option<Reference>,
    /// A note for the timelines of the entries, at most 2,000 characters.
    pub note: Option<String>,
}

/// The system's own document for a voucher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Its id or number: 1 to 200 characters.
    pub document_id: String,
    /// Its address for a person, of http or https: at most 2,000 characters.
    pub url: Option<String>,
}

/// A voucher that the system refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// Why, for what comes next.
    pub kind: FailureType,
    /// The same in the system's own words, for a person: 1 to 2,000 characters.
    pub reason: String,
    /// When it is to be tried again; `None`: after a wait that doubles with each attempt.
    pub retry_at: Option<DateTime<Utc>>,
}

/// Why a system refused something. The type decides what comes next: docs/connectors.md of ledgate has the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FailureType {
    /// The system found the voucher wrong.
    Validation,
    /// The system does not know an account.
    UnknownAccount,
    /// The period is closed.
    PeriodClosed,
    /// The system has such a document under another key.
    Duplicate,
    /// The connector or the system is set up wrongly.
    Configuration,
    /// The connector may not do this.
    Permission,
    /// The system does not answer. Never parked.
    Unavailable,
    /// The system does not answer now. Never parked.
    RateLimited,
    /// Anything else.
    Other,
}

impl Outcome {
    /// The system has it; there is nothing else to say.
    pub fn exported() -> Self {
        Self::Exported(Exported::default())
    }

    /// The system has it as this document: 1 to 200 characters.
    pub fn exported_as(document_id: impl Into<String>) -> Self {
        let reference = Reference { document_id: document_id.into(), url: None };
        Self::Exported(Exported { reference: Some(reference), note: None })
    }

    /// The system refused it for this reason, of which the first 2,000 characters are kept.
    pub fn failed(kind: FailureType, reason: impl Into<String>) -> Self {
        Self::Failed(Failed { kind, reason: reason.into(), retry_at: None })
    }

    /// The same as a server takes it. That something was sent is a fact, which a text that is too long must not keep from being
    /// recorded: texts are cut, and the id of a document that is too long becomes the note.
    pub(crate) fn admissible(self) -> Self {
        match self {
            Self::Exported(Exported { reference, note }) => {
                let mut note = note.map(|note| cut(&note, MAX_TEXT));
                let reference = reference.and_then(|Reference { document_id, url }| {
                    let count = document_id.chars().count();
                    if document_id.trim().is_empty() || count > MAX_DOCUMENT_ID || document_id.contains('\0')
                    {
                        note.get_or_insert_with(|| cut(&document_id, MAX_TEXT));
                        return None;
                    }
                    Some(Reference { document_id, url: url.filter(|url| is_address(url)) })
                });
                Self::Exported(Exported { reference, note: note.filter(|note| !note.is_empty()) })
            }
            Self::Failed(Failed { kind, reason, retry_at }) => {
                let reason = cut(reason.trim(), MAX_TEXT);
                let reason = if reason.is_empty() { "no reason was given".to_owned() } else { reason };
                Self::Failed(Failed { kind, reason, retry_at })
            }
        }
    }
}

/// The text without NUL, and not longer than so many characters.
fn cut(text: &str, most: usize) -> String {
    text.chars().filter(|c| *c != '\0').take(most).collect()
}

fn is_address(url: &str) -> bool {
    let is_web = url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    is_web && url.chars().count() <= MAX_TEXT && !url.chars().any(|c| c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_a_server_refuses_never_lose_the_fact() {
        let long = "x".repeat(300);
        let reference = Reference { document_id: long.clone(), url: None };
        let outcome = Outcome::Exported(Exported { reference: Some(reference), note: None }).admissible();
        assert_eq!(outcome, Outcome::Exported(Exported { reference: None, note: Some(long) }));

        let reference = Reference { document_id: "GL-1".to_owned(), url: Some("ftp://erp/1".to_owned()) };
        let outcome = Outcome::Exported(Exported { reference: Some(reference), note: Some("\0".to_owned()) });
        assert_eq!(outcome.admissible(), Outcome::exported_as("GL-1"));
    }

    #[test]
    fn a_reason_is_cut_and_never_empty() {
        let reason = |text: &str| match Outcome::failed(FailureType::Other, text).admissible() {
            Outcome::Failed(failed) => failed.reason,
            Outcome::Exported(_) => panic!("it failed"),
        };
        assert_eq!(reason(&"é".repeat(2_001)).chars().count(), 2_000);
        assert_eq!(reason(" \0 "), "no reason was given");
    }

    #[test]
    fn types_are_spelled_as_in_the_schema() {
        assert_eq!(serde_json::to_string(&FailureType::UnknownAccount).unwrap(), "\"UNKNOWN_ACCOUNT\"");
        assert_eq!(
            serde_json::from_str::<FailureType>("\"RATE_LIMITED\"").unwrap(),
            FailureType::RateLimited
        );
    }
}
