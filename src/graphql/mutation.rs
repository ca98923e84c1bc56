//! The root of everything that changes the ledger: one file a theme, listed here and nowhere else. An operation carries
//! one of these fields at most, see `guard`.

mod marking;
mod operation;
mod recording;

use async_graphql::MergedObject;

use marking::Marking;
use recording::Recording;

/// The changes that can be made. An operation carries at most one of these fields, so that one which is refused cannot
/// follow one which was carried out.
#[derive(MergedObject, Default)]
pub struct Mutation(Marking, Recording);
