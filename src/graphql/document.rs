//! The text of a document, taken apart.

use async_graphql::parser::types::ExecutableDocument;

use async_graphql::Variables;

use super::guard::{self, Refusal, check_text, short};
use crate::config::GraphqlSettings;
use crate::domain::Code;

/// Takes a document apart whose text is within the limits.
pub fn parse(text: &str, limits: &GraphqlSettings) -> Result<ExecutableDocument, Refusal> {
    check_text(text, limits)?;
    async_graphql::parser::parse_query(text).map_err(|error| {
        let position = error.positions().next();
        let message = error.to_string();
        // What was expected stands behind a picture of the line, which the client has itself.
        let message = message.rsplit_once("\n  = ").map_or(message.as_str(), |(_, expected)| expected);
        short((Code::GraphqlParseFailed, format!("the document cannot be read: {message}"), position))
    })
}

/// Takes a document apart and admits it to the engine, as it is done with what a stranger sends.
pub fn admit(
    text: &str,
    operation_name: Option<&str>,
    variables: &Variables,
    limits: &GraphqlSettings,
) -> Result<ExecutableDocument, Refusal> {
    let document = parse(text, limits)?;
    guard::admit(&document, operation_name, variables, limits)?;
    Ok(document)
}
