//! Lines of the ledger that may be missing from the files.

use super::bytes::{Rest, key_from_bytes, key_to_bytes};
use crate::domain::comparison::VoucherKey;
use crate::domain::{EntryId, Money, Result};

/// A line of the ledger that matches no line of its voucher in the files.
#[derive(Clone, Debug)]
pub(super) struct Doubted {
    pub(super) id: EntryId,
    pub(super) external_id: String,
    pub(super) voucher: VoucherKey,
    pub(super) debit: Money,
    pub(super) credit: Money,
    /// Whether no file names its voucher.
    pub(super) is_gone: bool,
}

impl Doubted {
    /// All but the external id, under which it is kept.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let numbers = [self.id, self.debit.ten_thousandths(), self.credit.ten_thousandths()];
        let mut bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
        bytes.push(u8::from(self.is_gone));
        bytes.extend(key_to_bytes(&self.voucher).unwrap_or_default());
        bytes
    }

    /// The line that was kept so under its external id.
    pub(super) fn from_bytes(external_id: &[u8], bytes: &[u8]) -> Result<Self> {
        let mut rest = Rest(bytes);
        Ok(Doubted {
            external_id: String::from_utf8_lossy(external_id).into_owned(),
            id: i64::from_be_bytes(rest.array()?),
            debit: rest.money()?,
            credit: rest.money()?,
            is_gone: rest.byte()? != 0,
            voucher: key_from_bytes(rest.0)?,
        })
    }
}
