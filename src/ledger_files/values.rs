//! Dates, and sides of the books, as accounting packages and spreadsheets write them.

use chrono::{Datelike, NaiveDate};

use crate::domain::time::FIRST_YEAR;

/// Why a text is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DateError {
    /// It is not written as one, or there is no such day.
    Malformed,
    /// A slip of the finger.
    Year,
}

impl DateError {
    /// The end of a sentence that begins with the text. `example` is a date as this kind of file has it.
    pub(super) fn reason(self, example: &str) -> String {
        match self {
            DateError::Malformed => format!("is not a date such as \"{example}\""),
            DateError::Year => format!("is a day of a year before {FIRST_YEAR}"),
        }
    }
}

/// A date: YYYYMMDD, YYYY-MM-DD or DD/MM/YYYY. None when empty or all zeros. The text is trimmed.
pub(super) fn date(text: &str) -> Result<Option<NaiveDate>, DateError> {
    let malformed = DateError::Malformed;
    if !text.is_ascii() {
        return Err(malformed);
    }
    let bytes = text.as_bytes();
    let (year, month, day) = match bytes {
        [] => return Ok(None),
        [_, _, _, _, _, _, _, _] => (&text[..4], &text[4..6], &text[6..]),
        [_, _, _, _, b'-', _, _, b'-', _, _] => (&text[..4], &text[5..7], &text[8..]),
        [_, _, b'/', _, _, b'/', _, _, _, _] => (&text[6..], &text[3..5], &text[..2]),
        _ if bytes.iter().all(|byte| *byte == b'0') => return Ok(None),
        _ => return Err(malformed),
    };
    let number = |digits: &str| {
        if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse::<u32>().ok() } else { None }
    };
    let (Some(year), Some(month), Some(day)) = (number(year), number(month), number(day)) else {
        return Err(malformed);
    };
    if (year, month, day) == (0, 0, 0) {
        return Ok(None);
    }
    let year = i32::try_from(year).map_err(|_| malformed)?;
    let date = NaiveDate::from_ymd_opt(year, month, day).ok_or(malformed)?;
    if date.year() < FIRST_YEAR { Err(DateError::Year) } else { Ok(Some(date)) }
}

/// The side of the books an amount is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Debit,
    Credit,
}

/// The side: D or C, +1 or −1. `None` for any other text.
pub(super) fn side(text: &str) -> Option<Side> {
    match text {
        "D" | "d" | "+1" | "1" | "+" => Some(Side::Debit),
        "C" | "c" | "-1" | "-" => Some(Side::Credit),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_three_spellings() {
        let day = NaiveDate::from_ymd_opt(2024, 2, 29);
        for text in ["20240229", "2024-02-29", "29/02/2024"] {
            assert_eq!(date(text), Ok(day), "{text}");
        }
        for text in ["", "0", "00000000", "0000-00-00", "00/00/0000"] {
            assert_eq!(date(text), Ok(None), "{text}");
        }
        for text in ["20230229", "2024022", "240229", "02/29/2024", "+2240229", "2024.02.29", "20é40229", "é"]
        {
            assert_eq!(date(text), Err(DateError::Malformed), "{text}");
        }
        for text in ["02240131", "31/01/0024", "1899-12-31"] {
            assert_eq!(date(text), Err(DateError::Year), "{text}");
        }
        assert!(date("19000101").is_ok());
    }
}
