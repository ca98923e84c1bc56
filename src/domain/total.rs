//! What entries add up to, by currency.

use std::collections::BTreeMap;

use super::currency::CurrencyCode;
use super::entry::Entry;
use super::money::{Money, MoneySum};

/// What entries in one currency add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrencyTotal {
    /// The currency.
    pub currency: CurrencyCode,
    /// The sum of the debits.
    pub debit: Money,
    /// The sum of the credits.
    pub credit: Money,
    /// How many entries they are.
    pub entries: u64,
}

/// What these entries add up to, by the code of the currency; `None` when a sum is out of range.
pub fn totals<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Option<Vec<CurrencyTotal>> {
    let mut sums: BTreeMap<&str, (CurrencyCode, MoneySum, MoneySum, u64)> = BTreeMap::new();
    for Entry { content, .. } in entries {
        let sum = sums.entry(content.currency.as_str());
        let (_, debit, credit, count) =
            sum.or_insert((content.currency, MoneySum::default(), MoneySum::default(), 0));
        *debit += content.debit;
        *credit += content.credit;
        *count += 1;
    }
    let total = |(currency, debit, credit, entries): (CurrencyCode, MoneySum, MoneySum, u64)| {
        Some(CurrencyTotal { currency, debit: debit.to_money()?, credit: credit.to_money()?, entries })
    };
    sums.into_values().map(total).collect()
}

/// Whether debit and credit agree, in every currency.
pub fn is_balanced(totals: &[CurrencyTotal]) -> bool {
    totals.iter().all(|total| total.debit == total.credit)
}
