//! Trusted documents: where manifests are given, the operations in them are run and no others.
//!
//! A manifest is what graphql-codegen writes for persisted documents, one JSON object, the id of each document and its
//! text; or what Apollo's generate-persisted-query-manifest writes, a list of operations, each with `id` and `body`. All
//! of them are read, measured and taken apart once, when the server starts.

mod manifest;

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::parser::types::ExecutableDocument;
use serde_json::{Map, Value};

use super::document::parse;
use super::document_fault::DocumentFault;
use crate::config::GraphqlSettings;
use crate::domain::Code;

pub use manifest::ManifestError;

/// What an id begins with that is the SHA-256 of its document. Apollo sends the same without it.
const SHA256: &str = "sha256:";

/// The documents that are run; with none given, every document is. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct TrustedDocuments(Option<Arc<Documents>>);

#[derive(Debug, Default)]
struct Documents {
    by_text: HashMap<Arc<str>, ExecutableDocument>,
    /// The text of each; an id of a SHA-256 without what it begins with.
    by_id: HashMap<String, Arc<str>>,
}

impl TrustedDocuments {
    /// Reads the manifests in the settings.
    pub fn read(settings: &GraphqlSettings) -> Result<Self, ManifestError> {
        if settings.trusted_documents.is_empty() {
            return Ok(Self::default());
        }
        manifest::read(settings).map(|documents| Self(Some(Arc::new(documents))))
    }

    /// How many there are; `None` when every document is run.
    pub fn count(&self) -> Option<usize> {
        self.0.as_ref().map(|documents| documents.by_id.len())
    }

    /// The document of a request that carries its text, or else the id of one: its text, and what it is made of.
    pub fn document(
        &self,
        text: Option<String>,
        id: Option<&str>,
        limits: &GraphqlSettings,
    ) -> Result<(String, ExecutableDocument), DocumentFault> {
        let refused = |code, message: &str| Err(DocumentFault::new(code, message));
        let Some(documents) = &self.0 else {
            let Some(text) = text else {
                // Apollo's clients and urql look for exactly this text, and send the document then.
                return refused(Code::PersistedQueryNotSupported, "PersistedQueryNotSupported");
            };
            let document = parse(&text, limits)?;
            return Ok((text, document));
        };
        let known = match (&text, id) {
            (Some(text), _) => documents.by_text.get_key_value(text.as_str()),
            (None, Some(id)) => documents.by_id(id),
            (None, None) => None,
        };
        match known {
            Some((text, document)) => Ok((text.to_string(), document.clone())),
            None if text.is_some() => refused(
                Code::PersistedQueryRequired,
                "this server runs the documents in its manifests only, and this text is none of them, word for word: \
                 send the documentId of one",
            ),
            None => refused(
                Code::PersistedQueryRequired,
                "this server runs the documents in its manifests only, and none of them has this id: give it the \
                 manifest that was made with this client",
            ),
        }
    }
}

impl Documents {
    fn by_id(&self, id: &str) -> Option<(&Arc<str>, &ExecutableDocument)> {
        self.by_text.get_key_value(self.by_id.get(bare(id))?)
    }
}

fn bare(id: &str) -> &str {
    id.strip_prefix(SHA256).unwrap_or(id)
}

/// The id of the document that a request without a text names: its `documentId`, or else what Apollo's clients put
/// among the extensions. `Err` says what is wrong with that.
pub fn named(
    document_id: Option<String>,
    extensions: Option<&Map<String, Value>>,
) -> Result<Option<String>, String> {
    let persisted = extensions.and_then(|extensions| extensions.get("persistedQuery"));
    match (document_id, persisted) {
        (Some(id), _) => Ok(Some(id)),
        (None, None | Some(Value::Null)) => Ok(None),
        (None, Some(persisted)) => match (persisted["version"].as_u64(), persisted["sha256Hash"].as_str()) {
            (Some(1), Some(hash)) => Ok(Some(hash.to_owned())),
            _ => {
                let form = "{\"version\": 1, \"sha256Hash\": \"…\"}";
                Err(format!("extensions: persistedQuery: it has to be of the form {form}"))
            }
        },
    }
}
