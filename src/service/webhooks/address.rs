//! Where webhooks lead: which addresses may be given, and which machines their names stand for at this moment.

use std::net::{IpAddr, SocketAddr};

use url::{Host, Position, Url};

use crate::domain::public_address::is_public;
use crate::domain::webhook::DeliveryError;
use crate::domain::{Code, Fault, Result};

/// Longest address, in characters.
const MAX_URL: usize = 2_000;

/// The address in this text.
pub(super) fn read(text: &str) -> Result<Url, Fault> {
    let refuse = |message: &str| Fault::new(Code::InvalidWebhook, message);
    let too_long = || refuse("the address of a webhook has at most 2,000 characters");
    if text.chars().count() > MAX_URL {
        return Err(too_long());
    }
    let no_address = || refuse("this is no address such as https://hooks.example.com/ledgate");
    let url = Url::parse(text).map_err(|_| no_address())?;
    // Characters that are written with `%` are more then.
    if url.as_str().len() > MAX_URL {
        return Err(too_long());
    }
    let is_sendable = url[Position::BeforePath..].parse::<hyper::Uri>().is_ok();
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !is_sendable {
        return Err(no_address());
    }
    if !url.username().is_empty() || url.password().is_some() {
        let message =
            "the address of a webhook holds no user name and no password: the signature tells who sends";
        return Err(refuse(message));
    }
    if url.fragment().is_some() {
        return Err(refuse("the address of a webhook has no part after #: it would not be sent"));
    }
    Ok(url)
}

/// Refuses what can be seen to be of no use before a name is looked up.
pub(super) fn check(url: &str, allow_private: bool) -> Result<(), Fault> {
    let url = read(url)?;
    if allow_private {
        return Ok(());
    }
    let refuse = |message: &str| Err(Fault::new(Code::InvalidWebhook, message));
    if url.scheme() != "https" {
        return refuse("the address of a webhook begins with https; `webhooks.allow_private` allows http");
    }
    if written(&url).is_some_and(|address| !is_public(address)) {
        let message = "this address is not of the public internet; `webhooks.allow_private` allows those of your own \
                       network";
        return refuse(message);
    }
    Ok(())
}

/// The IP address that stands in the address of a webhook in the place of a name.
fn written(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
    }
}

/// Where to connect: every address that the host has now. With one that is not public among them, all are refused, unless
/// `allow_private`.
pub(super) async fn resolve(url: &Url, allow_private: bool) -> Result<Vec<SocketAddr>, DeliveryError> {
    if !allow_private && url.scheme() != "https" {
        return Err(DeliveryError::NotHttps);
    }
    let port = url.port_or_known_default().ok_or(DeliveryError::NoAddress)?;
    let found: Vec<SocketAddr> = match (written(url), url.host_str()) {
        (Some(address), _) => vec![SocketAddr::new(address, port)],
        (None, Some(name)) => {
            let found = tokio::net::lookup_host((name, port)).await;
            found.map_err(|_| DeliveryError::NoAddress)?.collect()
        }
        (None, None) => Vec::new(),
    };
    if found.is_empty() {
        return Err(DeliveryError::NoAddress);
    }
    if !allow_private && !found.iter().all(|address| is_public(address.ip())) {
        return Err(DeliveryError::PrivateAddress);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_of_the_internet_and_holds_no_secret() {
        for good in ["https://example.com/hooks?of=erp", "https://8.8.8.8", "https://example.com:8443/"] {
            assert!(check(good, false).is_ok(), "{good}");
        }
        for local in
            ["http://example.com/", "https://127.0.0.1/", "https://[::ffff:7f00:1]/", "https://0x7f.1/"]
        {
            assert!(check(local, false).is_err(), "{local}");
            assert!(check(local, true).is_ok(), "{local}");
        }
        let long = format!("https://example.com/{}", "ä".repeat(900));
        for bad in [
            "",
            "example.com",
            "ftp://example.com/",
            "https://me:secret@example.com/",
            "https://example.com/#a",
            &long,
        ] {
            assert!(check(bad, true).is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn no_name_leads_into_the_own_network() {
        for local in ["https://localhost/", "https://127.1/", "https://[::1]/", "https://169.254.169.254/"] {
            let url = read(local).unwrap();
            assert_eq!(resolve(&url, false).await, Err(DeliveryError::PrivateAddress), "{local}");
            assert!(resolve(&url, true).await.is_ok(), "{local}");
        }
        let plain = read("http://8.8.8.8/").unwrap();
        assert_eq!(resolve(&plain, false).await, Err(DeliveryError::NotHttps));
    }
}
