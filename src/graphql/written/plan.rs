//! Plans: how to write the objects of a selection, and what has to be at hand for it.

use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::{ContextBase, Positioned};
use async_graphql_value::Value as Written;

use super::MayWrite;
use crate::domain::{Entry, Fields};
use crate::graphql::batch::{Load, Loaded};
use crate::graphql::order::PLACEHOLDER;
use crate::graphql::text::json;
use crate::graphql::types::types;

/// The entry around whatever is written, and what was loaded for its page.
pub struct Row<'a> {
    /// The entry.
    pub entry: &'a Entry,
    /// What was loaded, in the order of the planner's loads.
    pub loaded: &'a Loaded,
}

/// Writes the value of one field of a `T`.
pub type Part<T> = Box<dyn Fn(&Row<'_>, &T, &mut Vec<u8>) -> serde_json::Result<()> + Send + Sync>;

/// How to write one kind of object, each made of a `T`.
pub struct Plan<T> {
    /// The keys, each with what writes the value behind it.
    keys: Vec<(Vec<u8>, Part<T>)>,
}

impl<T> Plan<T> {
    /// Writes one of these objects.
    pub fn write(&self, row: &Row<'_>, object: &T, out: &mut Vec<u8>) -> serde_json::Result<()> {
        out.push(b'{');
        for (index, (key, part)) in self.keys.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(key);
            part(row, object, out)?;
        }
        out.push(b'}');
        Ok(())
    }

    /// Writes one of these objects, or null where there is none.
    pub fn write_or_null(
        &self,
        row: &Row<'_>,
        object: Option<&T>,
        out: &mut Vec<u8>,
    ) -> serde_json::Result<()> {
        match object {
            Some(object) => self.write(row, object, out),
            None => json(&(), out),
        }
    }
}

/// How to write the objects of a list.
pub struct Planned {
    /// How to write one of them.
    pub plan: Plan<()>,
    /// What has to be read of the entries.
    pub needs: Fields,
    /// What has to be loaded for all of them.
    pub loads: Vec<Load>,
}

/// Makes plans, and collects what they need.
pub struct Planner<'a, C> {
    context: &'a ContextBase<'a, C>,
    needs: Fields,
    loads: Vec<Load>,
}

impl<'a, C> Planner<'a, C> {
    /// A planner for a request whose answer may be written.
    pub fn new(context: &'a ContextBase<'a, C>) -> Option<Self> {
        context.data_opt::<MayWrite>()?;
        Some(Self { context, needs: Fields::NONE, loads: Vec::new() })
    }

    /// A plan for what is selected from an object of this type, if `part` has one for every field.
    pub fn object<T: 'static>(
        &mut self,
        set: &'a Positioned<SelectionSet>,
        type_name: &str,
        mut part: impl FnMut(&mut Self, &'a Field) -> Option<Part<T>>,
    ) -> Option<Plan<T>> {
        let mut keys = Vec::new();
        for field in fields_of(self.context, set, type_name)? {
            let key = field.node.response_key().node.as_str();
            if key == PLACEHOLDER {
                continue;
            }
            let part: Part<T> = if field.node.name.node == "__typename" {
                let name = type_name.to_owned();
                Box::new(move |_: &Row<'_>, _: &T, out: &mut Vec<u8>| json(&name, out))
            } else {
                part(self, &field.node)?
            };
            // A name of the language's has nothing to escape.
            keys.push((format!("\"{key}\":").into_bytes(), part));
        }
        Some(Plan { keys })
    }

    /// What is planned, with what it needs.
    pub fn finish(self, plan: Plan<()>) -> Planned {
        Planned { plan, needs: self.needs, loads: self.loads }
    }

    /// Asks for this to be read of the entries.
    pub fn needs(&mut self, fields: Fields) {
        self.needs = std::mem::replace(&mut self.needs, Fields::NONE).and(fields);
    }

    /// Asks for this to be loaded, and tells its place in [`Row::loaded`].
    pub fn load(&mut self, load: Load) -> usize {
        let known = self.loads.iter().position(|known| *known == load);
        known.unwrap_or_else(|| {
            self.loads.push(load);
            self.loads.len() - 1
        })
    }
}

/// The fields that are selected from an object of the type `object`, those of fragments in their place. `None` where a
/// directive may leave some out.
pub fn fields_of<'a, C>(
    context: &'a ContextBase<'a, C>,
    set: &'a Positioned<SelectionSet>,
    object: &str,
) -> Option<Vec<&'a Positioned<Field>>> {
    let mut fields = Vec::new();
    for selection in &set.node.items {
        if !selection.node.directives().is_empty() {
            return None;
        }
        let (condition, inner) = match &selection.node {
            Selection::Field(field) => {
                fields.push(field);
                continue;
            }
            Selection::InlineFragment(inline) => {
                (inline.node.type_condition.as_ref(), &inline.node.selection_set)
            }
            Selection::FragmentSpread(spread) => {
                let fragment = context.query_env.fragments.get(&spread.node.fragment_name.node)?;
                (Some(&fragment.node.type_condition), &fragment.node.selection_set)
            }
        };
        if condition.is_none_or(|condition| types().applies(condition.node.on.node.as_str(), object)) {
            fields.extend(fields_of(context, inner, object)?);
        }
    }
    Some(fields)
}

/// An argument of a field that is a text; `Some(None)` when it is not given, `None` when it is something else.
pub fn text(field: &Field, argument: &str) -> Option<Option<String>> {
    match field.get_argument(argument).map(|value| &value.node) {
        None => Some(None),
        Some(Written::String(text)) => Some(Some(text.clone())),
        Some(_) => None,
    }
}

/// An argument of a field that is an integer, likewise.
pub fn integer(field: &Field, argument: &str) -> Option<Option<i64>> {
    match field.get_argument(argument).map(|value| &value.node) {
        None => Some(None),
        Some(Written::Number(number)) => Some(Some(number.as_i64()?)),
        Some(_) => None,
    }
}
