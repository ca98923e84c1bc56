//! The number of a French company. The name of a FEC begins with it.

use std::fmt;

/// How many digits a SIREN has.
const DIGITS: usize = 9;

/// The number of a French company: nine digits.
///
/// Its check digit is not looked at: the number is compared and never looked up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Siren(String);

impl Siren {
    /// The SIREN in the name of a FEC, such as `123456789FEC20231231.txt`: exactly nine digits in front of `FEC`, which
    /// may be in small letters, with `_`, `-` or a blank between. What stands before them does not matter, so a path or
    /// `copy of …` may. `None` for a name that has none.
    pub fn in_file_name(name: &str) -> Option<Self> {
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_uppercase();
        name.match_indices("FEC").find_map(|(at, _)| Self::at_the_end(&name[..at]))
    }

    /// The nine digits that a text ends with, if it ends with nine and not with more.
    fn at_the_end(text: &str) -> Option<Self> {
        let text = text.strip_suffix(['_', '-', ' ']).unwrap_or(text);
        let digits = text.bytes().rev().take_while(u8::is_ascii_digit).count();
        (digits == DIGITS).then(|| Self(text[text.len() - DIGITS..].to_owned()))
    }

    /// The nine digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Siren {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_digits_in_front_of_fec_are_the_number_of_the_company() {
        for name in [
            "123456789FEC20231231.txt",
            "123456789fec20231231",
            "/books/123456789FEC20231231.txt",
            "C:\\books\\123456789FEC20231231.txt",
            "copy of 123456789FEC20231231 (2).txt",
            "123456789_FEC_20231231.txt",
            "été-123456789 FEC.txt",
            "FEC 123456789FEC20231231.txt",
        ] {
            assert_eq!(Siren::in_file_name(name).unwrap().as_str(), "123456789", "{name}");
        }
        for name in [
            "",
            "-",
            "FEC20231231.txt",
            "books.txt",
            "12345678FEC20231231.txt",
            "1234567890FEC20231231.txt",
            "12345678900012FEC20231231.txt",
            "123456789.txt",
            "123456789FEC/books.txt",
            "١٢٣٤٥٦٧٨٩FEC20231231.txt",
        ] {
            assert_eq!(Siren::in_file_name(name), None, "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_name_has_nine_digits_of_its_own_or_none(name in "([0-9]{8,10}|FEC|fec|[ _/-]|\\PC){0,8}") {
            if let Some(siren) = Siren::in_file_name(&name) {
                proptest::prop_assert!(siren.as_str().len() == 9 && name.contains(siren.as_str()));
            }
        }
    }
}
