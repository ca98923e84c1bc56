//! The names of ledgers, and the addresses of those that the settings list.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;
use std::sync::Arc;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::DatabaseUrl;

/// The name of the ledger in `database.url`.
pub const MAIN_LEDGER: &str = "main";

/// Longest name of a ledger, in characters.
const MAX_NAME: usize = 64;

/// The name of a ledger other than `main`: 1 to 64 characters of a–z, 0–9, - and _, the first one a letter or a digit.
/// Whatever the name, it is safe in a path, in a file's name and in the label of a metric. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct LedgerName(Arc<str>);

impl LedgerName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LedgerName {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let wanted = "the name of a ledger has 1 to 64 characters of a–z, 0–9, - and _, and begins with a letter or a \
                      digit";
        let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
        let is_long = !(1..=MAX_NAME).contains(&name.len());
        if is_long || name.starts_with(['-', '_']) || !name.bytes().all(is_plain) {
            return Err(wanted.to_owned());
        }
        if name == MAIN_LEDGER {
            return Err(format!(
                "{MAIN_LEDGER} is the ledger in database.url (--database-url): choose another name"
            ));
        }
        Ok(Self(name.into()))
    }
}

impl fmt::Display for LedgerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Ledgers by name, with the address of each. In the environment: `NAME=URL NAME=URL`, with blanks between.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct LedgerUrls(BTreeMap<LedgerName, DatabaseUrl>);

impl Deref for LedgerUrls {
    type Target = BTreeMap<LedgerName, DatabaseUrl>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'de> Deserialize<'de> for LedgerUrls {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reading).map(Self)
    }
}

struct Reading;

/// The errors repeat nothing of what was given but legal names: an address has a password.
impl<'de> Visitor<'de> for Reading {
    type Value = BTreeMap<LedgerName, DatabaseUrl>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("names of ledgers with their addresses, such as { beta = \"postgres://…/beta\" }")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let mut ledgers = BTreeMap::new();
        for ledger in text.split_whitespace() {
            let (name, url) =
                ledger.split_once('=').ok_or_else(|| E::custom("it has the form NAME=URL NAME=URL"))?;
            add(&mut ledgers, name, url.to_owned()).map_err(E::custom)?;
        }
        Ok(ledgers)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut ledgers = BTreeMap::new();
        while let Some((name, Address(url))) = map.next_entry::<String, Address>()? {
            add(&mut ledgers, &name, url).map_err(A::Error::custom)?;
        }
        Ok(ledgers)
    }
}

fn add(ledgers: &mut BTreeMap<LedgerName, DatabaseUrl>, name: &str, url: String) -> Result<(), String> {
    let name: LedgerName = name.parse()?;
    let url = url.parse().map_err(|reason: String| format!("{name}: {reason}"))?;
    match ledgers.insert(name.clone(), url) {
        None => Ok(()),
        Some(_) => Err(format!("{name} stands twice")),
    }
}

/// A text, whose error does not repeat what stands in its place.
struct Address(String);

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self).map_err(|_| D::Error::custom("the address of a ledger is a text"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_whatever_they_are_put_into() {
        for good in ["a", "acme", "7-eleven", "acme_2026", &"a".repeat(64)] {
            assert_eq!(good.parse::<LedgerName>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "main",
            "Acme",
            "a.b",
            ".",
            "..",
            "a/b",
            "a\\b",
            "%61",
            "é",
            "a b",
            "a\0",
            "-a",
            "_a",
            &"a".repeat(65),
        ] {
            assert!(bad.parse::<LedgerName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn addresses_come_as_a_table_or_as_a_text_and_show_no_password() {
        let read = |json: &str| serde_json::from_str::<LedgerUrls>(json);
        let table = read(r#"{"beta":"postgres://u:secret@h/beta","acme":"sqlite://a.db"}"#).unwrap();
        assert_eq!(read(r#""acme=sqlite://a.db  beta=postgres://u:secret@h/beta""#).unwrap(), table);
        assert_eq!(
            serde_json::to_string(&table).unwrap(),
            r#"{"acme":"sqlite://a.db","beta":"postgres://u:***@h/beta"}"#
        );
        assert!(!format!("{table:?}").contains("secret"));
        for bad in [
            r#""postgres://u:secret@h/beta""#,
            r#""beta=mysql://u:secret@h/beta""#,
            r#""a=sqlite://secret.db a=sqlite://secret.db""#,
            r#"{"secret":["secret"]}"#,
            r#"{"postgres://u:secret@h":"x"}"#,
            r#"{"main":"postgres://u:secret@h/x"}"#,
        ] {
            let error = read(bad).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
