//! A list of entries, resolved one after the other. The engine makes a boxed future of every field and a queue of
//! every object, which costs more than the page itself; an entry's fields are ready when they are asked for, or
//! shared by the whole list (`siblings`), so nothing is gained by running them side by side.
//!
//! What comes out is the same to the letter. Where a selection has directives, or one key twice, the engine does it.
//! The schema has no extensions of the engine, which this would pass by.

use std::borrow::Cow;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::{ContainerType, ContextSelectionSet, OutputType, Positioned, ServerResult, Value};

use super::entry::EntryNode;

/// Entries of one list.
pub struct EntryList(pub Vec<EntryNode>);

impl OutputType for EntryList {
    fn type_name() -> Cow<'static, str> {
        Vec::<EntryNode>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<EntryNode>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<EntryNode>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        context: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let mut fields = Vec::new();
        if !flatten(context, context.item, &mut fields) {
            return self.0.resolve(context, field).await;
        }
        let mut objects = Vec::with_capacity(self.0.len());
        for (index, node) in self.0.iter().enumerate() {
            let context = context.with_index(index);
            let mut object = IndexMap::with_capacity(fields.len());
            for field in &fields {
                let key = field.node.response_key().node.clone();
                if field.node.name.node == "__typename" {
                    object.insert(key, Value::from(EntryNode::type_name()));
                    continue;
                }
                match node.resolve_field(&context.with_field(field)).await {
                    Ok(value) => {
                        object.insert(key, value.unwrap_or_default());
                    }
                    Err(error) => context.add_error(error),
                }
            }
            objects.push(Value::Object(object));
        }
        Ok(Value::List(objects))
    }
}

/// The fields of the selection with those of its fragments in their place, which all apply: the schema has no
/// interfaces and no unions. Whether it is as plain as that.
fn flatten<'a>(
    context: &ContextSelectionSet<'a>,
    set: &'a Positioned<SelectionSet>,
    fields: &mut Vec<&'a Positioned<Field>>,
) -> bool {
    set.node.items.iter().all(|selection| match &selection.node {
        Selection::Field(field) => {
            let key = &field.node.response_key().node;
            let once = fields.iter().all(|known| known.node.response_key().node != *key);
            fields.push(field);
            once && field.node.directives.is_empty()
        }
        Selection::InlineFragment(inline) => {
            inline.node.directives.is_empty() && flatten(context, &inline.node.selection_set, fields)
        }
        Selection::FragmentSpread(spread) => {
            let fragment = context.query_env.fragments.get(&spread.node.fragment_name.node);
            spread.node.directives.is_empty()
                && fragment.is_some_and(|fragment| flatten(context, &fragment.node.selection_set, fields))
        }
    })
}
