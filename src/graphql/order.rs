//! Answers in the shape of the question. 7.2 of the engine writes the fields of an object in the order in which
//! they were finished, leaves out those whose arguments it could not read, and gives null for an object of
//! which everything was skipped. The specification wants the order in which they were asked for, null in the
//! place of what failed, and an empty object; people reading an answer want it too.

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use async_graphql::registry::MetaType;
use async_graphql::{Name, PathSegment, Positioned, Value};

use super::types::{is_abstract, types};

/// The shape of an answer, or of a part of it.
#[derive(Debug)]
pub enum Shape {
    /// A value without fields.
    Leaf,
    /// An object, or a list of them.
    Object(Keys),
    /// An object of one of several types, or a list of such: the keys for each type.
    OneOf(Vec<(String, Keys)>),
}

/// The keys of an object in their order, each with what is under it.
#[derive(Debug, Default)]
pub struct Keys {
    keys: Vec<(Name, Shape)>,
    /// Whether several selections fall onto one of these keys.
    merges: bool,
}

/// What is selected under one key: the sets of all fields of this key, and the type that they are selected from.
struct Selected<'a> {
    key: &'a Name,
    ty: Option<&'static MetaType>,
    sets: Vec<&'a SelectionSet>,
}

impl Shape {
    /// Of an operation of the document, which has passed the guard, so it has an end.
    pub fn of(document: &ExecutableDocument, operation: &OperationDefinition) -> Self {
        Shape::under(document, &[&operation.selection_set.node], types().root(operation.ty))
    }

    /// What these sets select from an object of that type. Of types that are not known, which are those that
    /// describe the schema itself, every fragment applies.
    fn under(document: &ExecutableDocument, sets: &[&SelectionSet], ty: Option<&'static MetaType>) -> Self {
        if sets.iter().all(|set| set.items.is_empty()) {
            return Shape::Leaf;
        }
        match ty.and_then(MetaType::possible_types) {
            Some(possible) => {
                let keys = |name: &String| (name.clone(), Keys::of(document, sets, types().get(name)));
                Shape::OneOf(possible.iter().map(keys).collect())
            }
            None => Shape::Object(Keys::of(document, sets, ty)),
        }
    }

    /// Whether several selections fall onto one key somewhere.
    pub fn merges(&self) -> bool {
        match self {
            Shape::Leaf => false,
            Shape::Object(keys) => keys.merges(),
            Shape::OneOf(types) => types.iter().any(|(_, keys)| keys.merges()),
        }
    }

    /// Puts data into this order, and takes the placeholders out.
    pub fn arrange(&self, value: &mut Value) {
        match (self, value) {
            (Shape::Leaf, _) => {}
            (_, Value::List(items)) => items.iter_mut().for_each(|item| self.arrange(item)),
            (Shape::Object(keys), Value::Object(object)) => {
                object.shift_remove(PLACEHOLDER);
                keys.arrange(object);
            }
            (Shape::OneOf(types), Value::Object(object)) => {
                let ty = object.shift_remove(PLACEHOLDER);
                let is_its = |(name, _): &&(String, Keys)| ty == Some(Value::from(name.as_str()));
                if let Some((_, keys)) = types.iter().find(is_its) {
                    keys.arrange(object);
                }
            }
            _ => {}
        }
    }
}

impl Keys {
    fn of(document: &ExecutableDocument, sets: &[&SelectionSet], ty: Option<&'static MetaType>) -> Self {
        let mut selected = Vec::new();
        let mut merges = false;
        for set in sets {
            merges |= add(document, set, ty, &mut selected);
        }
        let shape = |selected: Selected<'_>| {
            (selected.key.clone(), Shape::under(document, &selected.sets, selected.ty))
        };
        Keys { keys: selected.into_iter().map(shape).collect(), merges }
    }

    fn merges(&self) -> bool {
        self.merges || self.keys.iter().any(|(_, inner)| inner.merges())
    }

    fn arrange(&self, object: &mut async_graphql::indexmap::IndexMap<Name, Value>) {
        let mut place = 0;
        for (name, shape) in &self.keys {
            let Some(found) = object.get_index_of(name.as_str()) else { continue };
            if found != place {
                object.move_index(found, place);
            }
            if let Some((_, inner)) = object.get_index_mut(place) {
                shape.arrange(inner);
            }
            place += 1;
        }
    }
}

/// Adds what a set selects from an object of that type; true when a key was there before.
fn add<'a>(
    document: &'a ExecutableDocument,
    set: &'a SelectionSet,
    ty: Option<&'static MetaType>,
    selected: &mut Vec<Selected<'a>>,
) -> bool {
    let mut merges = false;
    for selection in &set.items {
        let (condition, inner) = match &selection.node {
            Selection::Field(field) => {
                let key = &field.node.response_key().node;
                let set = &field.node.selection_set.node;
                if let Some(known) = selected.iter_mut().find(|known| known.key == key) {
                    known.sets.push(set);
                    merges = true;
                } else {
                    let name = field.node.name.node.as_str();
                    let known =
                        if set.items.is_empty() { None } else { ty.and_then(|ty| ty.field_by_name(name)) };
                    let ty = known.and_then(|field| types().inside(field));
                    selected.push(Selected { key, ty, sets: vec![set] });
                }
                continue;
            }
            Selection::InlineFragment(inline) => {
                (inline.node.type_condition.as_ref(), &inline.node.selection_set.node)
            }
            Selection::FragmentSpread(spread) => {
                match document.fragments.get(&spread.node.fragment_name.node) {
                    Some(fragment) => {
                        (Some(&fragment.node.type_condition), &fragment.node.selection_set.node)
                    }
                    None => continue,
                }
            }
        };
        let applies = match (condition, ty) {
            (Some(condition), Some(ty)) => types().applies(condition.node.on.node.as_str(), ty.name()),
            _ => true,
        };
        if applies {
            merges |= add(document, inner, ty, selected);
        }
    }
    merges
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

/// Asks for a placeholder in every object, so that none is empty when all that was asked of it is skipped or belongs to
/// another type, and each tells of which type it is. A document without directives and without interfaces stays as
/// it is.
pub fn add_placeholders(document: &mut ExecutableDocument) {
    let mut operations = document.operations.iter();
    let is_plain = operations.all(|(_, it)| is_plain(&it.node.selection_set.node, types().root(it.node.ty)))
        && document.fragments.values().all(|fragment| {
            let ty = types().get(fragment.node.type_condition.node.on.node.as_str());
            !ty.is_some_and(is_abstract) && is_plain(&fragment.node.selection_set.node, ty)
        });
    if is_plain {
        return;
    }
    for fragment in document.fragments.values_mut() {
        // The object it is put into has one already.
        add_inside(&mut fragment.node.selection_set.node);
    }
    match &mut document.operations {
        DocumentOperations::Single(operation) => add_at_root(&mut operation.node),
        DocumentOperations::Multiple(operations) => {
            operations.values_mut().for_each(|operation| add_at_root(&mut operation.node));
        }
    }
}

/// Whether every field of the set, taken from this type, is there in the answer, and of which type it is can be
/// told from the document.
fn is_plain(set: &SelectionSet, ty: Option<&'static MetaType>) -> bool {
    !ty.is_some_and(is_abstract)
        && set.items.iter().all(|selection| match &selection.node {
            Selection::Field(field) => {
                let (field, set) = (&field.node, &field.node.selection_set.node);
                field.directives.is_empty()
                    && (set.items.is_empty() || {
                        let known = ty.and_then(|ty| ty.field_by_name(field.name.node.as_str()));
                        is_plain(set, known.and_then(|field| types().inside(field)))
                    })
            }
            Selection::InlineFragment(inline) => {
                let condition = inline.node.type_condition.as_ref();
                let ty = match condition {
                    Some(condition) => types().get(condition.node.on.node.as_str()),
                    None => ty,
                };
                inline.node.directives.is_empty() && is_plain(&inline.node.selection_set.node, ty)
            }
            Selection::FragmentSpread(spread) => spread.node.directives.is_empty(),
        })
}

/// A subscription has one field at its root, and the engine would follow the placeholder as well.
fn add_at_root(operation: &mut OperationDefinition) {
    match operation.ty {
        OperationType::Subscription => add_inside(&mut operation.selection_set.node),
        OperationType::Query | OperationType::Mutation => add_to(&mut operation.selection_set),
    }
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
