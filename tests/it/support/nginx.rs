//! nginx before a gateway: with a configuration that says no more than a test wants it to, or with that of `deploy/`.

use std::path::Path;

use super::authority::Authority;
use super::neighbour::{Kind, Neighbour};

/// It listens before it chooses how to wait for events, and says so.
const NGINX: Kind = Kind {
    program: "nginx",
    up: "event method",
    script: r#"
"$1" -e stderr -p / -c "$2" </dev/null &
exec 2>/dev/null
cat >/dev/null
kill "$!"
"#,
};

/// The sample that operators begin with.
const SITE: &str = include_str!("../../../deploy/nginx/ledgate.conf");

/// The prefix under which it shows the gateway.
pub const PREFIX: &str = "/ledgate";

/// The sample with what its operator has to replace: it leads to these gateways, and has a certificate of this authority.
/// Without one it speaks no TLS.
fn site(gateways: &[&str], port: u16, authority: Option<&Authority>) -> String {
    let server = |url: &&str| format!("server {} max_fails=0;", url.strip_prefix("http://").unwrap());
    let [listen, certificate, key] = match authority {
        None => [format!("listen 127.0.0.1:{port};"), String::new(), String::new()],
        Some(authority) => [
            format!("listen 127.0.0.1:{port} ssl;"),
            format!("ssl_certificate {};", authority.certificate().display()),
            format!("ssl_certificate_key {};", authority.key().display()),
        ],
    };
    let mut site = SITE.to_owned();
    for (placeholder, here) in [
        ("server 127.0.0.1:8080;", gateways.iter().map(server).collect()),
        ("listen 443 ssl;", listen),
        ("ssl_certificate     /etc/ssl/certs/ledger.example.com.pem;", certificate),
        ("ssl_certificate_key /etc/ssl/private/ledger.example.com.key;", key),
    ] {
        assert!(site.contains(placeholder), "{placeholder} is no longer in deploy/nginx/ledgate.conf");
        site = site.replace(placeholder, &here);
    }
    site
}

/// A running nginx.
pub struct Nginx {
    /// `http://127.0.0.1:PORT`, or `https://127.0.0.1:PORT`
    pub url: String,
    _running: Neighbour,
}

impl Nginx {
    /// Before the gateway at this address, which it shows under `path`, `/` or `/ledgate/` say. The directives are
    /// added to the place that passes requests on.
    pub fn before(gateway_url: &str, path: &str, directives: &str) -> Self {
        let running = Neighbour::start(&NGINX, |folder, port| {
            let location = format!("location {path} {{ proxy_pass {gateway_url}/; {directives} }}");
            configuration(folder, &format!("server {{ listen 127.0.0.1:{port}; {location} }}"))
        });
        Self { url: format!("http://127.0.0.1:{}", running.port), _running: running }
    }

    /// As `deploy/nginx/ledgate.conf` has it, but for TLS: the gateway is at [`PREFIX`].
    pub fn as_deployed(gateway_url: &str) -> Self {
        Self::at_the_site(&[gateway_url], None)
    }

    /// The same before several gateways.
    pub fn as_deployed_before(gateways: &[&str]) -> Self {
        Self::at_the_site(gateways, None)
    }

    /// As `deploy/nginx/ledgate.conf` has it, with a certificate of this authority.
    pub fn over_tls(gateway_url: &str, authority: &Authority) -> Self {
        Self::at_the_site(&[gateway_url], Some(authority))
    }

    fn at_the_site(gateways: &[&str], authority: Option<&Authority>) -> Self {
        let running =
            Neighbour::start(&NGINX, |folder, port| configuration(folder, &site(gateways, port, authority)));
        let scheme = if authority.is_some() { "https" } else { "http" };
        Self { url: format!("{scheme}://127.0.0.1:{}", running.port), _running: running }
    }
}

/// One process, as the user who tests; nothing is written outside of the folder.
fn configuration(folder: &Path, site: &str) -> String {
    let folder = folder.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .into_iter()
        .map(|kind| format!("{kind}_temp_path {folder}/{kind};\n"))
        .collect();
    format!(
        "daemon off;\nmaster_process off;\npid {folder}/nginx.pid;\nerror_log stderr notice;\n\
         events {{ }}\n\
         http {{\naccess_log off;\n{temporary}{site}\n}}\n"
    )
}
