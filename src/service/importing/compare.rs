//! Brings the ledger to what some vouchers of the files say, in one transaction.

use std::sync::Arc;

use serde::Serialize;

use super::planned::{Compared, Planned, Rules, Voucher, planned, tell_sent, writes};
use super::record::{Shapes, StagedLine};
use super::turn::ImportTurn;
use crate::domain::comparison::Change;
use crate::domain::event::{EventPayload, Replaced};
use crate::domain::{Call, Entry, EntryContent, Error, Result, Right};
use crate::service::joining::tell_joined;
use crate::service::operation::{Operation, Work};
use crate::store::comparing;
use crate::store::entries::{self, BATCH, Origin};
use crate::store::timeline::NewEvent;
use crate::telemetry;

/// Why a line was withdrawn, in its timeline.
const NO_LONGER_THERE: &str = "no longer in the imported file";

/// Vouchers that differ, to be written in one transaction.
#[derive(Serialize)]
pub(super) struct Changes<'a> {
    #[serde(skip)]
    pub(super) vouchers: &'a [Voucher],
    #[serde(skip)]
    pub(super) shapes: &'a Shapes,
    #[serde(skip)]
    pub(super) rules: &'a Rules,
    #[serde(skip)]
    pub(super) turn: &'a ImportTurn,
    pub(super) import_id: i64,
    /// The number of the first external id to give.
    pub(super) first: u64,
}

impl Call for Changes<'_> {
    fn idempotency_key(&self) -> Option<&str> {
        None
    }

    fn size(&self) -> usize {
        self.vouchers.iter().map(|voucher| voucher.lines.len()).sum()
    }
}

impl Operation for Changes<'_> {
    const NAME: &'static str = "import";
    const RIGHT: Right = Right::Record;
    type Answer = Compared;

    async fn carry_out(&self, work: &mut Work<'_>) -> Result<Compared> {
        self.turn.is_still_ours(work.transaction).await?;
        let mut compared = Compared::default();
        let mut new = Vec::new();
        let mut joining = Vec::new();
        let planned = planned(work.transaction, self.vouchers, self.shapes, true).await?;
        for (voucher, planned) in self.vouchers.iter().zip(planned) {
            self.change(work, voucher, &planned, &mut compared).await?;
            for line in planned.plan.new.iter().map(|line| &voucher.lines[*line]) {
                let mut content = line.coming(self.shapes)?.content;
                if !line.is_named {
                    content.external_id = format!("{}-{}", self.rules.stem, self.first + compared.given);
                    compared.given += 1;
                }
                if planned.stands() {
                    joining.push(content.external_id.clone());
                }
                new.push((content, self.origin(line)));
                if new.len() == BATCH {
                    insert(work, std::mem::take(&mut new)).await?;
                }
            }
        }
        insert(work, new).await?;
        for names in joining.chunks(BATCH) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let joined = entries::by_external_ids(work.transaction, &names).await?;
            tell_joined(work, &joined).await?;
        }
        Ok(compared)
    }

    fn count(&self, ledger: &str, answer: &Compared) {
        telemetry::entries_recorded(ledger, answer.counts.inserted + answer.counts.updated);
    }
}

impl Changes<'_> {
    fn origin(&self, line: &StagedLine) -> Origin {
        let (file, line, digest) = (line.place.file, line.place.line, line.digest);
        Origin { import_id: self.import_id, file: file.into(), line: line.cast_signed(), digest }
    }

    /// Changes the lines of a voucher that are there, and counts the others.
    async fn change(
        &self,
        work: &mut Work<'_>,
        voucher: &Voucher,
        planned: &Planned,
        compared: &mut Compared,
    ) -> Result<()> {
        for pair in planned.plan.pairs.iter().filter(|pair| writes(pair)) {
            let (entry, line) = (&planned.entries[pair.ledger], &planned.file[pair.file]);
            let content = line.columns.merge(&entry.content, &line.content);
            let origin = self.origin(&voucher.lines[pair.file]);
            let at = entries::replace(work.transaction, entry, &content, Some(&origin), work.now).await?;
            let mut tell = |payload| work.tell(NewEvent { entry_id: entry.id, at, system_id: None, payload });
            if pair.change != Change::None {
                tell(EventPayload::Updated { replaced: Replaced::between(&entry.content, &content) });
            }
            if pair.returns {
                tell(EventPayload::Reinstated {});
            }
        }
        if self.rules.withdraws && !self.rules.doubts && !planned.plan.missing.is_empty() {
            let missing = planned.plan.missing.iter().map(|line| planned.entries[*line].clone());
            withdraw(work, &missing.collect::<Vec<_>>()).await?;
        }
        planned.count(voucher, self.rules, compared);
        let sent = comparing::sent(work.transaction, &planned.changed()).await?;
        tell_sent(&voucher.key, sent, compared);
        Ok(())
    }
}

/// Withdraws entries, with their events.
pub(super) async fn withdraw(work: &mut Work<'_>, missing: &[Entry]) -> Result<()> {
    for (entry_id, at) in entries::withdraw(work.transaction, missing, work.now).await? {
        let payload = EventPayload::Withdrawn { reason: Some(NO_LONGER_THERE.to_owned()) };
        work.tell(NewEvent { entry_id, at, system_id: None, payload });
    }
    Ok(())
}

async fn insert(work: &Work<'_>, lines: Vec<(EntryContent, Origin)>) -> Result<()> {
    let expected = lines.len() as u64;
    let inserted = entries::insert_imported(work.transaction, lines, work.actor, work.now).await?;
    if inserted == expected {
        return Ok(());
    }
    let reason = "another program recorded an entry of the same external id at this moment";
    Err(Error::Unavailable(Arc::from(Box::<dyn std::error::Error + Send + Sync>::from(reason))))
}
