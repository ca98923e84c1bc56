//! The root of everything that changes the ledger: one file a theme, listed here and nowhere else. An operation carries
//! one of these fields at most, see `guard`.

mod claim_payloads;
mod claiming;
mod configuring;
mod failing;
mod marking;
mod marking_vouchers;
mod operation;
mod recording;
mod replaying;
mod requeueing;
mod resolving;
mod retiring;
mod targets;
mod unmarking;
mod webhook_payloads;
mod webhooks;
mod withdrawing;

use async_graphql::MergedObject;

use super::costs::{Cost, Costs};
use crate::service::{MAX_ITEMS, MAX_RECORDED, MAX_WITHDRAWN};
use claiming::Claiming;
use configuring::Configuring;
use failing::Failing;
use marking::Marking;
use marking_vouchers::MarkingVouchers;
use recording::Recording;
use replaying::Replaying;
use requeueing::Requeueing;
use resolving::Resolving;
use retiring::Retiring;
use unmarking::Unmarking;
use webhooks::MakingWebhooks;
use withdrawing::Withdrawing;

/// The changes that can be made. An operation carries at most one of these fields, so that one which is refused cannot
/// follow one which was carried out.
#[derive(MergedObject, Default)]
pub struct Mutation(
    Marking,
    MarkingVouchers,
    Claiming,
    Configuring,
    Failing,
    Replaying,
    Requeueing,
    Resolving,
    Retiring,
    Unmarking,
    Recording,
    Withdrawing,
    MakingWebhooks,
);

/// What the changes cost.
pub const COSTS: Costs = &[
    ("Mutation", "claimExports", Cost::Call { max: MAX_ITEMS }),
    ("Mutation", "settleClaim", Cost::Call { max: MAX_ITEMS }),
    ("Mutation", "configureExportSystem", Cost::Call { max: 1 }),
    ("Mutation", "extendClaim", Cost::Call { max: 1 }),
    ("Mutation", "releaseClaim", Cost::Call { max: 1 }),
    ("Mutation", "reportExportFailures", Cost::Call { max: MAX_ITEMS }),
    ("Mutation", "requeueExports", Cost::Call { max: MAX_ITEMS }),
    ("Mutation", "startReplay", Cost::Call { max: 1 }),
    ("Mutation", "cancelReplay", Cost::Call { max: 1 }),
    ("Mutation", "resolveExportConflict", Cost::Call { max: 1 }),
    ("Mutation", "retireExportSystem", Cost::Call { max: 1 }),
    ("Mutation", "reviveExportSystem", Cost::Call { max: 1 }),
    ("Mutation", "requeueFailures", Cost::Call { max: MAX_ITEMS }),
    ("Mutation", "parkExports", Cost::Call { max: MAX_ITEMS }),
    ("Mutation", "markExported", Cost::Call { max: MAX_RECORDED }),
    ("Mutation", "markVouchersExported", Cost::Call { max: MAX_RECORDED }),
    ("Mutation", "recordAccountingEntries", Cost::Call { max: MAX_RECORDED }),
    ("Mutation", "unmarkExported", Cost::Call { max: MAX_ITEMS }),
    ("Mutation", "createWebhook", Cost::Call { max: 1 }),
    ("Mutation", "deleteWebhook", Cost::Call { max: 1 }),
    ("Mutation", "rotateWebhookSecret", Cost::Call { max: 1 }),
    ("Mutation", "switchWebhookOn", Cost::Call { max: 1 }),
    ("Mutation", "replayWebhook", Cost::Call { max: 1 }),
    ("Mutation", "testWebhook", Cost::Call { max: 1 }),
    ("Mutation", "withdrawAccountingEntries", Cost::Call { max: MAX_WITHDRAWN }),
];
