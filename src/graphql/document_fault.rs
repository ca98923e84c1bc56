//! Why a request is refused before anything of it runs.

use async_graphql::Pos;

use super::error::clip;
use crate::domain::Code;

/// A fault: which rule, what to do, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentFault {
    /// The code of the rule.
    pub code: Code,
    /// What is wrong and what to do, of bounded length.
    pub message: String,
    /// The place in the document, if it is one place.
    pub position: Option<Pos>,
    /// The argument at fault and the way to the value inside it; empty when it is no argument.
    pub argument: Vec<String>,
}

impl DocumentFault {
    /// A fault by this rule. The message may repeat what was sent; it is cut when it is long.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let mut message = message.into();
        clip(&mut message);
        Self { code, message, position: None, argument: Vec::new() }
    }

    /// The document does not fit the schema.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Code::GraphqlValidationFailed, message)
    }

    /// The same at this place of the document.
    pub fn at(mut self, position: Pos) -> Self {
        self.position = Some(position);
        self
    }

    /// The same about this argument.
    pub fn of(mut self, argument: Vec<String>) -> Self {
        self.argument = argument;
        self
    }
}
