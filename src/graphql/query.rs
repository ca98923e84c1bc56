//! The root of all questions: one file a theme, listed here and nowhere else. Arguments are read into the domain's words,
//! and the use cases answer.

mod claims;
mod entries;
mod events;
mod replays;
mod systems;
mod things;
mod vouchers;
mod webhooks;

use async_graphql::MergedObject;

use super::costs::{Cost, Costs};
use crate::domain::page::{DEFAULT_PAGE, DEFAULT_VOUCHERS, MAX_PAGE, MAX_VOUCHERS};
use crate::service::{DEFAULT_IMPORTS, DEFAULT_SYSTEMS, MAX_IMPORTS, MAX_NODES, MAX_SYSTEMS};
use claims::Claims;
use entries::Entries;
use events::Events;
use replays::Replays;
use systems::Systems;
use things::Things;
use vouchers::Vouchers;
use webhooks::Webhooks;

/// The questions that can be asked. A field that fails is null, the other fields are answered, and `errors` says why it
/// failed.
#[derive(MergedObject, Clone, Copy, Debug, Default)]
pub struct Query(Entries, Vouchers, Claims, Events, Replays, Systems, Things, Webhooks);

/// What the questions cost.
pub const COSTS: Costs = &[
    ("Query", "unexportedEntries", Cost::Page { default: DEFAULT_PAGE, max: MAX_PAGE }),
    ("Query", "accountingEntries", Cost::Page { default: DEFAULT_PAGE, max: MAX_PAGE }),
    ("Query", "changedEntries", Cost::Page { default: DEFAULT_PAGE, max: MAX_PAGE }),
    ("Query", "unexportedVouchers", Cost::Page { default: DEFAULT_VOUCHERS, max: MAX_VOUCHERS }),
    ("Query", "vouchers", Cost::Page { default: DEFAULT_VOUCHERS, max: MAX_VOUCHERS }),
    ("Query", "exportClaims", Cost::Page { default: DEFAULT_SYSTEMS, max: MAX_SYSTEMS }),
    ("Query", "exportConflicts", Cost::Page { default: DEFAULT_SYSTEMS, max: MAX_SYSTEMS }),
    ("Query", "exportReplays", Cost::Page { default: DEFAULT_SYSTEMS, max: MAX_SYSTEMS }),
    ("Query", "exportSystems", Cost::Page { default: DEFAULT_SYSTEMS, max: MAX_SYSTEMS }),
    ("Query", "imports", Cost::Page { default: DEFAULT_IMPORTS, max: MAX_IMPORTS }),
    ("Query", "nodes", Cost::Named { argument: "ids", max: MAX_NODES }),
];
