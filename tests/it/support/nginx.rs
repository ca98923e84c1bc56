//! nginx before a gateway, with a configuration that says no more than a test wants it to.

use std::path::Path;

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

/// A running nginx.
pub struct Nginx {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    _running: Neighbour,
}

impl Nginx {
    /// Before the gateway at this address, which it shows under `path`, `/` or `/ledgate/` say. The directives are
    /// added to the place that passes requests on.
    pub fn before(gateway_url: &str, path: &str, directives: &str) -> Self {
        let running = Neighbour::start(&NGINX, |folder, port| {
            configuration(
                folder,
                port,
                &format!("location {path} {{ proxy_pass {gateway_url}/; {directives} }}"),
            )
        });
        Self { url: format!("http://127.0.0.1:{}", running.port), _running: running }
    }
}

/// One process, as the user who tests; nothing is written outside of the folder.
fn configuration(folder: &Path, port: u16, location: &str) -> String {
    let folder = folder.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .into_iter()
        .map(|kind| format!("{kind}_temp_path {folder}/{kind};\n"))
        .collect();
    format!(
        "daemon off;\nmaster_process off;\npid {folder}/nginx.pid;\nerror_log stderr notice;\n\
         events {{ }}\n\
         http {{\naccess_log off;\n{temporary}server {{ listen 127.0.0.1:{port}; {location} }}\n}}\n"
    )
}
