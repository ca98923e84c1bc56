//! Manifests as they are read. What is wrong with one is told with the file and the document, and nothing is served.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_graphql::{Pos, Variables};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Documents, SHA256, bare};
use crate::config::GraphqlSettings;
use crate::graphql::document::parse;
use crate::graphql::document_fault::DocumentFault;
use crate::graphql::guard::check;

/// Largest sum of all manifests, in bytes: applications have some hundred documents of a kilobyte, and taken apart
/// they need many times the memory of their text.
const MAX_BYTES: u64 = 8 << 20;
/// Most documents.
const MAX_DOCUMENTS: usize = 10_000;
/// Longest id, in bytes.
const MAX_ID: usize = 200;

/// Why the trusted documents cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The file cannot be read.
    #[error("the trusted documents in {} cannot be read: {cause}. graphql.trusted_documents names the file", file.display())]
    Unreadable {
        /// The manifest.
        file: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The file is no manifest, or too much.
    #[error("{} has no trusted documents as graphql-codegen or Apollo's generate-persisted-query-manifest write them: {reason}", file.display())]
    Malformed {
        /// The manifest.
        file: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// One document cannot be trusted.
    #[error("the trusted document {id} in {}: {reason}", file.display())]
    Document {
        /// The manifest.
        file: PathBuf,
        /// The document's id, shortened when it is long.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Reads all manifests.
pub(super) fn read(settings: &GraphqlSettings) -> Result<Documents, ManifestError> {
    let (mut documents, mut left) = (Documents::default(), MAX_BYTES);
    for file in settings.trusted_documents.iter() {
        let file = file.as_path();
        let malformed = |reason: String| ManifestError::Malformed { file: file.to_owned(), reason };
        let bytes =
            bytes(file, left).map_err(|cause| ManifestError::Unreadable { file: file.to_owned(), cause })?;
        left = left
            .checked_sub(bytes.len() as u64)
            .ok_or_else(|| malformed(format!("all manifests may have {} MiB together", MAX_BYTES >> 20)))?;
        let value =
            serde_json::from_slice(&bytes).map_err(|error| malformed(format!("not JSON: {error}")))?;
        let manifest = texts(value).map_err(malformed)?;
        if manifest.is_empty() {
            return Err(malformed("it is empty".to_owned()));
        }
        add(&mut documents, manifest, settings).map_err(|(id, reason)| ManifestError::Document {
            file: file.to_owned(),
            id: shown(&id),
            reason,
        })?;
        if documents.by_id.len() > MAX_DOCUMENTS {
            return Err(malformed(format!("all manifests may have {MAX_DOCUMENTS} documents together")));
        }
    }
    Ok(documents)
}

/// What the manifests of Apollo's clients say of themselves.
const APOLLO: &str = "apollo-persisted-query-manifest";

/// The texts of a manifest by their ids: it is one JSON object of them, as graphql-codegen writes it, or has a list of
/// operations, as Apollo's tool does.
fn texts(manifest: Value) -> Result<Vec<(String, Value)>, String> {
    let Value::Object(mut manifest) = manifest else {
        return Err("it is to be one JSON object, ids with texts".to_owned());
    };
    if manifest.get("format") != Some(&Value::from(APOLLO)) {
        return Ok(manifest.into_iter().collect());
    }
    if manifest.get("version") != Some(&Value::from(1)) {
        return Err(format!("of the format {APOLLO}, version 1 is known only"));
    }
    let Some(Value::Array(operations)) = manifest.remove("operations") else {
        return Err(format!("of the format {APOLLO}, the list \"operations\" is not there"));
    };
    let operation = |(index, mut operation): (usize, Value)| {
        let Some(Value::String(id)) = operation.get_mut("id").map(Value::take) else {
            return Err(format!("operation {index} has no text \"id\""));
        };
        Ok((id, operation.get_mut("body").map(Value::take).unwrap_or_default()))
    };
    operations.into_iter().enumerate().map(operation).collect()
}

/// One byte more than is left tells that it is too much.
fn bytes(file: &Path, left: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(left.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// `Err` is the id at fault, and why.
fn add(
    documents: &mut Documents,
    manifest: Vec<(String, Value)>,
    limits: &GraphqlSettings,
) -> Result<(), (String, String)> {
    for (id, text) in manifest {
        let text = match text {
            Value::String(text) if (1..=MAX_ID).contains(&id.len()) => Arc::from(text),
            Value::String(_) => return Err((id, format!("an id has 1 to {MAX_ID} bytes"))),
            _ => return Err((id, "the text of a document is wanted here".to_owned())),
        };
        if let Err(reason) = add_one(documents, &id, text, limits) {
            return Err((id, reason));
        }
    }
    Ok(())
}

fn add_one(
    documents: &mut Documents,
    id: &str,
    text: Arc<str>,
    limits: &GraphqlSettings,
) -> Result<(), String> {
    // Any other id is the client's to make up.
    if id.strip_prefix(SHA256).is_some_and(|hash| hash != format!("{:x}", Sha256::digest(text.as_bytes()))) {
        return Err("it is not the SHA-256 of its text: make the manifest anew".to_owned());
    }
    if documents.by_id.get(bare(id)).is_some_and(|known| *known != text) {
        return Err("another manifest has another text under the same id".to_owned());
    }
    if !documents.by_text.contains_key(&text) {
        let document = parse(&text, limits).map_err(sentence)?;
        check(&document, &Variables::default(), limits).map_err(sentence)?;
        documents.by_text.insert(Arc::clone(&text), document);
    }
    documents.by_id.insert(bare(id).to_owned(), text);
    Ok(())
}

fn sentence(DocumentFault { code, message, position, .. }: DocumentFault) -> String {
    let code = code.as_str();
    match position {
        Some(Pos { line, column }) => format!("{message} ({code}, line {line}, column {column})"),
        None => format!("{message} ({code})"),
    }
}

fn shown(id: &str) -> String {
    match id.char_indices().nth(MAX_ID) {
        Some((end, _)) => format!("\"{}…\"", &id[..end]),
        None => format!("\"{id}\""),
    }
}
