//! Vouchers whose lines do not balance. Lines without a number are added up over their day and journal.

use std::collections::BTreeMap;

use super::record::{Shapes, StagedLine};
use super::summary::ImportFinding;
use crate::domain::comparison::VoucherKey;
use crate::domain::{Field, MoneySum, Result};

/// The voucher that is being added up.
#[derive(Default)]
pub(super) struct Balance {
    voucher: Option<VoucherKey>,
    /// Debits and credits by currency.
    sums: BTreeMap<String, (MoneySum, MoneySum)>,
}

impl Balance {
    /// Adds the lines of a voucher. When they begin another one, tells what was wrong with the last.
    pub(super) fn add(
        &mut self,
        voucher: &VoucherKey,
        lines: &[StagedLine],
        shapes: &Shapes,
    ) -> Result<Vec<ImportFinding>> {
        let voucher = VoucherKey { document_reference: String::new(), ..voucher.clone() };
        let findings = if self.voucher.as_ref() == Some(&voucher) { Vec::new() } else { self.close() };
        self.voucher = Some(voucher);
        for line in lines {
            let columns = shapes.columns(line.columns)?;
            if columns.has(Field::Debit) || columns.has(Field::Credit) {
                let (debit, credit) = self.sums.entry(line.currency.to_string()).or_default();
                *debit += line.debit;
                *credit += line.credit;
            }
        }
        Ok(findings)
    }

    /// Tells what is wrong with the voucher that was added last.
    pub(super) fn close(&mut self) -> Vec<ImportFinding> {
        let Some(voucher) = self.voucher.take() else { return Vec::new() };
        let unbalanced =
            std::mem::take(&mut self.sums).into_iter().filter(|(_, (debit, credit))| debit != credit);
        unbalanced
            .map(|(currency, (debit, credit))| ImportFinding::Unbalanced {
                voucher: voucher.clone(),
                currency,
                debit,
                credit,
            })
            .collect()
    }
}
