//! Marks: that an entry was sent to a system.

use serde::{Deserialize, Serialize};

use super::conflict::ConflictKind;
use super::entry_id::EntryId;
use super::error::{Code, Fault};
use super::system::SystemId;
use super::text::text_fault;
use super::time::Timestamp;

/// An entry as it is marked for one system now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryExport {
    /// The entry.
    pub entry_id: EntryId,
    /// The system it was sent to.
    pub system_id: SystemId,
    /// The time of the newest mark.
    pub exported_at: Timestamp,
    /// The note of the newest mark.
    pub note: Option<String>,
    /// Whether it had been marked before.
    pub remarked: bool,
    /// The version of the entry that the system was sent; of several, the newest.
    #[serde(default)]
    pub version: i32,
    /// The system's own document for the entry, as the newest mark names it.
    #[serde(default)]
    pub reference: Option<Reference>,
    /// What of this marking does not fit to what was known before; `None` for a mark that is only read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflict: Option<ConflictKind>,
}

/// Longest id of a document, in characters.
const MAX_REFERENCE_ID: usize = 200;
/// Longest address of a document, in characters.
const MAX_REFERENCE_URL: usize = 2_000;

/// A document of the system that an entry was sent to, such as a posting in an ERP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// What the system calls it.
    pub document_id: String,
    /// Where it can be looked at: an address of http or https.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Reference {
    /// Every fault of it, with paths inside of it.
    pub fn faults(&self) -> Vec<Fault> {
        let id = text_fault("the id of the document", &self.document_id, 1, MAX_REFERENCE_ID);
        let id = id.map(|message| Fault::new(Code::InvalidReference, message).under("document_id"));
        let url = self.url.as_deref().and_then(url_fault);
        let url = url.map(|message| Fault::new(Code::InvalidReference, message).under("url"));
        id.into_iter().chain(url).collect()
    }
}

fn url_fault(url: &str) -> Option<String> {
    let too_long = text_fault("the url of the document", url, 1, MAX_REFERENCE_URL);
    too_long.or_else(|| {
        let is_web = url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        (!is_web).then(|| "the url of the document is an address of http or https".to_owned())
    })
}
