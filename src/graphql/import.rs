//! Imports as GraphQL shows them.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::connection::{connection, edge, edges, ledger};
use super::costs::{Cost, Costs};
use super::scalars::JsonObject;
use crate::domain::import::{Import, ImportFile};
use crate::domain::page::PageArguments;
use crate::domain::{Code, Fault, GlobalId, Result, Timestamp};
use crate::service::{MAX_ATTRIBUTES_COST, import_cursor};

/// An import.
#[derive(Clone, Debug)]
pub struct ImportNode(pub Arc<Import>);

/// One import of ledger files: one command or call, whatever files it read.
#[Object(name = "Import")]
impl ImportNode {
    /// The id of the import among all things of all types: `import/` and its number. Example: "import/7"
    pub async fn id(&self) -> ID {
        GlobalId::Import(self.0.id).to_string().into()
    }

    /// The number of the import in the ledger: ascending, so that a later import has a higher one. Arguments take it as
    /// well as the id. Example: "7"
    async fn import_id(&self) -> ID {
        self.0.id.into()
    }

    /// When the import began.
    async fn at(&self) -> Timestamp {
        self.0.at
    }

    /// Who imported: `token:` and the name of the token, or the door without one. Example: "import"
    async fn by(&self) -> &str {
        &self.0.actor
    }

    /// The files of the import, in their order.
    async fn files(&self) -> Vec<ImportFileNode> {
        self.0.files.iter().cloned().map(ImportFileNode).collect()
    }

    /// What the import came to, under the names of `ledgate import --json`; null while it runs, and when it did not come
    /// to its end. In `sent_to` stand the systems that the caller may know of.
    async fn summary(&self) -> Option<JsonObject> {
        let summary = self.0.summary.as_ref()?.as_object()?.clone();
        Some(JsonObject(summary.into_iter().map(|(name, value)| (name, value.into())).collect()))
    }
}

impl ImportNode {
    /// The import that an argument names.
    pub async fn named(context: &Context<'_>, id: &ID) -> Result<Option<ImportNode>> {
        let message = "an import is named by its id, such as \"import/7\", or by its number, such as \"7\"";
        let fault = || Fault::new(Code::InvalidImportId, message).under("id");
        let id = GlobalId::import(id).ok_or_else(fault)?;
        Ok(ledger(context)?.imports_named(&[id]).await?.remove(&id).map(ImportNode))
    }
}

edge!(ImportEdge is "ImportEdge": ImportNode, "import");

connection! {
    ImportConnection is "ImportConnection": ImportEdge, "imports",
    "A page of imports, newest first."
}

impl ImportConnection {
    /// The page that the arguments ask for.
    pub async fn load(context: &Context<'_>, arguments: PageArguments) -> Result<Self> {
        let page = ledger(context)?.imports(&arguments).await?;
        Ok(edges(page, |import| import_cursor(import), ImportNode).into())
    }
}

/// Files that an import is taken to have read, before anything is known of it.
const FILES_AN_IMPORT: usize = 5;

/// What the fields of an import cost.
pub const COSTS: Costs = &[
    ("Import", "files", Cost::List(FILES_AN_IMPORT)),
    ("Import", "summary", Cost::Value(MAX_ATTRIBUTES_COST)),
];

/// A file of an import.
#[derive(Clone, Debug)]
pub struct ImportFileNode(pub ImportFile);

/// A file of an import.
#[Object(name = "ImportFile")]
impl ImportFileNode {
    /// The name of the file, as the import was given it. Example: "123456789FEC20251231.txt"
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The SHA-256 of the file, in hexadecimal digits.
    async fn sha256(&self) -> &str {
        &self.0.sha256
    }
}
