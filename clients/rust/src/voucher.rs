//! Vouchers as a handler gets them: lines that are sent as one document.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::Error;
use crate::money::Amount;

/// One line of a journal. As JSON it has the names and forms of the REST interface.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Entry {
    /// The ledger's own number of the entry.
    pub id: i64,
    /// The source's own name for the entry, unique in the ledger.
    pub external_id: String,
    /// The code of the journal.
    pub journal_code: String,
    /// The name of the journal.
    pub journal_name: Option<String>,
    /// The number of the voucher.
    pub entry_number: String,
    /// The day for which the entry counts in the books, as `2024-01-31`.
    pub posting_date: String,
    /// The number of the general ledger account.
    pub account_number: String,
    /// The name of the general ledger account.
    pub account_name: Option<String>,
    /// The number of the customer's or supplier's own account.
    pub subledger_account_number: Option<String>,
    /// The name of the customer's or supplier's own account.
    pub subledger_account_name: Option<String>,
    /// The reference of the document behind the entry, such as the number of an invoice.
    pub document_reference: Option<String>,
    /// The date of that document.
    pub document_date: Option<String>,
    /// What happened, in words.
    pub description: String,
    /// The debit in the book currency: an exact decimal, as `1200.00`.
    pub debit: String,
    /// The credit in the book currency: an exact decimal.
    pub credit: String,
    /// The book currency: its ISO 4217 code.
    pub currency: String,
    /// The amount in the currency of the document, where that is another one: an exact decimal.
    pub foreign_amount: Option<String>,
    /// The currency of the document, where that is another one.
    pub foreign_currency: Option<String>,
    /// The reconciliation code.
    pub reconciliation_code: Option<String>,
    /// The day on which the entry was reconciled.
    pub reconciled_on: Option<String>,
    /// The day on which the entry became final.
    pub validated_on: Option<String>,
    /// Debit minus credit: an exact decimal.
    pub amount: String,
    /// When the entry was recorded (RFC 3339, UTC).
    pub created_at: String,
    /// When the content of the entry last changed (RFC 3339, UTC).
    pub updated_at: String,
    /// The version of the entry, from 1 on.
    pub version: i64,
    /// When the source took the entry back (RFC 3339, UTC).
    pub withdrawn_at: Option<String>,
    /// Every further column of the source, by its name.
    pub attributes: Map<String, Value>,
}

/// What the lines of a voucher in one currency add up to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Total {
    /// The currency.
    pub currency: String,
    /// The sum of the debits: an exact decimal.
    pub debit: String,
    /// The sum of the credits: an exact decimal.
    pub credit: String,
}

/// The lines of a claim that are sent as one document. For a system whose unit is the entry, each is one line.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Voucher {
    /// The id of the voucher, such as `voucher/2024-01-31/VE/17`.
    pub voucher_id: String,
    /// The same over all attempts and workers: give it to the system as its idempotency key.
    pub dispatch_key: String,
    /// The code of the journal.
    pub journal_code: String,
    /// The number of the voucher.
    pub entry_number: String,
    /// The day for which it counts in the books, as `2024-01-31`.
    pub posting_date: String,
    /// What its lines add up to, for each currency in the order of their first lines. Nearly always there is one.
    pub totals: Vec<Total>,
    /// Its lines, in the order of their ids; at least one.
    pub lines: Vec<Entry>,
    /// Whether the claim has other lines of this voucher, which are another document.
    pub(crate) is_part: bool,
}

/// An entry of a claim, with what it is grouped by.
#[derive(Clone, Debug)]
pub struct ClaimedLine {
    pub voucher_id: String,
    pub dispatch_key: String,
    pub entry: Entry,
}

/// The vouchers of these lines, in the order of their first lines. What has the same dispatch key is one document.
pub fn grouped(lines: Vec<ClaimedLine>) -> Result<Vec<Voucher>, Error> {
    let mut vouchers: Vec<Voucher> = Vec::new();
    let mut places: HashMap<(String, String), usize> = HashMap::new();
    let mut parts: HashMap<String, usize> = HashMap::new();
    for ClaimedLine { voucher_id, dispatch_key, entry } in lines {
        let key = (voucher_id, dispatch_key);
        if let Some(place) = places.get(&key).copied() {
            if let Some(voucher) = vouchers.get_mut(place) {
                voucher.lines.push(entry);
            }
            continue;
        }
        places.insert(key.clone(), vouchers.len());
        let (voucher_id, dispatch_key) = key;
        *parts.entry(voucher_id.clone()).or_default() += 1;
        vouchers.push(Voucher {
            voucher_id,
            dispatch_key,
            journal_code: entry.journal_code.clone(),
            entry_number: entry.entry_number.clone(),
            posting_date: entry.posting_date.clone(),
            totals: Vec::new(),
            lines: vec![entry],
            is_part: false,
        });
    }
    for voucher in &mut vouchers {
        voucher.is_part = parts.get(&voucher.voucher_id).is_some_and(|count| *count > 1);
        voucher.totals = totals(&voucher.lines)?;
    }
    Ok(vouchers)
}

fn totals(lines: &[Entry]) -> Result<Vec<Total>, Error> {
    let mut sums: Vec<(&str, Amount, Amount)> = Vec::new();
    for line in lines {
        let place = sums.iter().position(|(currency, ..)| *currency == line.currency);
        let place = place.unwrap_or_else(|| {
            sums.push((&line.currency, Amount::default(), Amount::default()));
            sums.len() - 1
        });
        if let Some((_, debit, credit)) = sums.get_mut(place) {
            *debit = plus(*debit, &line.debit)?;
            *credit = plus(*credit, &line.credit)?;
        }
    }
    let total = |(currency, debit, credit): (&str, Amount, Amount)| Total {
        currency: currency.to_owned(),
        debit: debit.to_string(),
        credit: credit.to_string(),
    };
    Ok(sums.into_iter().map(total).collect())
}

fn plus(sum: Amount, amount: &str) -> Result<Amount, Error> {
    let sum = Amount::read(amount).and_then(|amount| sum.plus(amount));
    sum.ok_or_else(|| Error::lasting(format!("the server answered {amount:?} as an amount")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: i64, voucher_id: &str, dispatch_key: &str, debit: &str, currency: &str) -> ClaimedLine {
        let entry = Entry {
            id,
            external_id: format!("T:{id}"),
            journal_code: "VE".to_owned(),
            journal_name: None,
            entry_number: "17".to_owned(),
            posting_date: "2024-01-31".to_owned(),
            account_number: "707000".to_owned(),
            account_name: None,
            subledger_account_number: None,
            subledger_account_name: None,
            document_reference: None,
            document_date: None,
            description: "Sale".to_owned(),
            debit: debit.to_owned(),
            credit: "0.00".to_owned(),
            currency: currency.to_owned(),
            foreign_amount: None,
            foreign_currency: None,
            reconciliation_code: None,
            reconciled_on: None,
            validated_on: None,
            amount: debit.to_owned(),
            created_at: "2024-01-31T12:00:00.000000Z".to_owned(),
            updated_at: "2024-01-31T12:00:00.000000Z".to_owned(),
            version: 1,
            withdrawn_at: None,
            attributes: Map::new(),
        };
        ClaimedLine { voucher_id: voucher_id.to_owned(), dispatch_key: dispatch_key.to_owned(), entry }
    }

    #[test]
    fn what_has_one_dispatch_key_is_one_document() {
        let lines = vec![
            line(1, "voucher/a", "k1", "0.10", "EUR"),
            line(2, "voucher/b", "k2", "5.00", "EUR"),
            line(3, "voucher/a", "k1", "0.20", "EUR"),
            line(4, "voucher/b", "k3", "7.00", "EUR"),
            line(5, "voucher/a", "k1", "1.00", "USD"),
        ];
        let vouchers = grouped(lines).unwrap();
        let told: Vec<(&str, bool, Vec<i64>)> = vouchers
            .iter()
            .map(|one| {
                (one.dispatch_key.as_str(), one.is_part, one.lines.iter().map(|line| line.id).collect())
            })
            .collect();
        assert_eq!(told, [("k1", false, vec![1, 3, 5]), ("k2", true, vec![2]), ("k3", true, vec![4])]);
        let total = |currency: &str, debit: &str| Total {
            currency: currency.to_owned(),
            debit: debit.to_owned(),
            credit: "0.00".to_owned(),
        };
        assert_eq!(vouchers[0].totals, [total("EUR", "0.30"), total("USD", "1.00")]);
    }

    #[test]
    fn an_amount_that_is_none_is_no_zero() {
        assert!(grouped(vec![line(1, "voucher/a", "k1", "1,00", "EUR")]).is_err());
    }
}
