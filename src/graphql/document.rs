//! The text of a document, taken apart, measured and made ready for the engine.

use async_graphql::Variables;
use async_graphql::parser::types::ExecutableDocument;

use super::document_fault::DocumentFault;
use super::guard::{check, check_cost, check_text};
use super::{arguments, order};
use crate::config::GraphqlSettings;
use crate::domain::Code;

/// Takes a document apart whose text is within the limits.
pub fn parse(text: &str, limits: &GraphqlSettings) -> Result<ExecutableDocument, DocumentFault> {
    check_text(text, limits)?;
    async_graphql::parser::parse_query(text).map_err(|error| {
        let position = error.positions().next();
        let message = error.to_string();
        // What was expected stands behind a picture of the line, which the client has itself.
        let message = message.rsplit_once("\n  = ").map_or(message.as_str(), |(_, expected)| expected);
        let message = format!("the document cannot be read: {message}");
        DocumentFault { position, ..DocumentFault::new(Code::GraphqlParseFailed, message) }
    })
}

/// A document that may be handed to the engine.
#[derive(Debug)]
pub struct Admitted {
    /// The one operation that runs, with its fragments. It has no variables: their values stand in their places.
    pub document: ExecutableDocument,
    /// What it may cost at most, 1 at least.
    pub cost: u64,
}

/// Admits an operation of a document to the engine: the document, its values and its cost keep the limits, and every
/// argument has the form that the schema asks for.
pub fn admit(
    mut document: ExecutableDocument,
    operation_name: Option<&str>,
    variables: Variables,
    limits: &GraphqlSettings,
) -> Result<Admitted, Vec<DocumentFault>> {
    let one = |fault| vec![fault];
    check(&document, &variables, limits).map_err(one)?;
    arguments::settle(&mut document, operation_name, variables, limits.max_errors)?;
    let cost = match order::operation(&document, operation_name) {
        Some(operation) => check_cost(&document, operation, limits).map_err(one)?,
        None => 1,
    };
    Ok(Admitted { document, cost })
}

/// Takes a text apart and admits its operation to the engine, as it is done with what a stranger sends.
pub fn read(
    text: &str,
    operation_name: Option<&str>,
    variables: Variables,
    limits: &GraphqlSettings,
) -> Result<Admitted, Vec<DocumentFault>> {
    let document = parse(text, limits).map_err(|fault| vec![fault])?;
    admit(document, operation_name, variables, limits)
}
