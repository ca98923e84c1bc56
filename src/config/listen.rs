//! Where to listen: an address of the network, or a Unix socket.

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;

use serde::{Deserialize, Deserializer, Serialize};

/// What the address of a Unix socket begins with.
const UNIX: &str = "unix:";

/// `HOST:PORT`: an IP address or a name, and a port (0 for any free one); or `unix:PATH`, a Unix socket. Whether the
/// name or the path means anything is found out when it is bound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ListenAddress(String);

impl ListenAddress {
    /// The address as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path, if it is a Unix socket.
    pub fn unix_path(&self) -> Option<&Path> {
        self.0.strip_prefix(UNIX).map(Path::new)
    }
}

impl TryFrom<String> for ListenAddress {
    type Error = String;

    fn try_from(address: String) -> Result<Self, String> {
        let named = address.rsplit_once(':').is_some_and(|(host, port)| {
            !host.is_empty()
                && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
                && port.parse::<u16>().is_ok()
        });
        // The system takes 107 bytes, macOS 103.
        let socket =
            address.strip_prefix(UNIX).is_some_and(|path| path.starts_with('/') && path.len() <= 103);
        if socket || named || address.parse::<SocketAddr>().is_ok() {
            return Ok(Self(address));
        }
        Err(format!(
            "\"{address}\" is no address to listen on; it looks like 127.0.0.1:8080, [::1]:8080 or \
             localhost:8080, with a port up to 65535, or like unix:/run/ledgate.sock"
        ))
    }
}

impl std::str::FromStr for ListenAddress {
    type Err = String;

    fn from_str(address: &str) -> Result<Self, String> {
        Self::try_from(address.to_owned())
    }
}

impl From<ListenAddress> for String {
    fn from(address: ListenAddress) -> Self {
        address.0
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// TOML has no null: an empty text says that nothing is to be listened on.
pub(super) fn empty_is_none<'de, D: Deserializer<'de>>(from: D) -> Result<Option<ListenAddress>, D::Error> {
    let address = String::deserialize(from)?;
    if address.is_empty() {
        return Ok(None);
    }
    ListenAddress::try_from(address).map(Some).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_names_with_a_port_are_taken() {
        for good in [
            "127.0.0.1:8080",
            "0.0.0.0:0",
            "[::1]:8080",
            "[::]:65535",
            "localhost:80",
            "gate-1.lan:8080",
            "unix:/run/x.sock",
        ] {
            assert_eq!(good.parse::<ListenAddress>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            ":8080",
            "8080",
            "localhost",
            "127.0.0.1",
            "127.0.0.1:65536",
            "::1:80",
            "http://x:80",
            "a b:80",
            "unix:",
            "unix:relative.sock",
        ] {
            assert!(bad.parse::<ListenAddress>().is_err(), "{bad}");
        }
    }
}
