//! The accounting entry as GraphQL shows it.

use std::sync::Arc;

use async_graphql::{ID, Object};

use super::error::{Fallible, fallible, optional};
use super::export::{EntryExportNode, EntryOf};
use super::scalars::{Date, JsonObject, SystemIdText};
use super::siblings::Siblings;
use super::timeline::TimelineConnection;
use crate::domain::{CurrencyCode, Entry, EntryId, Money, SystemId, Timestamp};
use crate::service::Ledger;

/// An entry, with the others of its list.
#[derive(Clone, Debug)]
pub struct EntryNode {
    siblings: Arc<Siblings>,
    index: usize,
}

impl EntryNode {
    /// Every entry of the list.
    pub fn all(siblings: &Arc<Siblings>) -> Vec<EntryNode> {
        (0..siblings.entries().len())
            .map(|index| EntryNode { siblings: Arc::clone(siblings), index })
            .collect()
    }

    /// An entry that is alone in its list.
    pub fn alone(ledger: &Ledger, entry: Entry) -> EntryNode {
        EntryNode { siblings: Siblings::new(ledger.clone(), vec![entry]), index: 0 }
    }

    /// The entry itself.
    pub fn entry(&self) -> &Entry {
        &self.siblings.entries()[self.index]
    }
}

/// The id as the ledger counts them; `None` for a text that is no 64-bit integer.
pub fn entry_id(id: &ID) -> Option<EntryId> {
    id.parse().ok()
}

/// One line of a journal, in the terms of the FEC, the file every French accounting package writes.
#[Object(name = "AccountingEntry")]
impl EntryNode {
    /// The ledger's own id: a 64-bit integer, ascending, never reused. Example: "42"
    async fn id(&self) -> ID {
        self.entry().id.into()
    }

    /// The source's own name for the entry, unique, at most 200 characters. Example: "VE:20240131:17:1"
    async fn external_id(&self) -> &str {
        &self.entry().content.external_id
    }

    /// Journal code (JournalCode). Example: "VE"
    async fn journal_code(&self) -> &str {
        &self.entry().content.journal_code
    }

    /// Journal name (JournalLib). Example: "Sales"
    async fn journal_name(&self) -> Option<&str> {
        self.entry().content.journal_name.as_deref()
    }

    /// The voucher this line belongs to (EcritureNum); the lines of a voucher balance. Example: "17"
    async fn entry_number(&self) -> &str {
        &self.entry().content.entry_number
    }

    /// The day the entry counts for (EcritureDate). Example: "2024-01-31"
    async fn posting_date(&self) -> Date {
        Date(self.entry().content.posting_date)
    }

    /// General ledger account (CompteNum). Example: "707000"
    async fn account_number(&self) -> &str {
        &self.entry().content.account_number
    }

    /// Its name (CompteLib). Example: "Sales of goods"
    async fn account_name(&self) -> Option<&str> {
        self.entry().content.account_name.as_deref()
    }

    /// Customer or supplier account (CompAuxNum). Example: "C0042"
    async fn subledger_account_number(&self) -> Option<&str> {
        self.entry().content.subledger_account_number.as_deref()
    }

    /// Its name (CompAuxLib). Example: "Dupont SARL"
    async fn subledger_account_name(&self) -> Option<&str> {
        self.entry().content.subledger_account_name.as_deref()
    }

    /// The document behind the entry (PieceRef). Example: "FA-2024-0117"
    async fn document_reference(&self) -> Option<&str> {
        self.entry().content.document_reference.as_deref()
    }

    /// The document's date (PieceDate). Example: "2024-01-30"
    async fn document_date(&self) -> Option<Date> {
        self.entry().content.document_date.map(Date)
    }

    /// What happened, in words (EcritureLib). Example: "Invoice FA-2024-0117"
    async fn description(&self) -> &str {
        &self.entry().content.description
    }

    /// Debit in the book currency, as the ledger has it: a reversal may be negative, and debit and credit may
    /// both be 0. Example: "1200.00"
    async fn debit(&self) -> Money {
        self.entry().content.debit
    }

    /// Credit in the book currency, likewise. Example: "0.00"
    async fn credit(&self) -> Money {
        self.entry().content.credit
    }

    /// Debit − credit. Example: "1200.00"
    async fn amount(&self) -> Money {
        self.entry().amount()
    }

    /// The book currency. Example: "EUR"
    async fn currency(&self) -> CurrencyCode {
        self.entry().content.currency
    }

    /// The amount in the document's own currency (Montantdevise). Example: "1310.40"
    async fn foreign_amount(&self) -> Option<Money> {
        self.entry().content.foreign_amount
    }

    /// The document's own currency (Idevise). Example: "USD"
    async fn foreign_currency(&self) -> Option<CurrencyCode> {
        self.entry().content.foreign_currency
    }

    /// Entries of one account with the same code settle each other (EcritureLet). Example: "AB"
    async fn reconciliation_code(&self) -> Option<&str> {
        self.entry().content.reconciliation_code.as_deref()
    }

    /// The day they were found to (DateLet). Example: "2024-02-15"
    async fn reconciled_on(&self) -> Option<Date> {
        self.entry().content.reconciled_on.map(Date)
    }

    /// The day the entry became final (ValidDate). Example: "2024-02-28"
    async fn validated_on(&self) -> Option<Date> {
        self.entry().content.validated_on.map(Date)
    }

    /// Every further column of the source, by its name. Example: {"CostCentre": "410"}
    async fn attributes(&self) -> JsonObject {
        JsonObject(self.entry().content.attributes.clone())
    }

    /// When the entry was first recorded here.
    async fn created_at(&self) -> Timestamp {
        self.entry().created_at
    }

    /// When its content last changed. A change does not make the entry unexported again: filter by this to
    /// find what changed.
    async fn updated_at(&self) -> Timestamp {
        self.entry().updated_at
    }

    /// The entry's newest mark for each system it was marked for, by system id. One query for a whole page of
    /// entries.
    async fn exports(&self) -> Fallible<Vec<EntryExportNode>> {
        fallible(self.load_exports().await)
    }

    /// The entry's newest mark for one system; null when it was never marked for it. Shares its query with
    /// `exports`.
    async fn export(
        &self,
        #[graphql(desc = "The system. Example: \"erp\"")] system_id: SystemIdText,
    ) -> Fallible<EntryExportNode> {
        let load = async {
            let wanted = SystemId::try_from(system_id.0).map_err(|fault| fault.under("system_id"))?;
            Ok(self.load_exports().await?.into_iter().find(|export| export.is_for(&wanted)))
        };
        optional(load.await)
    }

    /// What happened to the entry, oldest first: recorded, updated, exported. One query for a whole page of
    /// entries.
    async fn timeline(
        &self,
        #[graphql(desc = "Events a page: 1 to 100; 50 when left out.")] first: Option<i32>,
        #[graphql(desc = "Begin behind this cursor of a timeline.")] after: Option<String>,
    ) -> Fallible<TimelineConnection> {
        let page = self.siblings.timeline(self.entry().id, first.map(i64::from), after.clone()).await;
        fallible(page.map(|page| TimelineConnection::new(page, after.is_some())))
    }
}

impl EntryNode {
    async fn load_exports(&self) -> crate::domain::Result<Vec<EntryExportNode>> {
        let exports = self.siblings.exports(self.entry().id).await?;
        let node = |export| EntryExportNode::new(export, EntryOf::Loaded(self.clone()));
        Ok(exports.into_iter().map(node).collect())
    }
}
