//! JSON text: of values, and of answers in which some lists are text already.

use async_graphql::Value;
use serde::Serialize;

/// Writes one value.
pub fn json(value: &(impl Serialize + ?Sized), out: &mut Vec<u8>) -> serde_json::Result<()> {
    serde_json::to_writer(out, value)
}

/// Writes a list.
pub fn list<T>(
    items: impl IntoIterator<Item = T>,
    out: &mut Vec<u8>,
    mut write: impl FnMut(T, &mut Vec<u8>) -> serde_json::Result<()>,
) -> serde_json::Result<()> {
    out.push(b'[');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(item, out)?;
    }
    out.push(b']');
    Ok(())
}

/// Writes a tree of values in which some are text already: no scalar of the schema is binary.
pub fn write_tree(tree: &Value, out: &mut Vec<u8>) -> serde_json::Result<()> {
    match tree {
        Value::Binary(text) => out.extend_from_slice(text),
        Value::List(items) => list(items, out, write_tree)?,
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
