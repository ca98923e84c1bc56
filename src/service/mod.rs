//! The use cases: the one door to the ledger. GraphQL, REST and the command line translate, call a use case,
//! translate back; rules and transactions live here and in the domain, nowhere else.

mod background;
mod changes;
mod claiming;
mod company;
mod configuring;
mod conflicts;
mod dispatch;
mod events;
mod exports;
mod failing;
mod importing;
mod integrity;
mod joining;
mod leasing;
mod marking;
mod marking_vouchers;
mod nodes;
mod operation;
mod origins;
mod reading;
mod reconciling;
mod recording;
mod replaying;
mod requeueing;
mod retiring;
mod settling;
mod signals;
mod statuses;
mod systems;
mod tokens;
mod turns;
mod units;
mod unmarking;
mod vouchers;
mod webhooks;
mod withdrawing;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

pub use changes::{Changed, ChangedListing, ChangedPage};
pub use claiming::{ClaimCall, ClaimDraft};
pub use configuring::{Configuration, Configured, SettingsDraft};
pub use conflicts::{ResolveConflict, ResolvedConflict, conflict_cursor};
pub use events::{event_cursor, read_event_cursor};
pub use exports::{ExportPage, export_cursor};
pub use failing::{ExportFailure, ExportFailureDraft, FailedExport, FailureDraft};
pub use importing::{
    ImportError, ImportEvent, ImportFinding, ImportOrder, ImportReport, ImportSummary, Place, ReadingOptions,
    Source, Told, VoucherCounts,
};
pub use integrity::{Damage, Examination, Finding};
pub use leasing::{LeaseCall, Leased};
pub use marking::{MAX_NOTE, Mark, MarkDraft};
pub use marking_vouchers::{VoucherMark, VoucherMarkDraft};
pub use nodes::{MAX_NODES, Thing};
pub use operation::{Operation, Work};
pub use origins::{DEFAULT_IMPORTS, MAX_IMPORTS, import_cursor};
pub use reading::{
    COUNT, DEFAULT_EVENTS, EntryPage, EntryStream, MAX_ATTRIBUTES_COST, MAX_EVENTS, TOTALS, WithExports,
    timeline_cursor,
};
pub use reconciling::{
    BothSides, Difference, DifferenceCounts, DifferenceKind, Reconciled, ReconciliationSummary,
};
pub use recording::{MAX_RECORDED, Recorded};
pub use replaying::{CancelReplay, MovedReplay, ReplayDraft, StartReplay, replay_cursor};
pub use requeueing::{
    MovedExport, Park, ParkDraft, Requeue, RequeueDraft, RequeueFailures, RequeuedFailures,
};
pub use retiring::{MovedSystem, RetireSystem, ReviveSystem};
pub use settling::{RefusedDraft, SentDraft, SettleCall, Settled};
pub use statuses::{ClaimedLine, ClaimedVoucher, claim_cursor, claimed_cursor, claimed_voucher_cursor};
pub use systems::{DEFAULT_SYSTEMS, MAX_SYSTEMS, system_cursor};
pub use tokens::{NewToken, may_be_token};
pub use unmarking::{MAX_ITEMS, Unmark, UnmarkDraft, Unmarked};
pub use vouchers::{ListedVoucher, VoucherStream, WholePage, WholeVoucher, entries_of};
pub use webhooks::{
    CreateWebhook, DeleteWebhook, DeletedWebhook, MAX_OVERLAP_SECONDS, MadeWebhook, MovedWebhook,
    ReplayWebhook, RotateWebhookSecret, SwitchWebhookOn, WebhookDraft, delivery_cursor, webhook_cursor,
};
pub use withdrawing::{MAX_WITHDRAWN, Withdrawal, WithdrawalDraft, Withdrawn};

use signals::Signals;

use crate::config::{LedgerName, MAIN_LEDGER, WebhookSettings};
use crate::domain::{Caller, Clock};
use crate::store::Database;

/// The ledger and what its caller may do with it. Cheap to clone. All state is in the database; in memory it has only
/// signals that wake the background work, so any number of gateways can share one database.
#[derive(Clone, Debug)]
pub struct Ledger {
    name: Arc<str>,
    /// Its clones count those who use it.
    users: Arc<()>,
    database: Database,
    clock: Clock,
    caller: Caller,
    history_to_take_over: Arc<Notify>,
    replay_to_carry_on: Arc<Notify>,
    signals: Arc<Signals>,
    /// How webhooks are told; `None`: this program tells none.
    webhook_settings: Option<Arc<WebhookSettings>>,
    /// What was read and written, in objects.
    cost: Arc<AtomicU64>,
}

impl Ledger {
    /// The ledger in this database, with this clock, as the operator may use it. It is called `main`.
    pub fn new(database: Database, clock: Clock) -> Self {
        Self {
            name: MAIN_LEDGER.into(),
            users: Arc::default(),
            database,
            clock,
            caller: Caller::Operator,
            history_to_take_over: Arc::default(),
            replay_to_carry_on: Arc::default(),
            signals: Arc::default(),
            webhook_settings: None,
            cost: Arc::default(),
        }
    }

    /// The same ledger under this name.
    pub fn named(self, name: &LedgerName) -> Self {
        Self { name: name.as_str().into(), ..self }
    }

    /// The same ledger, whose webhooks are told as the settings say. Without them none is told.
    pub fn with_webhooks(self, settings: &WebhookSettings) -> Self {
        Self { webhook_settings: Some(Arc::new(settings.clone())), ..self }
    }

    /// The name by which this gateway knows it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether somebody has a clone of this value: a request that is at work, or an export that streams.
    pub fn is_in_use(&self) -> bool {
        Arc::strong_count(&self.users) > 1
    }

    /// The same ledger for work that does not count as use.
    pub fn unused(&self) -> Self {
        Self { users: Arc::default(), ..self.clone() }
    }

    /// Who tells the time here.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The same ledger, as this caller may use it: every use case asks. It counts its cost from here.
    pub fn on_behalf_of(&self, caller: Caller) -> Self {
        Self { caller, cost: Arc::default(), ..self.clone() }
    }

    /// On whose behalf the use cases are called.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// What the use cases have cost so far, in the points of a GraphQL operation: one for every object that was read or
    /// written and for every question, more for expensive questions such as counts. Streams are not counted.
    pub fn cost(&self) -> u64 {
        self.cost.load(Ordering::Relaxed)
    }

    fn costs(&self, objects: usize) {
        self.cost.fetch_add(objects as u64, Ordering::Relaxed);
    }

    /// The database it lies in.
    pub fn database(&self) -> &Database {
        &self.database
    }
}
