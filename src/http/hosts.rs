//! The names that this server answers to. The owner of a page on the internet can let a name of theirs lead to this
//! machine (DNS rebinding). For the browser that page and this server then have the same origin; only the name in the
//! `Host` header shows what happens.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{StatusCode, Version, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;

use super::refusal::Refuser;
use super::serve::Address;
use crate::config::HttpSettings;
use crate::domain::Code;

/// Makes the router refuse requests for names that are not its own.
pub fn answer_own_names(router: Router, http: &HttpSettings, listening: &Address) -> Router {
    let names = http.hosts.iter().map(|name| name.as_str().to_owned()).collect();
    let names = Names::new(names, listening);
    router.layer(from_fn_with_state(Arc::new(names), known))
}

struct Names {
    names: Vec<String>,
    /// The address listened on, if it is this machine's own.
    loopback: Option<IpAddr>,
    /// Whether it is a Unix socket. No browser connects to one, so a proxy's names come in as others' do; programs of
    /// this machine say `localhost`.
    socket: bool,
}

impl Names {
    fn new(names: Vec<String>, listening: &Address) -> Self {
        match listening {
            Address::Tcp(address) => {
                Self { names, loopback: address.ip().is_loopback().then(|| address.ip()), socket: false }
            }
            #[cfg(unix)]
            Address::Unix(_) => Self { names, loopback: None, socket: true },
        }
    }

    /// Whether a request for this host, with its port or without, is for this server.
    fn have(&self, host: &str) -> bool {
        let Some(host) = host.parse::<Authority>().ok().filter(|_| !host.contains('@')) else { return false };
        let host = host.host();
        if self.names.iter().any(|name| name.eq_ignore_ascii_case(host)) {
            return true;
        }
        let address = address(host);
        match self.loopback {
            Some(own) => {
                let local = [own, Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
                host.eq_ignore_ascii_case("localhost") || address.is_some_and(|it| local.contains(&it))
            }
            // A client that uses an IP address was not led here by a name.
            None => {
                let local = self.socket && host.eq_ignore_ascii_case("localhost");
                self.names.is_empty() || address.is_some() || local
            }
        }
    }
}

fn address(host: &str) -> Option<IpAddr> {
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(IpAddr::from),
        None => host.parse::<Ipv4Addr>().ok().map(IpAddr::from),
    }
}

async fn known(State(names): State<Arc<Names>>, request: Request, next: Next) -> Response {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (host, another) = (hosts.next(), hosts.next());
    let refuse =
        |status, message: &str| Refuser::of(&request).refuse(status, Code::MisdirectedRequest, message);
    match host {
        _ if another.is_some() => {
            return refuse(StatusCode::BAD_REQUEST, "the request names several hosts: name one");
        }
        // HTTP/1.0 has no such header. Browsers always send it.
        None if request.version() == Version::HTTP_10 => {}
        None => return refuse(StatusCode::BAD_REQUEST, "the request does not name its host"),
        Some(host) => {
            let in_line = request.uri().authority().is_none_or(|authority| names.have(authority.as_str()));
            if !in_line || !host.to_str().is_ok_and(|host| names.have(host)) {
                let message = "this server does not answer to the name in the Host header; names other than \
                               localhost, 127.0.0.1 and [::1] are told to it by http.hosts (LEDGATE_HTTP_HOSTS)";
                return refuse(StatusCode::MISDIRECTED_REQUEST, message);
            }
        }
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str], listening: &str) -> Names {
        let listening = Address::Tcp(listening.parse().unwrap());
        Names::new(names.iter().map(|name| (*name).to_owned()).collect(), &listening)
    }

    #[test]
    fn on_a_loopback_address_only_its_names_and_the_configured_ones_are_answered() {
        let names = names(&["ledger.lan"], "127.0.0.1:8080");
        for own in
            ["localhost", "LocalHost:1", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:9", "Ledger.lan:80"]
        {
            assert!(names.have(own), "{own}");
        }
        for foreign in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "user@localhost",
            "localhost.",
            "10.0.0.1",
            "",
            ":80",
            "localhost/x",
            "evil.ledger.lan",
            "0.0.0.0",
            "2130706433",
            "[::]",
        ] {
            assert!(!names.have(foreign), "{foreign}");
        }
    }

    #[test]
    fn elsewhere_all_are_answered_or_the_configured_ones_and_addresses() {
        let all = names(&[], "0.0.0.0:8080");
        let some = names(&["ledger.lan"], "0.0.0.0:8080");
        for (host, known) in
            [("ledger.lan", true), ("10.0.0.1:8080", true), ("[fe80::1]", true), ("x.lan", false)]
        {
            assert!(all.have(host), "{host}");
            assert_eq!(some.have(host), known, "{host}");
        }
    }
}
