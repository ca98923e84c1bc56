//! Objects written as JSON while they are resolved. The engine makes a future and a value of every field, puts the
//! values into a tree and writes the tree: for a page of a hundred entries that cost more than everything else
//! together. Where every field of an object is at hand, without arguments or directives, nothing of it is needed:
//! the object is written here, to the letter as the engine would have written it.

use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::{ContextSelectionSet, OutputType, Positioned, Value};
use serde::Serialize;

use super::order::PLACEHOLDER;
use crate::domain::Entry;

/// Writes one field's value.
pub type Write = Box<dyn Fn(&Entry, &mut Vec<u8>) -> serde_json::Result<()> + Send + Sync>;

/// Says, as data of a request, that no two selections of its document fall onto one key of an object. Where they
/// do, the engine merges what they gave, which cannot be done to text.
pub struct NothingToMerge;

/// How to write one kind of object, of which each is made of an entry: its keys, each with what is behind it.
pub struct ObjectText(Vec<(Vec<u8>, Write)>);

impl ObjectText {
    /// For a selection of the object `T`, if `write` knows every field of it.
    pub fn new<T: OutputType>(
        context: &ContextSelectionSet<'_>,
        set: &Positioned<SelectionSet>,
        write: impl Fn(&Positioned<Field>) -> Option<Write>,
    ) -> Option<Self> {
        context.data_opt::<NothingToMerge>()?;
        let mut fields = Vec::new();
        flatten(context, set, &mut fields)?;
        let shown = fields.into_iter().map(|field| (field.node.response_key().node.as_str(), field));
        let written = shown.filter(|(key, _)| *key != PLACEHOLDER).map(|(key, field)| {
            let write = match field.node.name.node.as_str() {
                "__typename" => Box::new(|_: &Entry, out: &mut Vec<u8>| json(&T::type_name(), out)),
                _ => write(field)?,
            };
            // A name of the language's has nothing to escape.
            Some((format!("\"{key}\":").into_bytes(), write))
        });
        written.collect::<Option<_>>().map(Self)
    }

    /// The list of these objects.
    pub fn list(&self, entries: &[Entry]) -> serde_json::Result<Value> {
        let mut out = vec![b'['];
        for (index, entry) in entries.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            self.write(entry, &mut out)?;
        }
        out.push(b']');
        Ok(Value::Binary(out.into()))
    }

    /// One of these objects.
    pub fn write(&self, entry: &Entry, out: &mut Vec<u8>) -> serde_json::Result<()> {
        out.push(b'{');
        for (index, (key, write)) in self.0.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(key);
            write(entry, out)?;
        }
        out.push(b'}');
        Ok(())
    }
}

/// Writes one value.
pub fn json(value: &(impl Serialize + ?Sized), out: &mut Vec<u8>) -> serde_json::Result<()> {
    serde_json::to_writer(out, value)
}

/// Writes a tree of values in which some are text already: no scalar of the schema is binary.
pub fn write_tree(tree: &Value, out: &mut Vec<u8>) -> serde_json::Result<()> {
    match tree {
        Value::Binary(text) => out.extend_from_slice(text),
        Value::List(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_tree(item, out)?;
            }
            out.push(b']');
        }
        Value::Object(fields) => {
            out.push(b'{');
            for (index, (key, value)) in fields.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                json(key.as_str(), out)?;
                out.push(b':');
                write_tree(value, out)?;
            }
            out.push(b'}');
        }
        leaf => json(leaf, out)?,
    }
    Ok(())
}

/// The fields of the selection with those of its fragments in their place, which all apply: the schema has no
/// interfaces and no unions. `None` where a directive may leave some out.
fn flatten<'a>(
    context: &ContextSelectionSet<'a>,
    set: &'a Positioned<SelectionSet>,
    fields: &mut Vec<&'a Positioned<Field>>,
) -> Option<()> {
    for selection in &set.node.items {
        let (directives, inner) = match &selection.node {
            Selection::Field(field) => {
                fields.push(field);
                (&field.node.directives, None)
            }
            Selection::InlineFragment(inline) => (&inline.node.directives, Some(&inline.node.selection_set)),
            Selection::FragmentSpread(spread) => {
                let fragment = context.query_env.fragments.get(&spread.node.fragment_name.node)?;
                (&spread.node.directives, Some(&fragment.node.selection_set))
            }
        };
        if !directives.is_empty() {
            return None;
        }
        if let Some(inner) = inner {
            flatten(context, inner, fields)?;
        }
    }
    Some(())
}
