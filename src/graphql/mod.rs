//! The GraphQL surface: a deliberate contract over the use cases. It translates, and decides nothing.

mod answer;
mod arguments;
mod batch;
mod changed;
mod claim;
mod conflict;
mod connection;
mod costs;
mod count;
mod document;
mod document_fault;
mod engine;
mod entry;
mod entry_connection;
mod error;
mod export;
pub mod export_event;
mod export_failure;
mod exports;
mod filter;
mod filter_reading;
mod guard;
mod handler;
mod import;
mod keyed;
mod media_type;
mod mutation;
mod node;
mod order;
mod page_info;
mod query;
mod question;
mod replay;
mod scalars;
mod schema_description;
pub mod socket;
mod state;
mod status;
mod subscription;
mod system;
mod text;
mod timeline;
mod total;
mod trusted;
mod turns;
mod types;
mod viewer;
mod voucher;
mod voucher_batch;
mod webhook;
mod webhook_delivery;
mod webhook_kind;
mod written;

use async_graphql::SchemaBuilder;

pub use answer::failure;
pub use document::{Admitted, read};
pub use document_fault::DocumentFault;
pub use engine::Engine;
pub use handler::router;
pub use trusted::{ManifestError, TrustedDocuments};

use mutation::Mutation;
use query::Query;
use subscription::Subscription;

/// The schema, with its resolvers.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Who is told in the timeline to have done what came in through this surface.
const ACTOR: &str = "graphql";

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    async_graphql::Schema::build(Query::default(), Mutation::default(), Subscription)
        // GraphiQL's introspection is 15 deep; filters nest five times in an input, not in a selection.
        .limit_recursive_depth(64)
}

/// The schema. Each request brings the ledger as its caller may use it.
pub fn schema() -> Schema {
    builder().finish()
}

/// The schema in the schema definition language, as `schema.graphql` holds it.
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new().include_specified_by();
    let sdl = builder().finish().sdl_with_options(options);
    // Nobody should have to fight over blanks at the end of a line.
    let sdl = schema_description::describe_definition(&sdl);
    sdl.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_owned() + "\n"
}
