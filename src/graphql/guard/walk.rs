//! A walk through every selection of an operation whose size is known to be bearable.

use std::convert::Infallible;

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Pos, Positioned, Value};

use super::values::{filter_levels, longest_list};
use crate::domain::Code;
use crate::graphql::document_fault::DocumentFault;

/// What a walk has found.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found {
    pub root_fields: usize,
    pub aliases: usize,
    pub directives: usize,
    /// Levels of fields, introspection apart.
    pub depth: usize,
    pub filter_levels: usize,
    pub longest_list: usize,
}

/// The walk.
pub struct Walk<'a> {
    document: &'a ExecutableDocument,
    ty: OperationType,
    max_passes: usize,
    path: Vec<&'a Name>,
    /// Fields of the mutation's root.
    changes: usize,
    /// What has been found so far.
    pub found: Found,
}

impl<'a> Walk<'a> {
    /// A walk through an operation of this type.
    pub fn new(document: &'a ExecutableDocument, ty: OperationType, max_passes: usize) -> Self {
        Self { document, ty, max_passes, path: Vec::new(), changes: 0, found: Found::default() }
    }

    /// Goes on through this set.
    pub fn through(&mut self, set: &'a SelectionSet) -> Result<(), DocumentFault> {
        for selection in &set.items {
            match &selection.node {
                Selection::InlineFragment(inline) => {
                    self.directives(&inline.node.directives);
                    self.through(&inline.node.selection_set.node)?;
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.node.directives);
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        self.directives(&fragment.node.directives);
                        self.through(&fragment.node.selection_set.node)?;
                    }
                }
                Selection::Field(field) => self.field(&field.node, selection.pos)?,
            }
        }
        Ok(())
    }

    /// Counts them, and looks at their arguments.
    pub fn directives(&mut self, directives: &[Positioned<Directive>]) {
        self.found.directives += directives.len();
        directives.iter().for_each(|directive| self.arguments(&directive.node.arguments));
    }

    fn field(&mut self, field: &'a Field, pos: Pos) -> Result<(), DocumentFault> {
        let name = &field.name.node;
        // Skipped ones count as well: what an operation may do shall be plain to see. The payload of a mutation leads
        // back to the root of all queries.
        let is_first = self.path.is_empty() && name != "__typename";
        let is_behind_payload = self.path.last().is_some_and(|around| *around == "query");
        self.found.root_fields += usize::from(is_first || is_behind_payload);
        self.found.aliases += usize::from(field.alias.is_some());
        self.changes += usize::from(is_first && self.ty == OperationType::Mutation);
        if self.changes > 1 {
            let message = "an operation carries one mutation field at most: send the others by themselves, so \
                           that one which is refused cannot follow one which is committed";
            return Err(DocumentFault::new(Code::OneMutationPerOperation, message).at(pos));
        }
        // Introspection unwraps types with it, several times over and without growing.
        let passes = self.path.iter().filter(|passed| **passed == name && name != "ofType").count();
        if passes == self.max_passes {
            let message = format!(
                "the document has {name} inside of itself {passes} times on one path, which is a circle; at most \
                 {}",
                passes - 1
            );
            return Err(DocumentFault::new(Code::CircularQuery, message).at(pos));
        }
        if name == "__typename" {
            plain(field, pos)?;
        }
        self.directives(&field.directives);
        self.arguments(&field.arguments);
        self.path.push(name);
        if !self.path.first().is_some_and(|root| root.starts_with("__")) {
            self.found.depth = self.found.depth.max(self.path.len());
        }
        self.through(&field.selection_set.node)?;
        self.path.pop();
        Ok(())
    }

    fn arguments(&mut self, arguments: &[(Positioned<Name>, Positioned<async_graphql_value::Value>)]) {
        for (_, value) in arguments {
            let written = value.node.clone().into_const_with(|_| Ok::<_, Infallible>(Value::Null));
            let Ok(written) = written;
            self.found.filter_levels = self.found.filter_levels.max(filter_levels(&written));
            self.found.longest_list = self.found.longest_list.max(longest_list(&written));
        }
    }
}

/// The engine does not look at what `__typename` is asked with, and leaves out whatever it does not know.
fn plain(field: &Field, pos: Pos) -> Result<(), DocumentFault> {
    let unknown = field.directives.iter().find(|directive| {
        let name = directive.node.name.node.as_str();
        name != "include" && name != "skip"
    });
    let message = match unknown {
        Some(directive) => format!("Unknown directive \"{}\"", directive.node.name.node),
        None if field.arguments.is_empty() && field.selection_set.node.items.is_empty() => return Ok(()),
        None => "__typename is a text: it takes no arguments, and there are no fields in it".to_owned(),
    };
    Err(DocumentFault::invalid(message).at(unknown.map_or(pos, |directive| directive.pos)))
}
