//! What a pass over the vouchers of the files has to hand: it compares some of them with the ledger, and writes what
//! differs unless it only looks.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::compare::Changes;
use super::doubted::Doubted;
use super::gather::Gathered;
use super::planned::{Compared, Rules, Voucher, looked_at};
use super::record::Record;
use super::sorter::{Kind, Sorter};
use super::stage::Stage;
use super::summary::{Counts, ImportFinding, ImportSummary};
use super::turn::ImportTurn;
use crate::domain::comparison::VoucherKey;
use crate::domain::{MoneySum, Result};
use crate::service::Ledger;
use crate::service::turns::Turn;
use crate::store::comparing::{self, Header};

/// Most lines of a voucher. All of them are in memory while it is compared.
const MOST_LINES: usize = 1_000_000;
/// Lines that the ledger may have beyond those of the files where vouchers are looked up as a range.
const SPARE: u64 = 500;
/// How often the turn is renewed, at least.
const RENEWAL: Duration = Duration::from_secs(10);

/// A pass that is under way.
pub(super) struct Pass<'a> {
    pub(super) stage: &'a Stage<'a>,
    pub(super) rules: &'a Rules,
    pub(super) actor: &'a str,
    /// The turn, if the pass writes.
    pub(super) turn: Option<&'a ImportTurn>,
    pub(super) writer: Turn,
    pub(super) counts: Counts,
    pub(super) summary: ImportSummary,
    /// Lines that may be missing.
    pub(super) doubted: Sorter,
    tell: &'a mut (dyn FnMut(ImportFinding) + Send),
    /// External ids that were given so far.
    given: u64,
    /// When the turn was last renewed.
    renewed: Instant,
}

impl<'a> Pass<'a> {
    /// A pass that begins with what reading came to.
    pub(super) fn new(
        stage: &'a Stage<'a>,
        rules: &'a Rules,
        actor: &'a str,
        turn: Option<&'a ImportTurn>,
        summary: ImportSummary,
        tell: &'a mut (dyn FnMut(ImportFinding) + Send),
    ) -> Self {
        let writer = Turn::begin(stage.ledger());
        let (counts, doubted) = (Counts::default(), Sorter::new(Kind::Missing));
        Pass {
            stage,
            rules,
            actor,
            turn,
            writer,
            counts,
            summary,
            doubted,
            tell,
            given: 0,
            renewed: Instant::now(),
        }
    }

    pub(super) fn found(&mut self, finding: ImportFinding) {
        match &finding {
            ImportFinding::Unbalanced { .. } => self.summary.vouchers.unbalanced += 1,
            ImportFinding::AlreadySent { systems, .. } => {
                self.summary.already_sent += 1;
                for system in systems {
                    *self.summary.sent_to.entry(system.to_string()).or_default() += 1;
                }
            }
            _ => {}
        }
        (self.tell)(finding);
    }

    /// The voucher if it may be loaded.
    pub(super) fn whole(
        &mut self,
        key: VoucherKey,
        records: &[Box<[u8]>],
        gathered: &Gathered,
    ) -> Result<Option<Voucher>> {
        let (mut lines, mut faults, mut refused, mut repeated) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for record in records {
            match Record::from_bytes(record)? {
                Record::Line(line) => lines.push(line),
                Record::Fault(place, reason) => faults.push((place, reason)),
                Record::Refused(place, reason) => refused.push((place, reason)),
                Record::Repeated(place) => repeated.push(place),
            }
        }
        lines.retain(|line| !repeated.contains(&line.place));
        self.counts.unchanged += repeated.len() as u64;
        let held_lines = (lines.len() - refused.len()) as u64;
        faults.append(&mut refused);
        let name = (key.journal_code.clone(), key.entry_number.clone());
        faults.extend(gathered.undated.get(&name).cloned());
        if faults.is_empty() && lines.len() > MOST_LINES {
            let place = lines[0].place;
            faults.push((place, format!("its voucher has {} lines; at most {MOST_LINES}", lines.len())));
        }
        let Some(because) = faults.into_iter().min() else {
            return Ok(Some(Voucher { key, lines, ledger: Vec::new() }));
        };
        self.summary.held_back += held_lines;
        self.summary.vouchers.held_back += 1;
        self.found(ImportFinding::HeldBack { voucher: key, lines: held_lines, because });
        Ok(None)
    }

    /// Renews the turn now and then, also while nothing is to be written, and notes that the import is at work.
    pub(super) async fn stays_at_work(&mut self) -> Result<()> {
        if let Some(turn) = self.turn
            && self.renewed.elapsed() >= RENEWAL
        {
            turn.renew(self.stage.ledger()).await?;
            self.stage.is_alive().await?;
            self.renewed = Instant::now();
        }
        Ok(())
    }

    /// Keeps a doubtful line until all is known.
    pub(super) async fn keep(&mut self, line: &Doubted) -> Result<()> {
        self.doubted.push(line.external_id.as_bytes(), &line.to_bytes(), self.stage).await
    }

    /// Compares some vouchers.
    pub(super) async fn compare(&mut self, mut portion: Vec<Voucher>, gathered: &Gathered) -> Result<()> {
        if portion.is_empty() {
            return Ok(());
        }
        self.stays_at_work().await?;
        look_up(self.stage.ledger(), &mut portion).await?;
        let mut changed = Vec::new();
        for voucher in portion {
            if !voucher.is_unchanged(&gathered.shapes)? {
                changed.push(voucher);
                continue;
            }
            self.counts.unchanged += voucher.lines.len() as u64;
            self.counts.unchanged_vouchers += 1;
            for line in &voucher.lines {
                self.counts.of_file(line.debit, line.credit);
                self.counts.of_ledger(line.debit, line.credit);
            }
        }
        if changed.is_empty() {
            return Ok(());
        }
        let ledger = self.stage.ledger();
        let (shapes, rules) = (&gathered.shapes, self.rules);
        let Compared { counts, given, findings, doubted } = match self.turn {
            Some(turn) => {
                let import_id = self.stage.import_id().await?;
                let changes =
                    Changes { vouchers: &changed, shapes, rules, turn, import_id, first: self.given };
                let compared = ledger.perform_unasked(&changes, self.actor).await?;
                self.writer.share().await;
                compared
            }
            None => looked_at(ledger.database().reader(), &changed, shapes, rules).await?,
        };
        self.given += given;
        self.counts.add(&counts);
        for finding in findings {
            self.found(finding);
        }
        for line in &doubted {
            self.keep(line).await?;
        }
        Ok(())
    }

    /// What it came to.
    pub(super) fn summed(self) -> ImportSummary {
        let Pass { counts, mut summary, .. } = self;
        summary.inserted = counts.inserted;
        summary.updated = counts.updated;
        summary.unchanged = counts.unchanged;
        summary.missing = counts.missing;
        summary.withdrawn = counts.withdrawn;
        summary.vouchers.new = counts.new_vouchers;
        summary.vouchers.changed = counts.changed_vouchers;
        summary.vouchers.unchanged = counts.unchanged_vouchers;
        summary.vouchers.missing = counts.missing_vouchers;
        let [debit, credit, ledger_debit, ledger_credit] = counts.sums.map(MoneySum::from_ten_thousandths);
        ImportSummary { debit, credit, ledger_debit, ledger_credit, ..summary }
    }
}

/// Finds what the ledger has of these vouchers, which are in their order.
async fn look_up(ledger: &Ledger, portion: &mut [Voucher]) -> Result<()> {
    let reader = ledger.database().reader();
    let (Some(first), Some(last)) = (portion.first(), portion.last()) else { return Ok(()) };
    let lines: usize = portion.iter().map(|voucher| voucher.lines.len()).sum();
    let limit = 2 * lines as u64 + SPARE;
    // The files mostly have all that the ledger has between their vouchers.
    let mut headers = comparing::between(reader, &first.key, &last.key, limit).await?;
    if headers.len() as u64 == limit {
        // They do not: those behind are looked up one by one.
        let end = headers.last().map(Header::voucher);
        let is_complete = |key: &VoucherKey| end.as_ref().is_some_and(|end| order(key, end).is_lt());
        let mut begin = portion.partition_point(|voucher| is_complete(&voucher.key));
        headers.retain(|header| is_complete(&header.voucher()));
        while begin < portion.len() {
            let first = &portion[begin].key;
            let same = portion[begin..].iter().take_while(|voucher| order(&voucher.key, first).is_eq());
            let keys: Vec<VoucherKey> = same.map(|voucher| voucher.key.clone()).collect();
            headers.extend(comparing::of_vouchers(reader, &keys).await?);
            begin += keys.len();
        }
    }
    let places = portion.iter().enumerate().map(|(place, voucher)| (voucher.key.clone(), place));
    let places: HashMap<VoucherKey, usize> = places.collect();
    for header in headers {
        if let Some(place) = places.get(&header.voucher()) {
            portion[*place].ledger.push(header);
        }
    }
    Ok(())
}

/// By journal, day and number: that is what the index knows.
fn order(one: &VoucherKey, other: &VoucherKey) -> Ordering {
    let journal = one.journal_code.cmp(&other.journal_code);
    let day = || one.posting_date.cmp(&other.posting_date);
    journal.then_with(day).then_with(|| one.entry_number.cmp(&other.entry_number))
}
