//! Arguments and variables as the specification has them.
//!
//! The engine turns a variable that is not set into an explicit null inside arguments and input objects, and compares
//! neither the values of variables with their types nor their types with the places they stand in. So this is done
//! here, before the engine sees the document: every variable is checked and replaced by its value, an argument or an
//! input field whose variable is not set is taken away, and every value is checked against its type. What the engine
//! gets has no variables.

mod definitions;
mod places;
mod reader;
mod rewriting;

use async_graphql::Variables;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument};

use super::document_fault::DocumentFault;

/// Prepares the operation of that name, or the only one, for the engine: afterwards the document has this operation
/// only, without variables, and the fragments it uses. Refuses what does not fit the schema, with at most `most`
/// errors. The document has passed the guard, so it has no circles of fragments.
pub fn settle(
    document: &mut ExecutableDocument,
    operation_name: Option<&str>,
    variables: Variables,
    most: usize,
) -> Result<(), Vec<DocumentFault>> {
    check_name(document, operation_name).map_err(|fault| vec![fault])?;
    let places = places::of(document);
    let mut faults = definitions::check(document, &places, most);
    if !faults.is_empty() {
        faults.truncate(most);
        return Err(faults);
    }
    let Some(operation) = super::order::operation(document, operation_name) else { return Ok(()) };
    let values = definitions::values(operation, variables, &places.of_operation(operation_name), most)?;
    let unused = places.fragments_of_others(operation_name);
    document.fragments.retain(|name, _| !unused.contains(name));
    rewriting::rewrite(document, operation_name, values, most)
}

/// Which operation is meant has to be plain.
fn check_name(document: &ExecutableDocument, name: Option<&str>) -> Result<(), DocumentFault> {
    match (&document.operations, name) {
        (DocumentOperations::Single(_), None) => Ok(()),
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => Ok(()),
        (DocumentOperations::Multiple(operations), Some(name)) if operations.contains_key(name) => Ok(()),
        (_, Some(name)) => Err(DocumentFault::invalid(format!("the document has no operation named {name}"))),
        (_, None) => Err(DocumentFault::invalid(
            "the document has several operations: name the one to run as operationName",
        )),
    }
}
