//! Exports through nginx, which by default speaks HTTP/1.0 to the servers behind it and gives a stream that broke off
//! there to its client as a complete one.

use super::{EXPORT, JSON, NDJSON, assert_incomplete, fill, read_on};
use crate::program_on_both_databases;
use crate::support::ndjson;
use crate::support::nginx::{Nginx, PREFIX};

/// More than a gateway sends between the first bytes that reach the client and the signal, although nginx reads ahead.
const TOO_MANY: u64 = 100_000;

/// How nginx is set up.
#[derive(Clone, Copy, Debug)]
enum Setting {
    /// By its defaults.
    Plain,
    /// It speaks HTTP/1.1 to the gateway.
    Http11,
    /// As `deploy/nginx/ledgate.conf` has it.
    Deployed,
}

const SETTINGS: [Setting; 3] = [Setting::Plain, Setting::Http11, Setting::Deployed];

impl Setting {
    fn before(self, gateway_url: &str) -> Nginx {
        match self {
            Self::Plain => Nginx::before(gateway_url, "/", ""),
            Self::Http11 => Nginx::before(gateway_url, "/", "proxy_http_version 1.1;"),
            Self::Deployed => Nginx::as_deployed(gateway_url),
        }
    }

    fn prefix(self) -> &'static str {
        if matches!(self, Self::Deployed) { PREFIX } else { "" }
    }

    /// Whether the client then sees by the transport that a stream broke.
    fn tells_by_transport(self) -> bool {
        !matches!(self, Self::Plain)
    }
}

async fn export(nginx: &Nginx, setting: Setting, form: &str) -> reqwest::Response {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}{}{EXPORT}", nginx.url, setting.prefix());
    let answer = client.get(url).header("accept", form).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer
}

program_on_both_databases! {
    async fn a_complete_answer_has_its_end_behind_nginx(program: Program) {
        program.write("demo.txt", ledgate::ledger_files::DEMO);
        program.ok(&["import", "demo.txt"]);
        let serving = program.serve(&[]).await;
        for setting in SETTINGS {
            let nginx = setting.before(&serving.url);
            let answer = export(&nginx, setting, NDJSON).await;
            let moment = answer.headers()["x-as-of"].to_str().unwrap().to_owned();
            let (lines, end) = ndjson::read(&answer.text().await.unwrap());
            assert_eq!((lines.len(), end["as_of"].as_str()), (57, Some(moment.as_str())), "{setting:?}");
            let whole: serde_json::Value = export(&nginx, setting, JSON).await.json().await.unwrap();
            assert_eq!(whole["accounting_entries"], serde_json::json!(lines), "{setting:?}");
        }
    }

    async fn a_gateway_that_is_killed_leaves_no_answer_that_looks_complete_behind_nginx(program: Program) {
        fill(&program, TOO_MANY).await;
        for setting in SETTINGS {
            for form in [JSON, NDJSON] {
                let serving = program.serve(&[]).await;
                let nginx = setting.before(&serving.url);
                let mut answer = export(&nginx, setting, form).await;
                let mut body = answer.chunk().await.unwrap().unwrap().to_vec();
                serving.signal("KILL");
                let ended_well = read_on(answer, &mut body).await;
                assert!(!(ended_well && setting.tells_by_transport()), "{setting:?} {form}: nginx tells its client");
                assert_incomplete(form, &body, TOO_MANY);
            }
        }
    }
}
