//! Lines of the ledger that are no longer in the files.

use serde::Serialize;

use super::bytes::key_from_bytes;
use super::compare::withdraw;
use super::doubted::Doubted;
use super::gather::Gathered;
use super::pass::Pass;
use super::sorter::{Kind, Merge, Sorter};
use super::summary::ImportFinding;
use super::turn::ImportTurn;
use crate::domain::comparison::VoucherKey;
use crate::domain::{Call, Day, EntryId, Result, Right};
use crate::service::operation::{Operation, Work};
use crate::store::comparing::{self, Header};
use crate::store::entries;

/// Lines that are withdrawn in one transaction.
const SOME: usize = 500;
/// Vouchers of the ledger that one query reads.
const PAGE: u64 = 2_000;

/// Tells the lines that are missing, and withdraws them if that is asked for: those that were doubtful while vouchers
/// were compared, and, for a FEC, the vouchers that are gone.
pub(super) async fn settle(pass: &mut Pass<'_>, gathered: &Gathered, vouchers: &Sorter) -> Result<()> {
    // A line that cannot be read so far as to tell its voucher may be one of any of these.
    if let (Some(days), false) = (gathered.days, gathered.has_strays) {
        gone(pass, gathered, vouchers, days).await?;
    }
    let doubted = std::mem::replace(&mut pass.doubted, Sorter::new(Kind::Missing));
    if !doubted.is_empty() {
        let mut doubted = doubted;
        doubted.sort();
        unnamed(pass, gathered, &doubted).await?;
    }
    Ok(())
}

/// Of the doubtful lines those that the files name nowhere are missing; the others have moved.
async fn unnamed(pass: &mut Pass<'_>, gathered: &Gathered, doubted: &Sorter) -> Result<()> {
    let mut names = gathered.names.merge(pass.stage).await?;
    let mut name = names.group().await?.map(|(name, _)| name);
    let mut lines = doubted.merge(pass.stage).await?;
    let mut missing = Vec::new();
    while let Some((external_id, values)) = lines.group().await? {
        while name.as_ref().is_some_and(|name| *name < external_id) {
            name = names.group().await?.map(|(name, _)| name);
        }
        let is_named = name.as_ref() == Some(&external_id);
        for value in values {
            let line = Doubted::from_bytes(&external_id, &value)?;
            if !is_named {
                missing.push(line);
            } else if !line.is_gone {
                pass.counts.not_of_ledger(line.debit, line.credit);
            }
        }
        if missing.len() >= SOME {
            tell(pass, std::mem::take(&mut missing)).await?;
        }
    }
    tell(pass, missing).await
}

/// Vouchers that the ledger has on these days and the files do not name.
async fn gone(pass: &mut Pass<'_>, gathered: &Gathered, vouchers: &Sorter, days: (Day, Day)) -> Result<()> {
    let reader = pass.stage.ledger().database().reader();
    let mut named = Named { merge: vouchers.merge(pass.stage).await?, next: None };
    named.advance().await?;
    let mut journal = comparing::next_journal(reader, None).await?;
    while let Some(code) = journal {
        let mut after: Option<VoucherKey> = None;
        loop {
            pass.stays_at_work().await?;
            let page = comparing::vouchers_of_days(reader, &code, days, after.as_ref(), PAGE).await?;
            for voucher in &page {
                let references = named.references(voucher).await?;
                let is_undated = || {
                    let name = (voucher.journal_code.clone(), voucher.entry_number.clone());
                    gathered.undated.contains_key(&name)
                };
                let is_named = references.is_some() && !voucher.is_unnumbered();
                if is_named || is_undated() {
                    continue;
                }
                let named = references.unwrap_or_default();
                let lines = comparing::of_voucher(reader, voucher).await?;
                let is_gone = |line: &&Header| {
                    !line.is_withdrawn() && !named.contains(&line.voucher().document_reference)
                };
                let lines: Vec<&Header> = lines.iter().filter(is_gone).collect();
                if !lines.is_empty() {
                    pass.counts.missing_vouchers += 1;
                }
                for lines in lines.chunks(SOME) {
                    doubt(pass, gathered, lines).await?;
                }
            }
            match page.into_iter().last() {
                Some(last) => after = Some(last),
                None => break,
            }
        }
        journal = comparing::next_journal(reader, Some(&code)).await?;
    }
    Ok(())
}

/// Lines of a voucher that is gone: they are missing, unless the files name them elsewhere.
async fn doubt(pass: &mut Pass<'_>, gathered: &Gathered, lines: &[&Header]) -> Result<()> {
    let ids: Vec<EntryId> = lines.iter().map(|line| line.id).collect();
    let amounts = comparing::amounts(pass.stage.ledger().database().reader(), &ids).await?;
    let found = lines.iter().zip(amounts).map(|(line, (id, external_id, debit, credit))| Doubted {
        id,
        external_id,
        voucher: line.voucher(),
        debit,
        credit,
        is_gone: true,
    });
    let found: Vec<Doubted> = found.collect();
    if gathered.names.is_empty() {
        return tell(pass, found).await;
    }
    for line in found {
        pass.keep(&line).await?;
    }
    Ok(())
}

/// Tells lines that are missing.
async fn tell(pass: &mut Pass<'_>, lines: Vec<Doubted>) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let is_withdrawn = pass.rules.withdraws;
    if let (true, Some(turn)) = (is_withdrawn, pass.turn) {
        let ids = lines.iter().map(|line| line.id).collect();
        let withdrawals = Withdrawals { ids, turn };
        pass.stage.ledger().perform_unasked(&withdrawals, pass.actor).await?;
        pass.writer.share().await;
    }
    pass.counts.missing += lines.len() as u64;
    for of_voucher in lines.chunk_by(|one, other| one.voucher == other.voucher) {
        for line in of_voucher.iter().filter(|line| is_withdrawn && !line.is_gone) {
            pass.counts.not_of_ledger(line.debit, line.credit);
        }
        let (count, first) = (of_voucher.len() as u64, &of_voucher[0]);
        pass.counts.withdrawn += if is_withdrawn { count } else { 0 };
        let (voucher, is_gone) = (first.voucher.clone(), first.is_gone);
        pass.found(ImportFinding::Missing { voucher, lines: count, is_gone, is_withdrawn });
    }
    Ok(())
}

/// The vouchers that the files name, in their order.
struct Named<'a> {
    merge: Merge<'a>,
    next: Option<VoucherKey>,
}

impl Named<'_> {
    async fn advance(&mut self) -> Result<()> {
        self.next = self.merge.group().await?.map(|(key, _)| key_from_bytes(&key)).transpose()?;
        Ok(())
    }

    /// The document references under which the files name the voucher; `None` when they do not. To be asked in the order
    /// of the vouchers.
    async fn references(&mut self, voucher: &VoucherKey) -> Result<Option<Vec<String>>> {
        let name = |key: &VoucherKey| (key.journal_code.clone(), key.posting_date, key.entry_number.clone());
        let wanted = name(voucher);
        while self.next.as_ref().is_some_and(|next| name(next) < wanted) {
            self.advance().await?;
        }
        let mut references = None;
        while let Some(next) = self.next.as_ref().filter(|next| name(next) == wanted) {
            references.get_or_insert_with(Vec::new).push(next.document_reference.clone());
            self.advance().await?;
        }
        Ok(references)
    }
}

/// Entries to be withdrawn in one transaction.
#[derive(Serialize)]
struct Withdrawals<'a> {
    ids: Vec<EntryId>,
    #[serde(skip)]
    turn: &'a ImportTurn,
}

impl Call for Withdrawals<'_> {
    fn idempotency_key(&self) -> Option<&str> {
        None
    }

    fn size(&self) -> usize {
        self.ids.len()
    }
}

impl Operation for Withdrawals<'_> {
    const NAME: &'static str = "import_withdraws";
    const RIGHT: Right = Right::Record;
    type Answer = ();

    async fn carry_out(&self, work: &mut Work<'_>) -> Result<()> {
        self.turn.is_still_ours(work.transaction).await?;
        let mut missing = entries::lock_by_ids(work.transaction, &self.ids).await?;
        missing.retain(|entry| entry.withdrawn_at.is_none());
        withdraw(work, &missing).await
    }
}
