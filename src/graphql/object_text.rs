//! Objects written as JSON while they are resolved. The engine makes a future and a value of every field, puts the
//! values into a tree and writes the tree: for a page of a hundred entries that cost more than everything else
//! together. Where every field of an object is at hand, without arguments or directives, nothing of it is needed:
//! the object is written here, to the letter as the engine would have written it.

use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::{ContextBase, OutputType, Positioned, Value};
use serde::Serialize;

use super::order::PLACEHOLDER;
use super::types::types;
use crate::domain::{Entry, Fields};

/// Writes one field's value.
pub type Write = Box<dyn Fn(&Entry, &mut Vec<u8>) -> serde_json::Result<()> + Send + Sync>;

/// Says, as data of a request, that no two selections of its document fall onto one key of an object. Where they
/// do, the engine merges what they gave, which cannot be done to text.
pub struct NothingToMerge;

/// How to write one kind of object, of which each is made of an entry.
pub struct ObjectText {
    /// The keys, each with what writes the value behind it.
    keys: Vec<(Vec<u8>, Write)>,
    /// What of the entry is read for it.
    pub fields: Fields,
}

impl ObjectText {
    /// For a selection of the object `T`, if `write` knows every field of it: how to write it, and what it reads.
    pub fn new<T: OutputType, C>(
        context: &ContextBase<'_, C>,
        set: &Positioned<SelectionSet>,
        write: impl Fn(&Positioned<Field>) -> Option<(Fields, Write)>,
    ) -> Option<Self> {
        context.data_opt::<NothingToMerge>()?;
        let mut text = ObjectText { keys: Vec::new(), fields: Fields::NONE };
        for field in flatten(context, set, &T::type_name())? {
            let key = field.node.response_key().node.as_str();
            if key == PLACEHOLDER {
                continue;
            }
            let write = match field.node.name.node.as_str() {
                "__typename" => Box::new(|_: &Entry, out: &mut Vec<u8>| json(&T::type_name(), out)),
                _ => {
                    let (fields, write) = write(field)?;
                    text.fields = text.fields.and(fields);
                    write
                }
            };
            // A name of the language's has nothing to escape.
            text.keys.push((format!("\"{key}\":").into_bytes(), write));
        }
        Some(text)
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
        for (index, (key, write)) in self.keys.iter().enumerate() {
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

/// The fields that are selected from an object of the type `object`, those of fragments in their place. `None` where a
/// directive may leave some out.
pub fn flatten<'a, C>(
    context: &ContextBase<'a, C>,
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
            fields.extend(flatten(context, inner, object)?);
        }
    }
    Some(fields)
}
