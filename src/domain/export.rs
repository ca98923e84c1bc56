//! Marks: that an entry was sent to a system.

use serde::{Deserialize, Serialize};

use super::conflict::ConflictKind;
use super::entry_id::EntryId;
use super::error::{Code, Error, Fault, Result};
use super::field::MAX_TEXT;
use super::filter::Test;
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

/// Most marks that a page looks at when it has to tell of each whether it passes.
pub const MAX_LOOKED_AT: u64 = 10_000;
/// Longest note to compare with, in characters: the longest that a mark has.
const MAX_NOTE: usize = 2_000;

/// Which marks of a system are meant: those for which all of this holds. In JSON by REST's names, see
/// [`Binding::new`](super::page::Binding::new).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ExportFilter {
    /// Tests that the time of the mark passes.
    #[serde(rename = "marked_at")]
    pub marked_at: Vec<Test>,
    /// Who set the mark.
    #[serde(rename = "actor")]
    pub actor: Option<String>,
    /// Its note.
    #[serde(rename = "note")]
    pub note: Option<String>,
    /// The system's own document, by its id.
    #[serde(rename = "reference")]
    pub reference: Option<String>,
}

impl ExportFilter {
    /// Checks the bounds. A filter that passes costs a bounded amount of work to run.
    pub fn check(&self) -> Result<()> {
        let fault = |name: &str, message: String| Fault::new(Code::InvalidFilter, message).under(name);
        let tests = self.marked_at.iter().flat_map(Test::faults);
        let mut faults: Vec<Fault> = tests.map(|message| fault("marked_at", message)).collect();
        let texts = [
            ("actor", &self.actor, MAX_TEXT),
            ("note", &self.note, MAX_NOTE),
            ("reference", &self.reference, MAX_REFERENCE_ID),
        ];
        for (name, text, max) in texts {
            let message = text.as_deref().and_then(|text| text_fault("the text", text, 0, max));
            faults.extend(message.map(|message| fault(name, message)));
        }
        if faults.is_empty() { Ok(()) } else { Err(Error::Refused(faults)) }
    }
}

/// The marks of a system without their page: by the time of the mark, then by the entry.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExportListing {
    /// The system.
    #[serde(rename = "system_id")]
    pub system_id: SystemId,
    /// Only those that pass.
    #[serde(rename = "filter")]
    pub filter: ExportFilter,
    /// Newest first.
    #[serde(rename = "descending")]
    pub descending: bool,
}
