//! A voucher as a command reads it.

use ledgate_client::{Entry, Total, Voucher};
use serde::Serialize;

/// A voucher on one line. What it adds up to stands beside it where its lines have one currency, as nearly always.
#[derive(Serialize)]
struct VoucherLine<'a> {
    voucher_id: &'a str,
    dispatch_key: &'a str,
    journal_code: &'a str,
    entry_number: &'a str,
    posting_date: &'a str,
    debit: Option<&'a str>,
    credit: Option<&'a str>,
    currency: Option<&'a str>,
    /// What it adds up to in each currency, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    totals: Option<&'a [Total]>,
    lines: &'a [Entry],
}

/// The voucher as a line of JSON, with its end.
pub fn line(voucher: &Voucher) -> serde_json::Result<Vec<u8>> {
    let only = match voucher.totals.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    let line = VoucherLine {
        voucher_id: &voucher.voucher_id,
        dispatch_key: &voucher.dispatch_key,
        journal_code: &voucher.journal_code,
        entry_number: &voucher.entry_number,
        posting_date: &voucher.posting_date,
        debit: only.map(|total| total.debit.as_str()),
        credit: only.map(|total| total.credit.as_str()),
        currency: only.map(|total| total.currency.as_str()),
        totals: only.is_none().then_some(voucher.totals.as_slice()),
        lines: &voucher.lines,
    };
    let mut json = serde_json::to_vec(&line)?;
    json.push(b'\n');
    Ok(json)
}
