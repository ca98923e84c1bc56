//! Values as bytes and back.

use chrono::{Datelike, NaiveDate};

use crate::domain::comparison::VoucherKey;
use crate::domain::{CurrencyCode, Day, Error, Field, Kind, Money, Result, Value};

/// The key's bytes are ordered as its parts are. `None` for a name that no voucher of the ledger can have.
pub(super) fn key_to_bytes(key: &VoucherKey) -> Option<Vec<u8>> {
    let texts = [&key.journal_code, &key.entry_number, &key.document_reference];
    if texts.iter().any(|text| text.contains('\0')) {
        return None;
    }
    let mut bytes = key.journal_code.clone().into_bytes();
    bytes.push(0);
    bytes.extend_from_slice(&days(key.posting_date).to_be_bytes());
    bytes.extend_from_slice(key.entry_number.as_bytes());
    bytes.push(0);
    bytes.extend_from_slice(key.document_reference.as_bytes());
    Some(bytes)
}

pub(super) fn key_from_bytes(bytes: &[u8]) -> Result<VoucherKey> {
    let mut rest = Rest(bytes);
    let journal_code = rest.up_to_nul()?;
    let posting_date = day(u32::from_be_bytes(rest.array()?))?;
    let entry_number = rest.up_to_nul()?;
    let document_reference = rest.text(rest.0.len())?;
    Ok(VoucherKey { journal_code, posting_date, entry_number, document_reference })
}

/// Days since the first of January of the year 1.
pub(super) fn days(day: Day) -> u32 {
    u32::try_from(day.date().num_days_from_ce()).unwrap_or_default()
}

pub(super) fn day(days: u32) -> Result<Day> {
    let days = i32::try_from(days).map_err(|_| damaged())?;
    NaiveDate::from_num_days_from_ce_opt(days).map(Day::from).ok_or_else(damaged)
}

/// Bytes that are still to be read.
pub(super) struct Rest<'a>(pub(super) &'a [u8]);

impl Rest<'_> {
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk().ok_or_else(damaged)?;
        self.0 = rest;
        Ok(*array)
    }

    pub(super) fn byte(&mut self) -> Result<u8> {
        Ok(self.array::<1>()?[0])
    }

    pub(super) fn text(&mut self, length: usize) -> Result<String> {
        let (text, rest) = self.0.split_at_checked(length).ok_or_else(damaged)?;
        self.0 = rest;
        String::from_utf8(text.to_vec()).map_err(|_| damaged())
    }

    pub(super) fn money(&mut self) -> Result<Money> {
        Ok(Money::from_ten_thousandths(i64::from_be_bytes(self.array()?)))
    }

    pub(super) fn up_to_nul(&mut self) -> Result<String> {
        let length = self.0.iter().position(|byte| *byte == 0).ok_or_else(damaged)?;
        let text = self.text(length)?;
        self.byte()?;
        Ok(text)
    }

    pub(super) fn value(&mut self, field: Field) -> Result<Option<Value>> {
        Ok(Some(match self.byte()? {
            0 => return Ok(None),
            1 => {
                let length = u32::from_be_bytes(self.array()?) as usize;
                let text = self.text(length)?;
                if field.kind() == Kind::Currency {
                    CurrencyCode::from_stored(&text).map_err(|_| damaged())?;
                }
                Value::Text(text)
            }
            2 => Value::Money(self.money()?),
            3 => Value::Date(day(u32::from_be_bytes(self.array()?))?),
            _ => return Err(damaged()),
        }))
    }
}

pub(super) fn damaged() -> Error {
    Error::internal("a staged line of an import is damaged")
}
