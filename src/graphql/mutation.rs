//! The root of everything that changes the ledger: one file a theme, listed here and nowhere else. An operation carries
//! one of these fields at most, see `guard`.

mod marking;
mod operation;
mod recording;

use async_graphql::MergedObject;

use marking::Marking;
use recording::Recording;

/// What may be changed. An operation carries at most one of these fields.
#[derive(MergedObject, Default)]
pub struct Mutation(Marking, Recording);
