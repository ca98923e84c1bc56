//! The text of a document, taken apart.

use async_graphql::parser::types::ExecutableDocument;

use super::guard::{Refusal, check_text};
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
        (Code::GraphqlParseFailed, format!("the document cannot be read: {message}"), position)
    })
}
