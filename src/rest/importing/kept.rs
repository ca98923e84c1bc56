//! Imports that were carried out, as REST tells them.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::domain::{Code, Result, import};
use crate::rest::parameters::{NoParameters, Parameters, number_of};
use crate::rest::problem::{Problem, in_rest_spelling};
use crate::service::{Ledger, import_cursor};

/// One import of ledger files: one command or call, whatever files it read.
#[derive(Debug, Serialize, ToSchema)]
pub struct Import {
    /// The number of the import in the ledger, ascending.
    #[schema(example = 7)]
    id: i64,
    /// When it began (RFC 3339, UTC).
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    at: String,
    /// Who imported: `token:` and the name of the token, or the door without one.
    #[schema(example = "import")]
    by: String,
    /// Its files, in their order.
    files: Vec<ImportFile>,
    /// What it came to, under the names of `ledgate import --json`; null while it runs, and when it did not come to its end.
    #[schema(example = json!({ "read": 57, "updated": 3, "sent_to": [{ "system_id": "erp", "entries": 3 }], "debit": "63084.80" }))]
    summary: Option<Map<String, Value>>,
}

/// A file of an import.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportFile {
    /// Its name, as the import was given it.
    #[schema(example = "123456789FEC20251231.txt")]
    name: String,
    /// The SHA-256 of the file, in hexadecimal digits.
    sha256: String,
}

/// A page of imports.
#[derive(Debug, Serialize, ToSchema)]
pub struct Imports {
    /// Newest first.
    imports: Vec<Import>,
    /// Give it as `after` for the next page; null on the last one.
    next_after: Option<String>,
}

impl From<import::ImportFile> for ImportFile {
    fn from(file: import::ImportFile) -> Self {
        Self { name: file.name, sha256: file.sha256 }
    }
}

impl From<Arc<import::Import>> for Import {
    fn from(import: Arc<import::Import>) -> Self {
        let import::Import { id, at, actor, files, summary } = Arc::unwrap_or_clone(import);
        let summary = match summary {
            Some(Value::Object(summary)) => Some(summary),
            _ => None,
        };
        let files = files.into_iter().map(ImportFile::from).collect();
        Self { id, at: at.to_string(), by: actor, files, summary }
    }
}

/// The imports, newest first, page by page: also one that runs, or that did not come to its end. One that wrote nothing is
/// not kept.
#[utoipa::path(
    get,
    path = "/v10/imports",
    tag = "core",
    operation_id = "listImports",
    params(
        ("limit" = Option<i64>, Query, description = "How many imports a page has at most. Without it 20.", minimum = 1, maximum = 100),
        ("after" = Option<String>, Query, description = "Continue after this cursor, which is `next_after` of the page before."),
    ),
    responses(
        (status = 200, description = "A page", body = Imports),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    Extension(ledger): Extension<Ledger>,
    RawQuery(query): RawQuery,
) -> Result<Json<Imports>, Problem> {
    let list = async {
        let parameters = Parameters::read(query.as_deref(), &["limit", "after"], false, &Bytes::new())?;
        let page = ledger.imports(&parameters.page()?).await.map_err(in_rest_spelling)?;
        let last = page.items.last().filter(|_| page.has_next);
        let next_after = last.map(|import| import_cursor(import));
        Ok(Imports { imports: page.items.into_iter().map(Import::from).collect(), next_after })
    };
    list.await.map(Json).map_err(Problem::of_read)
}

/// One import.
#[utoipa::path(
    get,
    path = "/v10/imports/{id}",
    tag = "core",
    operation_id = "getImport",
    params(("id" = i64, Path, description = "The number of the import in the ledger", example = 7)),
    responses(
        (status = 200, description = "The import", body = Import),
        (status = 400, description = "The id is not a whole number, or the call has parameters", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn one(
    Extension(ledger): Extension<Ledger>,
    _: NoParameters,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Import>, Problem> {
    let id = number_of(id, Code::InvalidImportId, "the id of an import is a 64-bit integer");
    let id = id.map_err(Problem::of_read)?;
    let found = ledger.imports_named(&[id]).await.map_err(Problem::of_read)?.remove(&id);
    let absent =
        || Problem::new(StatusCode::NOT_FOUND, Code::ImportNotFound, format!("there is no import {id}"));
    found.map(|import| Json(import.into())).ok_or_else(absent)
}
