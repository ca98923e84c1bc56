//! What an operation may look like, decided before anything of it runs.
//!
//! The engine expands fragments without remembering them before it compares any limit, so a short document of
//! fragments that spread each other costs it seconds; here each fragment is measured once. And it runs the
//! fields of a mutation one after the other, so a second one could be refused after the first was committed.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::parser::types::{
    ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Pos, Positioned};

use crate::domain::Code;

/// How large an operation may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Characters of the document.
    pub query_characters: usize,
    /// Selections after every fragment is put in its place.
    pub expanded_selections: u64,
    /// Errors in one answer; the others are left out.
    pub errors: usize,
}

/// A refusal: which rule, what to do, and where in the document.
pub type Refusal = (Code, String, Option<Pos>);

/// Checks a parsed document against the limits and against the rule of one mutation field an operation.
pub fn check(document: &ExecutableDocument, limits: &Limits) -> Result<(), Refusal> {
    let mut measured = Measured { document, fragments: HashMap::new() };
    for (_, operation) in document.operations.iter() {
        let selections = measured.selections(&operation.node.selection_set.node);
        if selections > limits.expanded_selections {
            let message = format!(
                "the operation expands to more than {} selections: ask for less at once",
                limits.expanded_selections
            );
            return Err((Code::OperationTooLarge, message, Some(operation.pos)));
        }
        one_mutation_field(document, operation)?;
    }
    Ok(())
}

struct Measured<'a> {
    document: &'a ExecutableDocument,
    /// `None` while a fragment is being measured: meeting it again is a circle, which validation refuses.
    fragments: HashMap<&'a Name, Option<u64>>,
}

impl<'a> Measured<'a> {
    fn selections(&mut self, set: &'a SelectionSet) -> u64 {
        let each = set.items.iter().map(|selection| match &selection.node {
            Selection::Field(field) => 1u64.saturating_add(self.selections(&field.node.selection_set.node)),
            Selection::InlineFragment(inline) => self.selections(&inline.node.selection_set.node),
            Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
        });
        each.fold(0, u64::saturating_add)
    }

    fn fragment(&mut self, name: &'a Name) -> u64 {
        if let Some(measured) = self.fragments.get(name) {
            return measured.unwrap_or(0);
        }
        let Some(fragment) = self.document.fragments.get(name) else { return 0 };
        self.fragments.insert(name, None);
        let selections = self.selections(&fragment.node.selection_set.node);
        self.fragments.insert(name, Some(selections));
        selections
    }
}

fn one_mutation_field(
    document: &ExecutableDocument,
    operation: &Positioned<OperationDefinition>,
) -> Result<(), Refusal> {
    if operation.node.ty != OperationType::Mutation {
        return Ok(());
    }
    let mut fields = 0;
    let mut to_visit = vec![&operation.node.selection_set.node];
    let mut visited: Vec<&Name> = Vec::new();
    while let Some(set) = to_visit.pop() {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(_) => fields += 1,
                Selection::InlineFragment(inline) => to_visit.push(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    match document.fragments.get(name) {
                        // Spread twice, its fields count twice; within itself it would never end.
                        Some(fragment) if visited.iter().filter(|seen| **seen == name).count() < 2 => {
                            visited.push(name);
                            to_visit.push(&fragment.node.selection_set.node);
                        }
                        _ => {}
                    }
                }
            }
            if fields > 1 {
                let message = "an operation carries one mutation field at most: send the others by themselves, \
                               so that one which is refused cannot follow one which is committed";
                return Err((Code::OneMutationPerOperation, message.to_owned(), Some(selection.pos)));
            }
        }
    }
    Ok(())
}
