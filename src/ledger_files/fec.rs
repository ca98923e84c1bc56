//! FEC: the French tax administration's flat file, as real packages write it.

use super::Format;
use super::cells::{self, Cells, Entries, RowReader};
use super::error::{FileError, shown};
use super::fec_values::{self as values, DateError, Side};
use super::field::{FEC, Field};
use super::lines::Lines;
use super::positions::Positions;
use crate::domain::entry::MAX_EXTERNAL_ID;
use crate::domain::{Attributes, CurrencyCode, EntryContent, Money};

/// Makes entries of FEC rows.
pub(super) struct Fec {
    currency: CurrencyCode,
    /// Amounts come as Montant and Sens.
    sided: bool,
    positions: Positions,
}

/// Reads the header, which begins with the line `first`. Quotation marks mean nothing in a FEC.
pub(super) fn open(lines: Lines, first: &str, currency: CurrencyCode) -> Result<Entries<Fec>, FileError> {
    let (table, mut header) = cells::header(lines, first, false, &FEC)?;
    let sided = !(header.has(Field::Debit) && header.has(Field::Credit))
        && header.has(Field::Unsided)
        && header.has(Field::Side);
    // The pair that is not read is kept among the attributes.
    let needed: &[(Field, &str)] = if sided {
        header.release(Field::Debit);
        header.release(Field::Credit);
        &[]
    } else {
        header.release(Field::Unsided);
        header.release(Field::Side);
        &[(Field::Debit, "Debit (or Montant and Sens)"), (Field::Credit, "Credit (or Montant and Sens)")]
    };
    let missing: Vec<String> = [
        (Field::JournalCode, "JournalCode"),
        (Field::PostingDate, "EcritureDate"),
        (Field::AccountNumber, "CompteNum"),
    ]
    .iter()
    .chain(needed)
    .filter(|(field, _)| !header.has(*field))
    .map(|(_, name)| (*name).to_owned())
    .collect();
    if !missing.is_empty() {
        return Err(header.lacks(Format::Fec, missing));
    }
    Ok(Entries::new(table, header, Fec { currency, sided, positions: Positions::default() }))
}

impl RowReader for Fec {
    fn entry(&mut self, cells: &mut Cells<'_>) -> EntryContent {
        let external_id = self.external_id(cells);
        if let Some(id) = &external_id
            && id.chars().count() > MAX_EXTERNAL_ID
        {
            let reason = format!(
                "journal, date and entry number together are too long: the entry's external id {} would have \
                 more than {MAX_EXTERNAL_ID} characters",
                shown(id)
            );
            cells.problem(Field::EntryNumber, reason);
        }
        let posting_date = cells.read(Field::PostingDate, |text| values::date(text)?.ok_or(DateError));
        let (debit, credit) = self.amounts(cells);
        let mut attributes = Attributes::new();
        let foreign_currency = foreign_currency(cells, &mut attributes);
        cells.add_further(&mut attributes);
        EntryContent {
            // Without one the line was faulted above; any short id spares it a second fault.
            external_id: external_id
                .filter(|id| id.chars().count() <= MAX_EXTERNAL_ID)
                .unwrap_or("-".to_owned()),
            journal_code: text(cells, Field::JournalCode),
            journal_name: optional(cells, Field::JournalName),
            entry_number: text(cells, Field::EntryNumber),
            posting_date,
            account_number: text(cells, Field::AccountNumber),
            account_name: optional(cells, Field::AccountName),
            subledger_account_number: optional(cells, Field::SubledgerAccountNumber),
            subledger_account_name: optional(cells, Field::SubledgerAccountName),
            document_reference: optional(cells, Field::DocumentReference),
            document_date: cells.read(Field::DocumentDate, values::date),
            description: text(cells, Field::Description),
            debit,
            credit,
            currency: self.currency,
            foreign_amount: cells.read(Field::ForeignAmount, |text| {
                if text.is_empty() { Ok(None) } else { values::amount(text).map(Some) }
            }),
            foreign_currency,
            reconciliation_code: optional(cells, Field::ReconciliationCode),
            reconciled_on: cells.read(Field::ReconciledOn, values::date),
            validated_on: cells.read(Field::ValidatedOn, values::date),
            attributes,
        }
    }

    fn skipped(&mut self, cells: &Cells<'_>) {
        self.external_id(cells);
    }

    fn takes_further_columns(&self) -> bool {
        true
    }
}

impl Fec {
    /// The row's id, if it says which voucher it belongs to. To be asked for once a row, good or bad: then
    /// mending a bad line does not shift the ids of its sisters.
    fn external_id(&mut self, cells: &Cells<'_>) -> Option<String> {
        let journal = cells.trimmed(Field::JournalCode);
        let date = values::date(cells.trimmed(Field::PostingDate)).ok().flatten()?;
        if journal.is_empty() {
            return None;
        }
        let date = date.format("%Y%m%d").to_string();
        Some(self.positions.next_id(journal, &date, cells.trimmed(Field::EntryNumber)))
    }

    /// Debit and credit.
    fn amounts(&self, cells: &mut Cells<'_>) -> (Money, Money) {
        if !self.sided {
            return (cells.read(Field::Debit, values::amount), cells.read(Field::Credit, values::amount));
        }
        let amount = cells.read(Field::Unsided, values::amount);
        let text = cells.trimmed(Field::Side);
        match values::side(text) {
            Some(Side::Debit) => (amount, Money::ZERO),
            Some(Side::Credit) => (Money::ZERO, amount),
            None if text.is_empty() && amount == Money::ZERO => (Money::ZERO, Money::ZERO),
            None => {
                cells.problem(Field::Side, format!("{} is neither D nor C, +1 nor -1", shown(text)));
                (Money::ZERO, Money::ZERO)
            }
        }
    }
}

fn text(cells: &Cells<'_>, field: Field) -> String {
    cells.trimmed(field).to_owned()
}

fn optional(cells: &Cells<'_>, field: Field) -> Option<String> {
    Some(cells.trimmed(field)).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The foreign currency. Packages write all kinds of things there: what is no currency of today is kept as it
/// is among the attributes.
fn foreign_currency(cells: &Cells<'_>, attributes: &mut Attributes) -> Option<CurrencyCode> {
    let text = cells.trimmed(Field::ForeignCurrency);
    let currency = text.to_ascii_uppercase().parse().ok();
    if currency.is_none()
        && !text.is_empty()
        && let Some(name) = cells.name_of(Field::ForeignCurrency)
    {
        attributes.insert(name.to_owned(), text.into());
    }
    currency
}
