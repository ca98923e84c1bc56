//! The clients that people use, each run against a gateway on both databases. Each runs one fixed document,
//! tests/tools/clients/documents.graphql, and has to show what stands in the ledger.

mod conversation;
mod documentation;
mod generated;
mod javascript;
mod ledger;
mod promise;
mod python;
mod reconnecting;
mod rust;
mod subscriptions;
mod typescript;
mod work_typescript;

use serde_json::Value;

/// What a client showed to the program that uses it.
#[derive(Debug, PartialEq)]
pub struct Shown {
    /// The data, without the names of types that some clients ask for beside it; null where there is none.
    pub data: Value,
    /// The codes of the errors, or their messages where they have no code.
    pub errors: Vec<String>,
}

/// A client, or the program around one.
pub trait Client {
    /// Runs one operation of the document with these variables.
    async fn ask(&mut self, operation: &str, variables: Value) -> Shown;

    /// The same, and the operation has to succeed.
    async fn data(&mut self, operation: &str, variables: Value) -> Value {
        let shown = self.ask(operation, variables.clone()).await;
        assert_eq!(shown.errors, [] as [&str; 0], "{operation} {variables}");
        shown.data
    }

    /// The same, and the operation has to fail with one error. Gives its code.
    async fn refused(&mut self, operation: &str, variables: Value) -> String {
        let shown = self.ask(operation, variables.clone()).await;
        assert_eq!(shown.errors.len(), 1, "{operation} {variables}: {shown:#?}");
        shown.errors.into_iter().next().unwrap()
    }
}
