//! What an operation may look like, decided before anything of it runs.
//!
//! The engine expands fragments without remembering them before it compares any limit, so a short document of
//! fragments that spread each other costs it seconds; here each fragment is measured once. And it runs the
//! fields of a mutation one after the other, so a second one could be refused after the first was committed.

use std::collections::HashMap;
use std::convert::Infallible;

use async_graphql::parser::types::{
    ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Pos, Value, Variables};

use crate::domain::Code;

/// How often one path through an answer may pass the same field. The way from an entry to its marks and back
/// is a circle: each round would multiply the answer by the number of systems.
const MAX_PASSES: usize = 2;
/// Aliases in one operation: with them, one field of 500 entries could be asked for a thousand times over.
const MAX_ALIASES: usize = 100;
/// Levels of and, or and not in the values of one document. The use case takes five and tells where a sixth is;
/// this is for those that would use up the stack before it is asked. Twice five, since a variable can stand
/// inside of a written filter.
const MAX_FILTER_LEVELS: usize = 10;
/// Fields at the root of one query; each is a query to the database of its own.
const MAX_ROOT_FIELDS: usize = 100;

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

/// Checks a parsed document against the limits and against the rule of one mutation field an operation. What
/// passes has no circles of fragments and can be walked from end to end.
pub fn check(document: &ExecutableDocument, variables: &Variables, limits: &Limits) -> Result<(), Refusal> {
    let mut measured = Measured { document, fragments: HashMap::new() };
    let mut selections = 0u64;
    for (_, operation) in document.operations.iter() {
        let of_operation = measured.selections(&operation.node.selection_set.node)?;
        selections = selections.saturating_add(of_operation);
        if selections > limits.expanded_selections {
            let limit = limits.expanded_selections;
            let message =
                format!("the document expands to more than {limit} selections: ask for less at once");
            return Err((Code::OperationTooLarge, message, Some(operation.pos)));
        }
    }
    let given = variables.values().map(filter_levels).max().unwrap_or_default();
    for (_, operation) in document.operations.iter() {
        let defaults = operation.node.variable_definitions.iter();
        let defaults = defaults.filter_map(|definition| definition.node.default_value.as_ref());
        let in_variables = defaults.map(|value| filter_levels(&value.node)).fold(given, usize::max);
        let ty = operation.node.ty;
        let mut walk = Walk { document, ty, path: Vec::new(), root_fields: 0, aliases: 0, filter_levels: 0 };
        walk.through(&operation.node.selection_set.node)?;
        let levels = walk.filter_levels + in_variables;
        if levels > MAX_FILTER_LEVELS {
            let message = format!("the filters nest and / or / not {levels} deep; at most 5");
            return Err((Code::InvalidFilter, message, Some(operation.pos)));
        }
    }
    Ok(())
}

fn filter_levels(value: &Value) -> usize {
    match value {
        Value::List(items) => items.iter().map(filter_levels).max().unwrap_or_default(),
        Value::Object(fields) => {
            let is_level = |name: &Name| ["and", "or", "not"].contains(&name.as_str());
            let levels =
                fields.iter().map(|(name, value)| usize::from(is_level(name)) + filter_levels(value));
            levels.max().unwrap_or_default()
        }
        _ => 0,
    }
}

struct Measured<'a> {
    document: &'a ExecutableDocument,
    /// `None` while a fragment is being measured.
    fragments: HashMap<&'a Name, Option<u64>>,
}

impl<'a> Measured<'a> {
    /// Fields and fragments both count: a fragment that leads to no field is walked through as well.
    fn selections(&mut self, set: &'a SelectionSet) -> Result<u64, Refusal> {
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

    fn fragment(&mut self, name: &'a Name, pos: Pos) -> Result<u64, Refusal> {
        match self.fragments.get(name) {
            Some(Some(measured)) => return Ok(*measured),
            Some(None) => {
                let message = format!("the fragment {name} spreads itself, directly or through others");
                return Err((Code::GraphqlValidationFailed, message, Some(pos)));
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

/// A walk through every selection of an operation whose size is known to be bearable.
struct Walk<'a> {
    document: &'a ExecutableDocument,
    ty: OperationType,
    path: Vec<&'a Name>,
    root_fields: usize,
    aliases: usize,
    filter_levels: usize,
}

impl<'a> Walk<'a> {
    fn through(&mut self, set: &'a SelectionSet) -> Result<(), Refusal> {
        for selection in &set.items {
            let refuse =
                |code: Code, message: &str| Err::<(), _>((code, message.to_owned(), Some(selection.pos)));
            match &selection.node {
                Selection::InlineFragment(inline) => self.through(&inline.node.selection_set.node)?,
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        self.through(&fragment.node.selection_set.node)?;
                    }
                }
                Selection::Field(field) => {
                    let name = &field.node.name.node;
                    // Skipped ones count as well: what an operation may do shall be plain to see.
                    self.root_fields += usize::from(self.path.is_empty() && name != "__typename");
                    self.aliases += usize::from(field.node.alias.is_some());
                    if self.ty == OperationType::Mutation && self.root_fields > 1 {
                        refuse(
                            Code::OneMutationPerOperation,
                            "an operation carries one mutation field at most: send the others by themselves, so \
                             that one which is refused cannot follow one which is committed",
                        )?;
                    }
                    if self.root_fields > MAX_ROOT_FIELDS {
                        refuse(Code::OperationTooLarge, "an operation has at most 100 fields at its root")?;
                    }
                    if self.aliases > MAX_ALIASES {
                        refuse(Code::OperationTooLarge, "an operation has at most 100 aliases")?;
                    }
                    // Introspection unwraps types with it, several times over and without growing.
                    let passes =
                        self.path.iter().filter(|passed| **passed == name && name != "ofType").count();
                    if passes == MAX_PASSES {
                        let message =
                            format!("{name} is asked for inside of itself more than once: this is a circle");
                        refuse(Code::OperationTooLarge, &message)?;
                    }
                    for (_, value) in &field.node.arguments {
                        let written =
                            value.node.clone().into_const_with(|_| Ok::<_, Infallible>(Value::Null));
                        let levels = written.map_or(0, |value| filter_levels(&value));
                        self.filter_levels = self.filter_levels.max(levels);
                    }
                    self.path.push(name);
                    self.through(&field.node.selection_set.node)?;
                    self.path.pop();
                }
            }
        }
        Ok(())
    }
}

/// Checks that every variable which has to have a value has one. The engine puts nothing in the place of those
/// that do not, and what was to narrow an answer would be gone from the question.
pub fn check_variables(operation: &OperationDefinition, variables: &Variables) -> Result<(), Refusal> {
    for definition in &operation.variable_definitions {
        let (name, ty) = (&definition.node.name.node, &definition.node.var_type.node);
        let is_missing = match variables.get(name) {
            None => definition.node.default_value.is_none(),
            Some(value) => *value == Value::Null,
        };
        if !ty.nullable && is_missing {
            let message = format!("the variable ${name} has no value, and its type {ty} asks for one");
            return Err((Code::BadUserInput, message, Some(definition.pos)));
        }
    }
    Ok(())
}
