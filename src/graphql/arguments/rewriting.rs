//! Puts the values of variables into a document, in place.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Field, Selection, SelectionSet,
};
use async_graphql::registry::{MetaInputValue, MetaType};
use async_graphql::{Name, Positioned, Value};
use async_graphql_value::Value as Written;

use super::definitions::Values;
use super::reader::{Origin, Reader};
use crate::graphql::document_fault::DocumentFault;
use crate::graphql::types::{is_required, types};

type Arguments = Vec<(Positioned<Name>, Positioned<Written>)>;

/// Leaves only the operation of that name, or the only one, and puts the values into it and into every fragment.
pub fn rewrite(
    document: &mut ExecutableDocument,
    name: Option<&str>,
    values: Values,
    most: usize,
) -> Result<(), Vec<DocumentFault>> {
    let mut rewriting = Rewriting { reader: Reader::new(Origin::Document, &values, most), values: &values };
    if let (DocumentOperations::Multiple(operations), Some(name)) = (&mut document.operations, name) {
        operations.retain(|known, _| known == name);
    }
    let operation = match &mut document.operations {
        DocumentOperations::Single(operation) => Some(operation),
        DocumentOperations::Multiple(operations) => operations.values_mut().next(),
    };
    if let Some(operation) = operation {
        let operation = &mut operation.node;
        operation.variable_definitions.clear();
        rewriting.directives(&mut operation.directives);
        rewriting.set(&mut operation.selection_set.node, types().root(operation.ty));
    }
    for fragment in document.fragments.values_mut() {
        let fragment = &mut fragment.node;
        rewriting.directives(&mut fragment.directives);
        let parent = types().get(fragment.type_condition.node.on.node.as_str());
        rewriting.set(&mut fragment.selection_set.node, parent);
    }
    rewriting.reader.finish()
}

struct Rewriting<'a> {
    reader: Reader<'a>,
    values: &'a Values,
}

impl Rewriting<'_> {
    fn set(&mut self, set: &mut SelectionSet, parent: Option<&MetaType>) {
        for selection in &mut set.items {
            match &mut selection.node {
                Selection::Field(field) => self.field(field, parent),
                Selection::FragmentSpread(spread) => self.directives(&mut spread.node.directives),
                Selection::InlineFragment(inline) => {
                    let inline = &mut inline.node;
                    self.directives(&mut inline.directives);
                    let parent = match &inline.type_condition {
                        Some(condition) => types().get(condition.node.on.node.as_str()),
                        None => parent,
                    };
                    self.set(&mut inline.selection_set.node, parent);
                }
            }
        }
    }

    fn field(&mut self, field: &mut Positioned<Field>, parent: Option<&MetaType>) {
        let (pos, field) = (field.pos, &mut field.node);
        let known = parent.and_then(|parent| parent.field_by_name(field.name.node.as_str()));
        for argument in known.into_iter().flat_map(|known| known.args.values()) {
            let is_given = |(name, _): &(Positioned<Name>, _)| name.node.as_str() == argument.name;
            if is_required(argument) && !field.arguments.iter().any(is_given) {
                self.reader.begin(vec![argument.name.clone()], Some(pos));
                self.reader.refuse_missing(&argument.ty);
            }
        }
        self.arguments(&mut field.arguments, known.map(|field| &field.args));
        self.directives(&mut field.directives);
        self.set(&mut field.selection_set.node, known.and_then(|field| types().inside(field)));
    }

    /// The schema has the directives of the specification only: `@skip` and `@include`, each with `if`. What else stands
    /// there is the engine's to refuse.
    fn directives(&mut self, directives: &mut [Positioned<Directive>]) {
        for (name, value) in directives.iter_mut().flat_map(|directive| &mut directive.node.arguments) {
            let written = std::mem::take(&mut value.node);
            self.reader.begin(vec![name.node.to_string()], Some(value.pos));
            let read = if name.node == "if" {
                self.reader.place("Boolean!", written)
            } else {
                Some(self.reader.untyped(written))
            };
            value.node = read.unwrap_or_default().into_value();
        }
    }

    /// Takes away the arguments whose variables are not set, and those that are null where null means the same.
    fn arguments(&mut self, arguments: &mut Arguments, known: Option<&IndexMap<String, MetaInputValue>>) {
        arguments.retain_mut(|(name, value)| {
            let written = std::mem::take(&mut value.node);
            let variable = if let Written::Variable(name) = &written { Some(name.clone()) } else { None };
            self.reader.begin(vec![name.node.to_string()], Some(value.pos));
            let is_set = variable.as_ref().is_none_or(|name| self.values.contains_key(name));
            let read = match known.map(|known| known.get(name.node.as_str())) {
                // A field that describes the schema itself, or one that does not exist.
                None => is_set.then(|| self.reader.untyped(written)),
                // An argument that does not exist: it stays, to be refused.
                Some(None) => Some(self.reader.untyped(written)),
                Some(Some(argument)) => match self.reader.place(&argument.ty, written) {
                    Some(Value::Null) if argument.default_value.is_none() => None,
                    Some(read) => Some(read),
                    None => {
                        if let (true, Some(variable)) = (is_required(argument), &variable) {
                            self.reader.refuse_unset(variable, &argument.ty);
                        }
                        None
                    }
                },
            };
            match read {
                Some(read) => {
                    value.node = read.into_value();
                    true
                }
                None => false,
            }
        });
    }
}
