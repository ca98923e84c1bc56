//! Vouchers of one list load what belongs to them together, as entries do: see `batch`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tokio::sync::OnceCell;

use super::keyed::Keyed;
use crate::domain::page::{PageArguments, Paged, Scope};
use crate::domain::status::ExportStatus;
use crate::domain::{CurrencyTotal, Entry, EntryId, Result, SystemId, Voucher, VoucherId};
use crate::service::Ledger;

type Statuses = HashMap<VoucherId, (EntryId, ExportStatus)>;
type Totals = HashMap<VoucherId, Option<Vec<CurrencyTotal>>>;

/// Vouchers of one list, and what has been loaded for them.
#[derive(Debug)]
pub struct VoucherBatch {
    ledger: Ledger,
    vouchers: Vec<Voucher>,
    listed_in: Scope,
    totals: OnceCell<Result<Arc<Totals>>>,
    entries: Keyed<PageArguments, Arc<HashMap<VoucherId, Paged<Entry>>>>,
    partly_exported: Keyed<SystemId, Arc<HashSet<VoucherId>>>,
    statuses: Keyed<SystemId, Arc<Statuses>>,
    dispatch_keys: Keyed<SystemId, Arc<HashMap<EntryId, String>>>,
}

impl VoucherBatch {
    /// Vouchers of the ledger.
    pub fn new(ledger: Ledger, vouchers: Vec<Voucher>) -> Arc<Self> {
        Self::listed(ledger, vouchers, Scope::Ledger)
    }

    /// The vouchers of a list of this scope.
    pub fn listed(ledger: Ledger, vouchers: Vec<Voucher>, listed_in: Scope) -> Arc<Self> {
        Arc::new(Self {
            ledger,
            vouchers,
            listed_in,
            totals: OnceCell::new(),
            entries: Keyed::default(),
            partly_exported: Keyed::default(),
            statuses: Keyed::default(),
            dispatch_keys: Keyed::default(),
        })
    }

    /// What the use cases are asked through.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The vouchers, in their order.
    pub fn vouchers(&self) -> &[Voucher] {
        &self.vouchers
    }

    fn ids(&self) -> Vec<VoucherId> {
        self.vouchers.iter().map(|voucher| voucher.id.clone()).collect()
    }

    /// What the entries of one of them add up to.
    pub async fn totals(&self, id: &VoucherId) -> Result<Option<Vec<CurrencyTotal>>> {
        let load = || async { Ok(Arc::new(self.ledger.totals_of(&self.ids(), &self.listed_in).await?)) };
        let totals = self.totals.get_or_init(load).await.clone()?;
        // A voucher whose entries are all gone adds up to nothing.
        Ok(totals.get(id).cloned().unwrap_or_else(|| Some(Vec::new())))
    }

    /// A page of the entries of one of them.
    pub async fn entries(&self, id: &VoucherId, arguments: &PageArguments) -> Result<Paged<Entry>> {
        let cell = self.entries.cell(arguments.clone());
        let load = || async {
            Ok(Arc::new(self.ledger.entries_of_vouchers(&self.ids(), arguments, &self.listed_in).await?))
        };
        let pages = cell.get_or_init(load).await.clone()?;
        Ok(pages.get(id).cloned().unwrap_or_default())
    }

    /// The key under which the voucher that this entry stands for is sent to a system.
    pub async fn dispatch_key(&self, id: EntryId, system: &SystemId) -> Result<Option<String>> {
        let cell = self.dispatch_keys.cell(system.clone());
        let load = || async {
            let ids: Vec<EntryId> = self.statuses(system).await?.values().map(|(id, _)| *id).collect();
            self.ledger.dispatch_keys(&ids, system).await.map(Arc::new)
        };
        Ok(cell.get_or_init(load).await.clone()?.get(&id).cloned())
    }

    async fn statuses(&self, system: &SystemId) -> Result<Arc<Statuses>> {
        let cell = self.statuses.cell(system.clone());
        let load = || async { Ok(Arc::new(self.ledger.voucher_statuses(&self.ids(), system).await?)) };
        cell.get_or_init(load).await.clone()
    }

    /// How far the export of one of them to a system is, and the entry that stands for it; `None` when all of its entries
    /// are gone.
    pub async fn status(&self, id: &VoucherId, system: &SystemId) -> Result<Option<(EntryId, ExportStatus)>> {
        Ok(self.statuses(system).await?.get(id).cloned())
    }

    /// Whether a system has been sent some entries of one of them, and some not.
    pub async fn is_partly_exported(&self, id: &VoucherId, system: &SystemId) -> Result<bool> {
        let cell = self.partly_exported.cell(system.clone());
        let load = || async { Ok(Arc::new(self.ledger.partly_exported(&self.ids(), system).await?)) };
        Ok(cell.get_or_init(load).await.clone()?.contains(id))
    }
}
