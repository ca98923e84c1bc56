//! A document of an external system, as REST shows it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::export::Reference;

/// A document of the system that something was sent to, such as a posting in an ERP.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportReference {
    /// What the system calls the document.
    #[schema(example = "GL-2024-118", min_length = 1, max_length = 200)]
    document_id: String,
    /// Where the document can be looked at: an address of http or https.
    #[schema(example = "https://erp.example/gl/118", max_length = 2000)]
    url: Option<String>,
}

impl From<Reference> for ExportReference {
    fn from(reference: Reference) -> Self {
        Self { document_id: reference.document_id, url: reference.url }
    }
}
