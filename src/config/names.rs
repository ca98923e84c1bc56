//! Lists of names and of files: a list in the file, commas between in the environment.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// Names of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Names<T>(Vec<T>);

impl<T> Deref for Names<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: TryFrom<String, Error = String>> Deserialize<'de> for Names<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reading<T>(PhantomData<T>);

        impl<'de, T: TryFrom<String, Error = String>> Visitor<'de> for Reading<T> {
            type Value = Vec<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of texts")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Vec<T>, E> {
                let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
                names.map(|name| T::try_from(name.to_owned()).map_err(E::custom)).collect()
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = list.next_element::<String>()? {
                    names.push(T::try_from(name).map_err(A::Error::custom)?);
                }
                Ok(names)
            }
        }

        from.deserialize_any(Reading(PhantomData)).map(Names)
    }
}

/// The name of a host, in small letters and without a port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HostName(String);

impl HostName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for HostName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
        let in_brackets = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
        let is_address = in_brackets.is_some_and(|name| name.parse::<std::net::Ipv6Addr>().is_ok());
        if is_address || !name.is_empty() && name.bytes().all(is_plain) {
            return Ok(Self(name.to_ascii_lowercase()));
        }
        Err(format!("\"{name}\" is no name of a host; one looks like ledger.example.com, without a port"))
    }
}

/// Where a page comes from: `https://app.example.com`, with a port if it has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Origin(String);

impl Origin {
    /// As a browser sends it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Origin {
    type Error = String;

    fn try_from(origin: String) -> Result<Self, String> {
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        let is_host = |host: &str| {
            let (name, port) = match host.rsplit_once(':') {
                Some((name, port)) if !port.contains(']') => (name, Some(port)),
                _ => (host, None),
            };
            let is_small = !name.bytes().any(|b| b.is_ascii_uppercase());
            let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok());
            is_small && is_port && HostName::try_from(name.to_owned()).is_ok()
        };
        if host.is_some_and(is_host) {
            return Ok(Self(origin));
        }
        Err(format!(
            "\"{origin}\" is no origin of a page; one looks like https://app.example.com, in small letters and \
             without a path"
        ))
    }
}

/// The name of a header, in small letters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeaderField(String);

impl HeaderField {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for HeaderField {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        if !name.is_empty() && name.bytes().all(is_plain) {
            return Ok(Self(name.to_ascii_lowercase()));
        }
        Err(format!("\"{name}\" is no name of a header; one looks like traceparent or x-client-version"))
    }
}

/// The path of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FilePath(PathBuf);

impl FilePath {
    /// The path.
    pub fn as_path(&self) -> &Path {
        &self.0
    }
}

impl TryFrom<String> for FilePath {
    type Error = String;

    fn try_from(path: String) -> Result<Self, String> {
        if path.is_empty() {
            Err("the path of a file is wanted here".to_owned())
        } else {
            Ok(Self(path.into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_headers_are_read_strictly() {
        for good in ["traceparent", "X-Client_Version.2"] {
            let name = HeaderField::try_from(good.to_owned()).unwrap();
            assert_eq!(name.as_str(), good.to_ascii_lowercase());
        }
        for bad in ["", "*", "a b", "a:", "é"] {
            assert!(HeaderField::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn hosts_and_origins_are_read_strictly() {
        for good in ["ledger.example.com", "LEDGER", "10.0.0.1", "[::1]"] {
            let host = HostName::try_from(good.to_owned()).unwrap();
            assert_eq!(host.as_str(), good.to_ascii_lowercase());
        }
        for bad in ["", "*", "http://x", "x:80", "a b", "[x]", "::1"] {
            assert!(HostName::try_from(bad.to_owned()).is_err(), "{bad}");
        }
        for good in ["https://app.example.com", "http://localhost:3000", "http://[::1]:3000", "http://[::1]"]
        {
            assert_eq!(Origin::try_from(good.to_owned()).unwrap().as_str(), good);
        }
        for bad in
            ["", "*", "null", "app.example.com", "https://", "https://X.com", "https://x/", "https://x:y"]
        {
            assert!(Origin::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
