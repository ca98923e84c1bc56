//! The places in which the variables of a document stand, each with its type.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::registry::{MetaInputValue, MetaType};
use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::Value;

use crate::graphql::types::{item_type, types};

/// One place in which a variable stands.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// The variable.
    pub variable: &'a Name,
    /// Where in the document.
    pub pos: Pos,
    /// The argument, and the way to the place inside its value.
    pub argument: Vec<String>,
    /// What the schema wants there; `None` where it has no such place or takes anything.
    pub wanted: Option<Wanted<'a>>,
}

/// What the schema wants in a place.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The type, as `[ID!]!`.
    pub ty: &'a str,
    /// Whether the place has a default of its own.
    pub has_default: bool,
}

impl<'a> Wanted<'a> {
    fn by(value: &'a MetaInputValue) -> Self {
        Wanted { ty: &value.ty, has_default: value.default_value.is_some() }
    }

    fn item(self) -> Option<Self> {
        item_type(self.ty).map(|ty| Wanted { ty, has_default: false })
    }
}

/// The places of one selection set, and the fragments it spreads.
#[derive(Debug, Default)]
struct Found<'a> {
    places: Vec<Place<'a>>,
    spreads: Vec<&'a Name>,
}

/// The places of a document.
#[derive(Debug, Default)]
pub struct Places<'a> {
    operations: HashMap<Option<&'a str>, Found<'a>>,
    fragments: HashMap<&'a Name, Found<'a>>,
}

/// Finds them. Each fragment is looked at once, however often it is spread.
pub fn of(document: &ExecutableDocument) -> Places<'_> {
    let mut places = Places::default();
    for (name, operation) in document.operations.iter() {
        let mut found = Found::default();
        found.directives(&operation.node.directives);
        found.set(&operation.node.selection_set.node, types().root(operation.node.ty));
        places.operations.insert(name.map(Name::as_str), found);
    }
    for (name, fragment) in &document.fragments {
        let mut found = Found::default();
        found.directives(&fragment.node.directives);
        let condition = fragment.node.type_condition.node.on.node.as_str();
        found.set(&fragment.node.selection_set.node, types().get(condition));
        places.fragments.insert(name, found);
    }
    places
}

impl<'a> Places<'a> {
    /// The places of the operation of that name, or of the only one, with those of its fragments.
    pub fn of_operation(&self, name: Option<&str>) -> Vec<&Place<'a>> {
        let Some(found) = self.operation(name) else { return Vec::new() };
        let of_fragments = self.fragments_of(found).into_iter().filter_map(|name| self.fragments.get(name));
        std::iter::once(found).chain(of_fragments).flat_map(|found| &found.places).collect()
    }

    /// The fragments that other operations use and this one does not. One that none uses is not among them: it is
    /// the engine's to refuse.
    pub fn fragments_of_others(&self, name: Option<&str>) -> HashSet<Name> {
        let own = self.operation(name).map(|found| self.fragments_of(found)).unwrap_or_default();
        let all = self.operations.values().flat_map(|found| self.fragments_of(found));
        all.filter(|name| !own.contains(name)).cloned().collect()
    }

    fn operation(&self, name: Option<&str>) -> Option<&Found<'a>> {
        let is_meant = |(known, _): &(&Option<&str>, &Found<'a>)| name.is_none() || **known == name;
        self.operations.iter().find(is_meant).map(|(_, found)| found)
    }

    fn fragments_of(&self, found: &Found<'a>) -> HashSet<&'a Name> {
        let mut seen = HashSet::new();
        let mut open: Vec<&Name> = found.spreads.clone();
        while let Some(name) = open.pop() {
            if seen.insert(name) {
                open.extend(self.fragments.get(name).into_iter().flat_map(|found| &found.spreads));
            }
        }
        seen
    }
}

impl<'a> Found<'a> {
    fn set(&mut self, set: &'a SelectionSet, parent: Option<&'a MetaType>) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => self.field(&field.node, parent),
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.node.directives);
                    self.spreads.push(&spread.node.fragment_name.node);
                }
                Selection::InlineFragment(inline) => {
                    self.directives(&inline.node.directives);
                    let condition = inline.node.type_condition.as_ref();
                    let parent = match condition {
                        Some(condition) => types().get(condition.node.on.node.as_str()),
                        None => parent,
                    };
                    self.set(&inline.node.selection_set.node, parent);
                }
            }
        }
    }

    fn field(&mut self, field: &'a Field, parent: Option<&'a MetaType>) {
        let known = parent.and_then(|parent| parent.field_by_name(field.name.node.as_str()));
        for (name, value) in &field.arguments {
            let wanted = known.and_then(|field| field.args.get(name.node.as_str())).map(Wanted::by);
            self.value(&value.node, value.pos, wanted, &mut vec![name.node.to_string()]);
        }
        self.directives(&field.directives);
        self.set(&field.selection_set.node, known.and_then(|field| types().inside(field)));
    }

    /// The schema has the directives of the specification only: `@skip` and `@include`, each with `if`.
    fn directives(&mut self, directives: &'a [Positioned<Directive>]) {
        for (name, value) in directives.iter().flat_map(|directive| &directive.node.arguments) {
            let wanted = (name.node == "if").then_some(Wanted { ty: "Boolean!", has_default: false });
            self.value(&value.node, value.pos, wanted, &mut vec![name.node.to_string()]);
        }
    }

    fn value(&mut self, value: &'a Value, pos: Pos, wanted: Option<Wanted<'a>>, argument: &mut Vec<String>) {
        match value {
            Value::Variable(variable) => {
                self.places.push(Place { variable, pos, argument: argument.clone(), wanted });
            }
            Value::List(items) => {
                let item = wanted.and_then(Wanted::item);
                for (index, value) in items.iter().enumerate() {
                    argument.push(index.to_string());
                    self.value(value, pos, item, argument);
                    argument.pop();
                }
            }
            Value::Object(object) => {
                // One object may stand for a list of one.
                let named =
                    wanted.map(|wanted| async_graphql::registry::MetaTypeName::concrete_typename(wanted.ty));
                let fields = match named.and_then(|name| types().get(name)) {
                    Some(MetaType::InputObject { input_fields, .. }) => Some(input_fields),
                    _ => None,
                };
                for (name, value) in object {
                    argument.push(name.to_string());
                    let wanted = fields.and_then(|fields| fields.get(name.as_str())).map(Wanted::by);
                    self.value(value, pos, wanted, argument);
                    argument.pop();
                }
            }
            _ => {}
        }
    }
}
