//! What an operation may look like, decided before anything of it runs.
//!
//! The engine expands fragments without remembering them before it compares any limit, so a short document of
//! fragments that spread each other costs it seconds; here each fragment is measured once. And it runs the
//! fields of a mutation one after the other, so a second one could be refused after the first was committed.

mod cost;
mod tokens;
mod values;
mod walk;

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, OperationType, Selection, SelectionSet};
use async_graphql::{Name, Pos, Positioned, Variables};

use super::document_fault::DocumentFault;
use crate::config::GraphqlSettings;
use crate::domain::Code;
pub use cost::check_cost;
use values::{filter_levels, longest_list};
use walk::Walk;

/// A fault of what is more than the limit; nothing otherwise. `what` is said behind the number, as in "101
/// aliases".
fn at_most(asked: u64, limit: usize, code: Code, what: &str, pos: Option<Pos>) -> Result<(), DocumentFault> {
    if asked <= limit as u64 {
        return Ok(());
    }
    let message = format!("the request has {asked} {what}; at most {limit}: ask for less at once");
    Err(DocumentFault { position: pos, ..DocumentFault::new(code, message) })
}

/// Levels of braces, brackets and parentheses that a document may have. The parser and all that walks what it made call
/// themselves for each, and how much stack that takes depends on the build.
const MAX_NESTING: usize = 100;

/// Checks the text of a document, before it is taken apart.
pub fn check_text(query: &str, limits: &GraphqlSettings) -> Result<(), DocumentFault> {
    let characters = query.chars().count() as u64;
    at_most(characters, limits.max_query_characters, Code::QueryTooLong, "characters", None)?;
    at_most(tokens::count(query), limits.max_tokens, Code::TooManyTokens, "tokens", None)?;
    if tokens::nesting(query) > MAX_NESTING {
        let message =
            format!("the document cannot be read: it has more than {MAX_NESTING} levels of brackets");
        return Err(DocumentFault::new(Code::GraphqlParseFailed, message));
    }
    match tokens::doubled_field(query) {
        None => Ok(()),
        Some((name, pos)) => {
            let message = format!("the field {name} stands twice in one input object: only one can be meant");
            Err(DocumentFault::invalid(message).at(pos))
        }
    }
}

/// Checks a parsed document against the limits and against the rule of one mutation field an operation. What
/// passes has no circles of fragments and can be walked from end to end.
pub fn check(
    document: &ExecutableDocument,
    variables: &Variables,
    limits: &GraphqlSettings,
) -> Result<(), DocumentFault> {
    let mut measured = Measured { document, fragments: HashMap::new() };
    let mut selections = 0u64;
    let mut last = None;
    for (_, operation) in document.operations.iter() {
        let of_operation = measured.selections(&operation.node.selection_set.node)?;
        selections = selections.saturating_add(of_operation);
        last = Some(operation.pos);
    }
    let what = "selections, once its fragments are written out";
    at_most(selections, limits.max_selections, Code::OperationTooLarge, what, last)?;

    let given = variables.values().map(filter_levels).max().unwrap_or_default();
    let longest = variables.values().map(longest_list).max().unwrap_or_default();
    for (_, operation) in document.operations.iter() {
        let pos = Some(operation.pos);
        if operation.node.ty == OperationType::Subscription {
            one_field(&operation.node.selection_set)?;
        }
        let mut walk = Walk::new(document, operation.node.ty, limits.max_passes);
        walk.directives(&operation.node.directives);
        let (mut in_variables, mut longest) = (given, longest);
        for definition in &operation.node.variable_definitions {
            walk.directives(&definition.node.directives);
            if let Some(default) = &definition.node.default_value {
                in_variables = in_variables.max(filter_levels(&default.node));
                longest = longest.max(longest_list(&default.node));
            }
        }
        walk.through(&operation.node.selection_set.node)?;
        let found = walk.found;
        for (asked, limit, code, what) in [
            (found.root_fields, limits.max_root_fields, Code::TooManyRootFields, "fields at its root"),
            (found.aliases, limits.max_aliases, Code::TooManyAliases, "aliases"),
            (found.directives, limits.max_directives, Code::TooManyDirectives, "directives"),
            (found.depth, limits.max_depth, Code::QueryTooDeep, "levels of fields"),
            (longest.max(found.longest_list), limits.max_list_items, Code::ListTooLong, "items in one list"),
        ] {
            at_most(asked as u64, limit, code, what, pos)?;
        }
        let levels = found.filter_levels + in_variables;
        if levels > limits.max_filter_levels {
            let message = format!("the filters nest and / or / not {levels} deep; at most 5");
            return Err(DocumentFault::new(Code::InvalidFilter, message).at(operation.pos));
        }
    }
    Ok(())
}

/// A subscription follows one thing, so that the order of its events means something. The engine passes over fragments at its
/// root without a word.
fn one_field(root: &Positioned<SelectionSet>) -> Result<(), DocumentFault> {
    match root.node.items.as_slice() {
        [item] if matches!(&item.node, Selection::Field(field) if !field.node.name.node.starts_with("__")) => {
            Ok(())
        }
        _ => {
            let message = "a subscription has exactly one field at its root, written there and not in a fragment: \
                           make one subscription for each";
            Err(DocumentFault::invalid(message).at(root.pos))
        }
    }
}

struct Measured<'a> {
    document: &'a ExecutableDocument,
    /// `None` while a fragment is being measured.
    fragments: HashMap<&'a Name, Option<u64>>,
}

impl<'a> Measured<'a> {
    /// Fields and fragments both count: a fragment that leads to no field is walked through as well.
    fn selections(&mut self, set: &'a SelectionSet) -> Result<u64, DocumentFault> {
        let mut sum = 0u64;
        for selection in &set.items {
            let inside = match &selection.node {
                Selection::Field(field) => self.selections(&field.node.selection_set.node)?,
                Selection::InlineFragment(inline) => self.selections(&inline.node.selection_set.node)?,
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node, selection.pos)?
                }
            };
            sum = sum.saturating_add(1).saturating_add(inside);
        }
        Ok(sum)
    }

    fn fragment(&mut self, name: &'a Name, pos: Pos) -> Result<u64, DocumentFault> {
        match self.fragments.get(name) {
            Some(Some(measured)) => return Ok(*measured),
            Some(None) => {
                let message = format!("the fragment {name} spreads itself, directly or through others");
                return Err(DocumentFault::invalid(message).at(pos));
            }
            None => {}
        }
        // The engine has the words for one that does not exist.
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(0) };
        self.fragments.insert(name, None);
        let selections = self.selections(&fragment.node.selection_set.node)?;
        self.fragments.insert(name, Some(selections));
        Ok(selections)
    }
}
