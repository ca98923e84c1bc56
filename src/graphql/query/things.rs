//! Questions about things of any type, about imports, and about the caller.

use async_graphql::{Context, ID, Object};

use crate::graphql::connection::{ledger, page};
use crate::graphql::error::{Fallible, fallible, optional};
use crate::graphql::import::{ImportConnection, ImportNode};
use crate::graphql::node::Node;
use crate::graphql::viewer::Viewer;

/// The other questions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Things;

#[Object]
impl Things {
    /// The thing with this id, whatever its type; null when there is none. What the access token may not see is
    /// answered as where it is asked for by its own name: entries, marks and events are null or refused, a system is
    /// refused, and the answer does not tell whether there is such a thing.
    async fn node(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The `id` of an object of any type. Example: \"entry/42\"")] id: ID,
    ) -> Fallible<Node> {
        match ledger(context) {
            Ok(ledger) => crate::graphql::node::node(ledger, &id).await,
            Err(error) => optional(Err(error)),
        }
    }

    /// The things with these ids, in the same order, each as `node` gives it. Things of one type are read by one query.
    async fn nodes(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "The `id`s of 1 to 100 objects of any type. Example: [\"entry/42\", \"system/erp\"]"
        )]
        ids: Vec<ID>,
    ) -> Vec<Fallible<Node>> {
        match ledger(context) {
            Ok(ledger) => crate::graphql::node::nodes(ledger, &ids).await,
            Err(error) => ids.iter().map(|_| optional(Err(error.clone()))).collect(),
        }
    }

    /// The imports of ledger files, newest first: also one that runs, or that did not come to its end. One that wrote
    /// nothing is not kept.
    async fn imports(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Imports on the page, from the newest back: 0 to 100; 20 when left out.")]
        first: Option<i32>,
        #[graphql(desc = "Begin the page after the import with this cursor.")] after: Option<String>,
        #[graphql(desc = "Imports on the page, from the oldest on: 0 to 100. Not together with first.")]
        last: Option<i32>,
        #[graphql(desc = "End the page before the import with this cursor.")] before: Option<String>,
    ) -> Fallible<ImportConnection> {
        fallible(ImportConnection::load(context, page(first, after, last, before)).await)
    }

    /// One import; null when there is none with this id.
    async fn import(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The import, by its id or by its number. Example: \"import/7\" or \"7\"")] id: ID,
    ) -> Fallible<ImportNode> {
        optional(ImportNode::named(context, &id).await)
    }

    /// Who asks, and what they may do.
    async fn viewer(&self, context: &Context<'_>) -> Fallible<Viewer> {
        fallible(ledger(context).map(Viewer::from))
    }
}
