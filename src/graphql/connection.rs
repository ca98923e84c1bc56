//! Pages of any list, after the Relay cursor connections specification: one way to ask for them and one form in which
//! they are shown.

use async_graphql::{Context, OutputType};

use super::page_info::PageInfo;
use crate::domain::page::{PageArguments, Paged};
use crate::domain::{Error, Result};
use crate::service::Ledger;

/// The use cases, which the request carries.
pub fn ledger<'a>(context: &Context<'a>) -> Result<&'a Ledger> {
    context.data::<Ledger>().map_err(|_| Error::internal("a request without a ledger"))
}

/// The four arguments of every connection.
pub fn page(
    first: Option<i32>,
    after: Option<String>,
    last: Option<i32>,
    before: Option<String>,
) -> PageArguments {
    PageArguments { first: first.map(i64::from), after, last: last.map(i64::from), before }
}

/// The items of one page, as a connection shows them.
pub trait List {
    /// What `edges` gives.
    type Edges: OutputType;
    /// What `nodes` gives.
    type Nodes: OutputType;

    /// The items with their cursors.
    fn edges(&self) -> Self::Edges;
    /// The items.
    fn nodes(&self) -> Self::Nodes;
    /// The cursors of the first and the last item; `None` on an empty page.
    fn ends(&self) -> (Option<String>, Option<String>);
}

/// An item and its cursor. [`connection!`] makes one for each kind of item, since each is described in its own words.
pub trait Edge: OutputType + Clone {
    /// The item.
    type Node: OutputType + Clone;

    /// The edge to this item.
    fn new(cursor: String, node: Self::Node) -> Self;
    /// The item.
    fn node(&self) -> &Self::Node;
    /// Its cursor.
    fn cursor(&self) -> &str;
}

impl<E: Edge> List for Vec<E> {
    type Edges = Vec<E>;
    type Nodes = Vec<E::Node>;

    fn edges(&self) -> Vec<E> {
        self.clone()
    }

    fn nodes(&self) -> Vec<E::Node> {
        self.iter().map(|edge| edge.node().clone()).collect()
    }

    fn ends(&self) -> (Option<String>, Option<String>) {
        let cursor = |edge: Option<&E>| edge.map(|edge| edge.cursor().to_owned());
        (cursor(self.first()), cursor(self.last()))
    }
}

/// The edges of a page: each item as `node` shows it, with the cursor that `cursor` makes.
pub fn edges<T, E: Edge>(
    page: Paged<T>,
    cursor: impl Fn(&T) -> String,
    node: impl Fn(T) -> E::Node,
) -> Paged<E> {
    page.map(|item| E::new(cursor(&item), node(item)))
}

/// What `pageInfo` tells of a page of this list.
pub fn page_info(list: &impl List, has_next_page: bool, has_previous_page: bool) -> PageInfo {
    let (start_cursor, end_cursor) = list.ends();
    PageInfo { has_next_page, has_previous_page, start_cursor, end_cursor }
}

/// Makes the edge of a kind of item: `edge!(Edge is "TypeName": Node, "what the item is called")`.
macro_rules! edge {
    ($edge:ident is $name:tt: $node:ty, $item:tt) => {
        #[doc = concat!("One ", $item, " on a page, with its cursor.")]
        #[derive(Clone, async_graphql::SimpleObject)]
        #[graphql(name = $name)]
        pub struct $edge {
            #[doc = concat!("Marks the place of this ", $item, " in the list. Give it as `after` or `before`, with the \
                             list's other arguments unchanged, to read on from here.")]
            cursor: String,
            #[doc = concat!("The ", $item, " itself.")]
            node: $node,
        }

        impl $crate::graphql::connection::Edge for $edge {
            type Node = $node;

            fn new(cursor: String, node: $node) -> Self {
                Self { cursor, node }
            }

            fn node(&self) -> &$node {
                &self.node
            }

            fn cursor(&self) -> &str {
                &self.cursor
            }
        }
    };
}

/// Makes a connection: `connection!(Connection is "TypeName": List, "what the items are called", "what it is"; {…})`.
/// Between the braces stand what this connection has beside its page, as methods of resolvers, and before them the
/// fields of the struct that they read.
macro_rules! connection {
    (
        $connection:ident is $name:tt: $list:ty, $items:tt, $about:tt;
        { $($field:ident: $type:ty),* }
        { $($more:tt)* }
    ) => {
        #[doc = $about]
        pub struct $connection {
            list: $list,
            has_next: bool,
            has_previous: bool,
            $($field: $type,)*
        }

        #[doc = $about]
        #[async_graphql::Object(name = $name)]
        impl $connection {
            #[doc = concat!("The ", $items, " on this page, each with its cursor.")]
            async fn edges(&self) -> <$list as $crate::graphql::connection::List>::Edges {
                $crate::graphql::connection::List::edges(&self.list)
            }

            #[doc = concat!("The ", $items, " on this page, without cursors.")]
            async fn nodes(&self) -> <$list as $crate::graphql::connection::List>::Nodes {
                $crate::graphql::connection::List::nodes(&self.list)
            }

            #[doc = concat!("Where this page of ", $items, " begins and ends, and whether there are more.")]
            async fn page_info(&self) -> $crate::graphql::page_info::PageInfo {
                $crate::graphql::connection::page_info(&self.list, self.has_next, self.has_previous)
            }

            $($more)*
        }
    };
    ($connection:ident is $name:tt: $edge:ty, $items:tt, $about:tt) => {
        connection!($connection is $name: Vec<$edge>, $items, $about; {} {});

        impl From<$crate::domain::page::Paged<$edge>> for $connection {
            fn from(page: $crate::domain::page::Paged<$edge>) -> Self {
                Self { list: page.items, has_next: page.has_next, has_previous: page.has_previous }
            }
        }
    };
}

pub(super) use {connection, edge};
