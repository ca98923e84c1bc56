//! Sums of amounts, exact: an amount is a decimal in a text, and is added up as a whole number of ten-thousandths.

use std::fmt;

/// Ten-thousandths in one.
const SCALE: i128 = 10_000;
/// Digits behind the point that an amount has at most.
const DIGITS: usize = 4;
/// Digits behind the point that an amount has at least.
const SHORTEST: usize = 2;

/// An amount of money in ten-thousandths, or a sum of amounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount(i128);

impl Amount {
    /// Reads `1200.00`; `None` where the text is no decimal with at most four digits behind the point.
    pub fn read(text: &str) -> Option<Self> {
        let (is_negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !are_digits(whole) || fraction.len() > DIGITS || !are_digits(fraction) {
            return None;
        }
        let whole: i128 = whole.parse().ok()?;
        let fraction: i128 = format!("{fraction:0<DIGITS$}").parse().ok()?;
        let amount = whole.checked_mul(SCALE)?.checked_add(fraction)?;
        Some(Self(if is_negative { -amount } else { amount }))
    }

    /// The sum; `None` where it is out of range, which no claim reaches.
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }
}

impl fmt::Display for Amount {
    /// As the server writes amounts: two digits behind the point, more only where they are needed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let amount = self.0.unsigned_abs();
        let scale = SCALE.unsigned_abs();
        let fraction = format!("{:0DIGITS$}", amount % scale);
        let needed = fraction.trim_end_matches('0').len().max(SHORTEST);
        write!(f, "{sign}{}.{}", amount / scale, &fraction[..needed])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(amounts: &[&str]) -> String {
        let mut sum = Amount::default();
        for amount in amounts {
            sum = sum.plus(Amount::read(amount).unwrap()).unwrap();
        }
        sum.to_string()
    }

    #[test]
    fn sums_are_exact() {
        assert_eq!(sum(&[]), "0.00");
        assert_eq!(sum(&["0.10", "0.20"]), "0.30");
        assert_eq!(sum(&["-1200.00", "0.0001", "0.5"]), "-1199.4999");
        assert_eq!(sum(&["900000000000000.1234", "900000000000000.1236"]), "1800000000000000.247");
        assert_eq!(sum(&["-0.05"]), "-0.05");
        assert_eq!(sum(&["7"]), "7.00");
    }

    #[test]
    fn what_is_no_amount_is_not_read() {
        for text in ["", "-", ".5", "1,5", "1.23456", "1e3", "+1", "--1", "1.-5", "٣"] {
            assert_eq!(Amount::read(text), None, "{text}");
        }
    }
}
