//! Answers in the shape of the question. 7.2 of the engine writes the fields of an object in the order in which
//! they were finished, leaves out those whose arguments it could not read, and gives null for an object of
//! which everything was skipped. The specification wants the order in which they were asked for, null in the
//! place of what failed, and an empty object; people reading an answer want it too.

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, PathSegment, Positioned, Value};

/// The shape of an operation's answer: the keys of an object in their order, each with what is under it.
#[derive(Default)]
pub struct Shape {
    keys: Vec<(Name, Shape)>,
    merges: bool,
}

impl Shape {
    /// Of an operation of the document, which has passed the guard, so it has an end.
    pub fn of(document: &ExecutableDocument, operation: &OperationDefinition) -> Self {
        let mut shape = Shape::default();
        shape.add(document, &operation.selection_set.node);
        shape
    }

    /// Whether several selections fall onto one key somewhere.
    pub fn merges(&self) -> bool {
        self.merges || self.keys.iter().any(|(_, inner)| inner.merges())
    }

    /// Adds what a selection set asks for. The schema has no interfaces and no unions, so every fragment of a
    /// valid document applies.
    fn add(&mut self, document: &ExecutableDocument, set: &SelectionSet) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let key = &field.node.response_key().node;
                    let known = self.keys.iter().position(|(name, _)| name == key);
                    self.merges |= known.is_some();
                    let place = known.unwrap_or_else(|| {
                        self.keys.push((key.clone(), Shape::default()));
                        self.keys.len() - 1
                    });
                    self.keys[place].1.add(document, &field.node.selection_set.node);
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

    /// Puts the data of the operation into this order, and takes the placeholders out.
    pub fn arrange(&self, value: &mut Value) {
        match value {
            Value::List(items) => items.iter_mut().for_each(|item| self.arrange(item)),
            Value::Object(object) => {
                object.shift_remove(PLACEHOLDER);
                let mut place = 0;
                for (name, shape) in &self.keys {
                    let Some(found) = object.get_index_of(name.as_str()) else { continue };
                    if found != place {
                        object.move_index(found, place);
                    }
                    if let (false, Some(inner)) = (shape.keys.is_empty(), object.get_mut(name.as_str())) {
                        shape.arrange(inner);
                    }
                    place += 1;
                }
            }
            _ => {}
        }
    }
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

/// Puts null where a failed field left nothing, if the object around it is there.
pub fn put_null(data: &mut Value, path: &[PathSegment]) {
    match (data, path) {
        (Value::Object(object), [PathSegment::Field(name)]) => {
            object.entry(Name::new(name)).or_insert(Value::Null);
        }
        (Value::Object(object), [PathSegment::Field(name), rest @ ..]) => {
            if let Some(inner) = object.get_mut(name.as_str()) {
                put_null(inner, rest);
            }
        }
        (Value::List(items), [PathSegment::Index(index), rest @ ..]) => {
            if let Some(inner) = items.get_mut(*index) {
                put_null(inner, rest);
            }
        }
        _ => {}
    }
}

/// Whether no field of the operation has left anything.
pub fn is_empty(data: &Value) -> bool {
    match data {
        Value::Object(object) => object.keys().all(|name| name == PLACEHOLDER),
        _ => true,
    }
}

/// A key that nobody can ask for: names that begin with two underscores are the specification's own.
pub const PLACEHOLDER: &str = "__placeholder";

/// Asks for a placeholder in every object, so that none is empty when all that was asked of it is skipped. A
/// document without directives stays as it is.
pub fn add_placeholders(document: &mut ExecutableDocument) {
    let of_operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set);
    let of_fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set);
    if !of_operations.chain(of_fragments).any(|set| has_directives(&set.node)) {
        return;
    }
    for fragment in document.fragments.values_mut() {
        // The object it is put into has one already.
        add_inside(&mut fragment.node.selection_set.node);
    }
    match &mut document.operations {
        DocumentOperations::Single(operation) => add_to(&mut operation.node.selection_set),
        DocumentOperations::Multiple(operations) => {
            operations.values_mut().for_each(|operation| add_to(&mut operation.node.selection_set));
        }
    }
}

fn has_directives(set: &SelectionSet) -> bool {
    set.items.iter().any(|selection| match &selection.node {
        Selection::Field(field) => {
            !field.node.directives.is_empty() || has_directives(&field.node.selection_set.node)
        }
        Selection::InlineFragment(inline) => {
            !inline.node.directives.is_empty() || has_directives(&inline.node.selection_set.node)
        }
        Selection::FragmentSpread(spread) => !spread.node.directives.is_empty(),
    })
}

fn add_to(set: &mut Positioned<SelectionSet>) {
    if set.node.items.is_empty() {
        return;
    }
    add_inside(&mut set.node);
    let pos = set.pos;
    let at = |name| Positioned::new(Name::new(name), pos);
    let placeholder = Field {
        alias: Some(at(PLACEHOLDER)),
        name: at("__typename"),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::default(),
    };
    set.node.items.push(Positioned::new(Selection::Field(Positioned::new(placeholder, pos)), pos));
}

fn add_inside(set: &mut SelectionSet) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) => add_to(&mut field.node.selection_set),
            Selection::InlineFragment(inline) => add_inside(&mut inline.node.selection_set.node),
            Selection::FragmentSpread(_) => {}
        }
    }
}
