//! Answers in the order of the question. 7.2 of the engine writes the fields of an object in the order in which
//! they were finished; the specification wants the order in which they were asked for, and people reading an
//! answer want it too.

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, Selection, SelectionSet};
use async_graphql::{Name, Value};

/// The keys of an object in their order, each with the shape of what is under it.
#[derive(Default)]
struct Shape(Vec<(Name, Shape)>);

impl Shape {
    /// Adds what a selection set asks for. The schema has no interfaces and no unions, so every fragment of a
    /// valid document applies.
    fn add(&mut self, document: &ExecutableDocument, set: &SelectionSet) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let key = &field.node.response_key().node;
                    let place = self.0.iter().position(|(name, _)| name == key).unwrap_or_else(|| {
                        self.0.push((key.clone(), Shape::default()));
                        self.0.len() - 1
                    });
                    self.0[place].1.add(document, &field.node.selection_set.node);
                }
                Selection::InlineFragment(inline) => self.add(document, &inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                        self.add(document, &fragment.node.selection_set.node);
                    }
                }
            }
        }
    }

    fn arrange(&self, value: &mut Value) {
        match value {
            Value::List(items) => items.iter_mut().for_each(|item| self.arrange(item)),
            Value::Object(object) => {
                let mut place = 0;
                for (name, shape) in &self.0 {
                    let Some(found) = object.get_index_of(name) else { continue };
                    if found != place {
                        object.move_index(found, place);
                    }
                    if let (false, Some(inner)) = (shape.0.is_empty(), object.get_mut(name)) {
                        shape.arrange(inner);
                    }
                    place += 1;
                }
            }
            _ => {}
        }
    }
}

/// Puts the data of a valid operation into the order of its selections.
pub fn arrange(document: &ExecutableDocument, operation: &OperationDefinition, data: &mut Value) {
    let mut shape = Shape::default();
    shape.add(document, &operation.selection_set.node);
    shape.arrange(data);
}

/// The operation that runs: the one of that name, or the only one.
pub fn operation<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Option<&'a OperationDefinition> {
    let mut operations = document.operations.iter();
    match name {
        Some(name) => operations.find(|(found, _)| found.is_some_and(|found| found == name)),
        None => operations.next(),
    }
    .map(|(_, operation)| &operation.node)
}
