//! The rules, step by step. In each step the ledger's lines go by id, the file's by all their columns.

use std::collections::{HashMap, HashSet, VecDeque};

use super::columns::{Columns, by_all_columns};
use super::{ComingLine, LedgerLine};
use crate::domain::{EntryContent, Field, ValueRef};

/// How a line of the ledger and the line of the file that it is differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Not at all, as far as the file's columns go.
    None,
    /// In reconciliation, validation, names or attributes only: no news for a system that has the entry.
    Immaterial,
    /// In something that a system has to learn.
    Material,
}

/// A line of the file that is a line of the ledger. Both are named by their places in what was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The line of the ledger.
    pub ledger: usize,
    /// The line of the file.
    pub file: usize,
    /// How they differ.
    pub change: Change,
    /// Whether the line was withdrawn and stands in the file again.
    pub returns: bool,
}

/// What has to be done so that the ledger says what the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Lines that are in both, by the file's order.
    pub pairs: Vec<Pair>,
    /// Lines of the file that are new, ordered by all their columns.
    pub new: Vec<usize>,
    /// Lines of the ledger that are no longer in the file, by id. What was withdrawn before is not among them.
    pub missing: Vec<usize>,
}

/// Compares the lines of one voucher. A line with an external id of its own is the ledger's line of that name, which
/// the caller adds to `ledger` wherever it stands; a ledger's line that is only there by its name is in no other step,
/// and whether it is missing is the caller's question.
pub fn plan(ledger: &[LedgerLine], file: &[ComingLine]) -> Plan {
    let mut by_id: Vec<usize> = (0..ledger.len()).collect();
    by_id.sort_by_key(|&line| (ledger[line].is_withdrawn, ledger[line].id));
    let mut by_columns: Vec<usize> = (0..file.len()).collect();
    // Those that say more choose first: one that says less finds a line among the others as well.
    by_columns.sort_by(|&one, &other| {
        let (one, other) = (&file[one], &file[other]);
        let more = other.columns.count().cmp(&one.columns.count());
        more.then_with(|| one.columns.cmp(&other.columns))
            .then_with(|| by_all_columns(&one.content, &other.content))
    });
    let mut matching = Matching { ledger, file, by_id, by_columns, pairs: Vec::new() };
    matching.by_name();
    matching.step(Whose::All, |columns, content| Some(projected(columns, content, |_| true, true)));
    matching
        .step(Whose::All, |columns, content| Some(projected(columns, content, Field::is_material, false)));
    let account = [Field::AccountNumber, Field::SubledgerAccountNumber];
    let amount = [Field::Debit, Field::Credit];
    let text = [Field::Description];
    matching.step(Whose::Active, |columns, content| referenced(columns, content, &[&text, &account]));
    matching.step(Whose::Active, |columns, content| referenced(columns, content, &[&text, &amount]));
    matching.step(Whose::Active, |columns, content| referenced(columns, content, &[&account, &amount]));
    matching.finish()
}

/// How the file's line differs from the entry's content in the columns that it has.
pub fn change(columns: &Columns, entry: &EntryContent, line: &EntryContent) -> Change {
    let differs = |field: &Field| columns.has(*field) && entry.value(*field) != line.value(*field);
    let mut fields = Field::CONTENT.iter().filter(|field| **field != Field::ExternalId);
    if fields.clone().any(|field| field.is_material() && differs(field)) {
        return Change::Material;
    }
    let same = !fields.any(differs) && columns.attributes_of(entry) == columns.attributes_of(line);
    if same { Change::None } else { Change::Immaterial }
}

/// Which of the ledger's lines a step looks at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// All; those that are not withdrawn first.
    All,
    /// Those that are not withdrawn. A line that was withdrawn is the same one only if it comes back as it was: to take
    /// another for it would be a guess.
    Active,
}

struct Matching<'a> {
    ledger: &'a [LedgerLine],
    file: &'a [ComingLine],
    /// The ledger's lines that are free, in their order.
    by_id: Vec<usize>,
    /// The file's lines that are free, in their order.
    by_columns: Vec<usize>,
    pairs: Vec<Pair>,
}

impl Matching<'_> {
    /// Lines that the file names.
    fn by_name(&mut self) {
        if !self.file.iter().any(|line| line.is_named) {
            return;
        }
        let mut names: HashMap<&str, usize> =
            self.by_id.iter().map(|&line| (self.ledger[line].content.external_id.as_str(), line)).collect();
        let mut taken = HashSet::new();
        let free = std::mem::take(&mut self.by_columns);
        for file in free {
            let line = &self.file[file];
            let known = if line.is_named { names.remove(line.content.external_id.as_str()) } else { None };
            match known {
                Some(ledger) => {
                    taken.insert(ledger);
                    self.pair(ledger, file);
                }
                None => self.by_columns.push(file),
            }
        }
        self.by_id.retain(|line| !taken.contains(line));
    }

    /// Pairs the free lines that have the same key. Lines with other columns have another key for the same entry, so
    /// they are looked at apart.
    fn step(&mut self, whose: Whose, key: impl Fn(&Columns, &EntryContent) -> Option<Vec<u8>>) {
        let mut shapes: Vec<(&Columns, Vec<usize>)> = Vec::new();
        for &file in &self.by_columns {
            let line = &self.file[file];
            if line.is_named {
                continue;
            }
            match shapes.iter_mut().find(|(columns, _)| *columns == line.columns.as_ref()) {
                Some((_, lines)) => lines.push(file),
                None => shapes.push((&line.columns, vec![file])),
            }
        }
        let mut pairs = Vec::new();
        for (columns, lines) in shapes {
            let mut candidates: HashMap<Vec<u8>, VecDeque<usize>> = HashMap::new();
            for &ledger in &self.by_id {
                let line = &self.ledger[ledger];
                if whose == Whose::Active && line.is_withdrawn {
                    continue;
                }
                if let Some(key) = key(columns, &line.content) {
                    candidates.entry(key).or_default().push_back(ledger);
                }
            }
            let found: Vec<(usize, usize)> = lines
                .into_iter()
                .filter_map(|file| {
                    let key = key(columns, &self.file[file].content)?;
                    Some((candidates.get_mut(&key)?.pop_front()?, file))
                })
                .collect();
            let taken: HashSet<usize> = found.iter().map(|(ledger, _)| *ledger).collect();
            self.by_id.retain(|line| !taken.contains(line));
            pairs.extend(found);
        }
        let taken: HashSet<usize> = pairs.iter().map(|(_, file)| *file).collect();
        self.by_columns.retain(|line| !taken.contains(line));
        for (ledger, file) in pairs {
            self.pair(ledger, file);
        }
    }

    fn pair(&mut self, ledger: usize, file: usize) {
        let (old, new) = (&self.ledger[ledger], &self.file[file]);
        let change = change(&new.columns, &old.content, &new.content);
        self.pairs.push(Pair { ledger, file, change, returns: old.is_withdrawn });
    }

    fn finish(mut self) -> Plan {
        let mut missing = self.by_id;
        missing.retain(|&line| !self.ledger[line].is_withdrawn);
        missing.sort_by_key(|&line| self.ledger[line].id);
        self.pairs.sort_by_key(|pair| self.ledger[pair.ledger].id);
        Plan { pairs: self.pairs, new: self.by_columns, missing }
    }
}

/// What a content says in those columns that the line has and that are wanted, as bytes to compare.
fn projected(
    columns: &Columns,
    content: &EntryContent,
    wanted: impl Fn(Field) -> bool,
    with_attributes: bool,
) -> Vec<u8> {
    let mut key = Vec::with_capacity(128);
    for field in Field::CONTENT {
        if *field != Field::ExternalId && columns.has(*field) && wanted(*field) {
            append(&mut key, content.value(*field));
        }
    }
    if with_attributes {
        let attributes = serde_json::to_string(&columns.attributes_of(content)).unwrap_or_default();
        key.extend_from_slice(attributes.as_bytes());
    }
    key
}

/// The same for a content with a document reference; `None` where there is none, or the file has no such column.
fn referenced(columns: &Columns, content: &EntryContent, fields: &[&[Field]]) -> Option<Vec<u8>> {
    let reference = content.document_reference.as_deref().filter(|reference| !reference.is_empty())?;
    if !columns.has(Field::DocumentReference) {
        return None;
    }
    let mut key = Vec::with_capacity(64);
    append(&mut key, Some(ValueRef::Text(reference)));
    for field in fields.iter().copied().flatten() {
        if columns.has(*field) {
            append(&mut key, content.value(*field));
        }
    }
    Some(key)
}

/// A value so that two rows of values are equal only if each of their values is.
fn append(key: &mut Vec<u8>, value: Option<ValueRef<'_>>) {
    match value {
        None => key.push(0),
        Some(ValueRef::Text(text)) => {
            key.push(1);
            key.extend_from_slice(&(text.len() as u64).to_be_bytes());
            key.extend_from_slice(text.as_bytes());
        }
        Some(ValueRef::Money(amount)) => {
            key.push(2);
            key.extend_from_slice(&amount.ten_thousandths().to_be_bytes());
        }
        Some(other) => {
            let text = serde_json::to_string(&other).unwrap_or_default();
            append(key, Some(ValueRef::Text(&text)));
        }
    }
}
