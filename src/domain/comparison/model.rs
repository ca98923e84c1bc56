//! A plain model of the rules, and books that are kept by the plans: what the property tests compare with.

use std::sync::Arc;

use super::rules::Change;
use super::{Columns, ComingLine, LedgerLine, Pair, Plan, by_all_columns, change, plan};
use crate::domain::{EntryContent, Field};

/// The rules word by word: for each step, for each line of the file in its order, the first line of the ledger that fits.
pub fn plain(ledger: &[LedgerLine], file: &[ComingLine]) -> Plan {
    let mut files: Vec<usize> = (0..file.len()).collect();
    files.sort_by(|&a, &b| {
        let (a, b) = (&file[a], &file[b]);
        let shape = b.columns.count().cmp(&a.columns.count()).then(a.columns.cmp(&b.columns));
        shape.then(by_all_columns(&a.content, &b.content))
    });
    let mut ledgers: Vec<usize> = (0..ledger.len()).collect();
    ledgers.sort_by_key(|&line| (ledger[line].is_withdrawn, ledger[line].id));
    let mut pairs: Vec<Pair> = Vec::new();
    for step in 0..5 {
        for &f in &files {
            for &l in &ledgers {
                let is_free = pairs.iter().all(|pair| pair.file != f && pair.ledger != l);
                if is_free && fits(step, &ledger[l], &file[f]) {
                    let change = change(&file[f].columns, &ledger[l].content, &file[f].content);
                    pairs.push(Pair { ledger: l, file: f, change, returns: ledger[l].is_withdrawn });
                }
            }
        }
    }
    files.retain(|&f| pairs.iter().all(|pair| pair.file != f));
    ledgers.retain(|&l| !ledger[l].is_withdrawn && pairs.iter().all(|pair| pair.ledger != l));
    pairs.sort_by_key(|pair| ledger[pair.ledger].id);
    Plan { pairs, new: files, missing: ledgers }
}

fn fits(step: usize, ledger: &LedgerLine, file: &ComingLine) -> bool {
    let (old, new, columns) = (&ledger.content, &file.content, &file.columns);
    let equal = |field: Field| !columns.has(field) || old.value(field) == new.value(field);
    let text = || equal(Field::Description);
    let account = || equal(Field::AccountNumber) && equal(Field::SubledgerAccountNumber);
    let amount = || equal(Field::Debit) && equal(Field::Credit);
    let reference = || {
        let reference = new.document_reference.as_deref().unwrap_or_default();
        columns.has(Field::DocumentReference) && !reference.is_empty() && equal(Field::DocumentReference)
    };
    match step {
        0 => change(columns, old, new) == Change::None,
        1 => change(columns, old, new) != Change::Material,
        _ if ledger.is_withdrawn => false,
        2 => reference() && text() && account(),
        3 => reference() && text() && amount(),
        _ => reference() && account() && amount(),
    }
}

/// A line of the model's books.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub line: LedgerLine,
    /// Counts material changes.
    pub version: u32,
    /// The version that was sent, with what it said.
    pub mark: Option<(u32, EntryContent)>,
}

/// Books that are kept by imports.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Books(pub Vec<Kept>);

impl Books {
    pub fn import(&mut self, file: &[ComingLine], withdraws: bool) -> Plan {
        let lines: Vec<LedgerLine> = self.0.iter().map(|kept| kept.line.clone()).collect();
        let plan = plan(&lines, file);
        for pair in &plan.pairs {
            let (kept, line) = (&mut self.0[pair.ledger], &file[pair.file]);
            kept.line.content = line.columns.merge(&kept.line.content, &line.content);
            kept.line.is_withdrawn = false;
            kept.version += u32::from(pair.change == Change::Material);
        }
        for &missing in plan.missing.iter().filter(|_| withdraws) {
            self.0[missing].line.is_withdrawn = true;
        }
        for &new in &plan.new {
            let id = self.0.len() as i64 + 1;
            let line = LedgerLine { id, content: file[new].content.clone(), is_withdrawn: false };
            self.0.push(Kept { line, version: 1, mark: None });
        }
        plan
    }

    /// Sends every line whose bit is set.
    pub fn mark(&mut self, which: u64) {
        for (place, kept) in self.0.iter_mut().enumerate().filter(|(_, kept)| !kept.line.is_withdrawn) {
            if which >> (place % 64) & 1 == 1 {
                kept.mark = Some((kept.version, kept.line.content.clone()));
            }
        }
    }

    /// Lines that are marked, are not told as changed, and say something else than what was sent.
    pub fn swapped(&self) -> Vec<&Kept> {
        let differs = |kept: &Kept| {
            let Some((version, sent)) = &kept.mark else { return false };
            let material = Field::CONTENT.iter().filter(|field| field.is_material());
            let mut fields = material.filter(|field| **field != Field::ExternalId);
            *version == kept.version
                && fields.any(|field| sent.value(*field) != kept.line.content.value(*field))
        };
        self.0.iter().filter(|kept| differs(kept)).collect()
    }
}

/// All columns, or what a file has that knows nothing of validation, reconciliation and attributes.
pub fn columns(narrow: bool) -> Arc<Columns> {
    use super::AttributeNames::These;
    if !narrow {
        return Arc::new(Columns::all());
    }
    let informative = [Field::ReconciliationCode, Field::ReconciledOn, Field::ValidatedOn];
    let fields = Field::CONTENT.iter().copied().filter(|field| !informative.contains(field));
    Arc::new(Columns::new(fields, These(Default::default())))
}
