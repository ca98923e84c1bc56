//! A browser for the tests: headless Chromium, driven through chromedriver, one a test.
//!
//! Nothing is left behind when a test fails or its process is killed: the shell that starts chromedriver ends it
//! when its standard input closes, and Chromium ends when the pipe to chromedriver does.
#![allow(clippy::panic, clippy::expect_used)] // a test without its browser must fail, and say why

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long a page may take until what a test waits for is there, in milliseconds.
const PATIENCE: u64 = 20_000;

/// Runs chromedriver on a port of its choice until standard input closes.
const SUPERVISOR: &str = r#"
chromedriver --port=0 &
driver=$!
trap 'kill "$driver" 2>/dev/null' EXIT
cat >/dev/null
"#;

/// A browser with one page.
pub struct Browser {
    client: Client,
    session: String,
    driver: Driver,
    _profile: TempDir,
}

impl Browser {
    /// A browser that has loaded this address.
    pub async fn open(url: &str) -> Self {
        let driver = tokio::task::spawn_blocking(Driver::start).await.expect("the driver's start ends");
        let profile = TempDir::new().expect("there is room for a profile");
        let arguments = json!([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--remote-debugging-pipe",
            "--window-size=1400,1000",
            format!("--user-data-dir={}", profile.path().display()),
        ]);
        let capabilities = [
            ("goog:chromeOptions".to_owned(), json!({ "args": arguments })),
            ("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" })),
        ];
        let connected = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.into_iter().collect())
            .connect(&driver.url)
            .await;
        let client = connected.unwrap_or_else(|error| {
            panic!("Chromium could not be started: {error}\nIf it is missing: {INSTALL}")
        });
        let session = client.session_id().await.expect("the session is there").expect("it has an id");
        client.goto(url).await.expect("the page can be loaded");
        Self { client, session, driver, _profile: profile }
    }

    /// Ends the browser. A test that fails before leaves that to the supervisor.
    pub async fn close(self) {
        self.client.close().await.expect("the browser can be closed");
    }

    /// The value of a JavaScript expression.
    pub async fn value(&self, expression: &str) -> Value {
        let script = format!("return ({expression})");
        let value = self.client.execute(&script, Vec::new()).await;
        value.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// The text that a JavaScript expression gives.
    pub async fn text(&self, expression: &str) -> String {
        match self.value(expression).await {
            Value::String(text) => text,
            other => panic!("{expression} is no text: {other}"),
        }
    }

    /// Waits until a JavaScript condition holds.
    pub async fn until(&self, condition: &str) {
        let script = format!(
            "const [patience] = arguments, started = performance.now();
             const holds = () => {{ try {{ return ({condition}); }} catch {{ return false; }} }};
             return new Promise((resolve) => {{
                 const look = () => {{
                     if (holds()) resolve(true);
                     else if (performance.now() - started > patience) resolve(false);
                     else setTimeout(look, 20);
                 }};
                 look();
             }});"
        );
        let held = self.client.execute(&script, vec![json!(PATIENCE)]).await;
        if held.as_ref().is_ok_and(|held| *held == json!(true)) {
            return;
        }
        let console = self.console().await.join("\n");
        let page = self.text("document.body.innerText").await;
        panic!("in vain waited for {condition} ({held:?})\nconsole:\n{console}\npage:\n{page}");
    }

    /// The element that this selector finds, as soon as it is there.
    pub async fn element(&self, selector: &str) -> Element {
        let patience = std::time::Duration::from_millis(PATIENCE);
        let found = self.client.wait().at_most(patience).for_element(Locator::Css(selector)).await;
        found.unwrap_or_else(|error| panic!("no {selector}: {error}"))
    }

    /// Clicks on it.
    pub async fn click(&self, selector: &str) {
        let clicked = self.element(selector).await.click().await;
        clicked.unwrap_or_else(|error| panic!("{selector} cannot be clicked on: {error}"));
    }

    /// Types into it.
    pub async fn type_into(&self, selector: &str, text: &str) {
        let typed = self.element(selector).await.send_keys(text).await;
        typed.unwrap_or_else(|error| panic!("{selector} cannot be typed into: {error}"));
    }

    /// What the page has written to the console since the last look, level first.
    pub async fn console(&self) -> Vec<String> {
        let url = format!("{}/session/{}/se/log", self.driver.url, self.session);
        let client = reqwest::Client::builder().no_proxy().build().expect("a client can be made");
        let answer = client.post(url).json(&json!({ "type": "browser" })).send().await;
        let log: Value = answer.expect("chromedriver answers").json().await.expect("the log is JSON");
        let line = |entry: &Value| format!("{}: {}", text(&entry["level"]), text(&entry["message"]));
        log["value"].as_array().expect("the log is a list").iter().map(line).collect()
    }

    /// The hosts that the page has asked for something, its own one included.
    pub async fn hosts(&self) -> Vec<String> {
        let hosts = "[...new Set(performance.getEntries().map((entry) => entry.name)
            .filter((name) => /^(https?|wss?):/.test(name)).map((name) => new URL(name).host))]";
        let hosts = self.value(hosts).await;
        hosts.as_array().expect("a list").iter().map(|host| text(host).to_owned()).collect()
    }

    /// A picture of the page, for a person to look at.
    #[allow(dead_code, reason = "for the one who writes a test")]
    pub async fn picture(&self, path: &str) {
        std::fs::write(path, self.client.screenshot().await.expect("a picture")).expect("it can be written");
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

const INSTALL: &str = "apt-get install -y chromium chromium-driver (or run scripts/setup)";

/// A chromedriver of its own.
struct Driver {
    url: String,
    supervisor: Child,
}

impl Driver {
    fn start() -> Self {
        use std::io::{BufRead, BufReader, Read};
        // A process group of its own, or Ctrl-C at the tests would end the shell before its work is done.
        let mut supervisor = Command::new("sh")
            .args(["-c", SUPERVISOR])
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("sh can be started");
        let stdout = supervisor.stdout.take().expect("stdout is a pipe");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let port = loop {
            match lines.next() {
                Some(line) => {
                    if let Some((_, port)) = line.split_once("started successfully on port ") {
                        break port.trim_end_matches('.').to_owned();
                    }
                }
                None => {
                    drop(supervisor.stdin.take());
                    let mut reason = String::new();
                    supervisor.stderr.take().expect("stderr is a pipe").read_to_string(&mut reason).ok();
                    panic!(
                        "chromedriver could not be started: {}\nIf it is missing: {INSTALL}",
                        reason.trim()
                    );
                }
            }
        };
        // Nobody reads on: a full pipe would stop it.
        std::thread::spawn(move || lines.for_each(drop));
        let mut stderr = supervisor.stderr.take().expect("stderr is a pipe");
        std::thread::spawn(move || std::io::copy(&mut stderr, &mut std::io::sink()));
        Self { url: format!("http://127.0.0.1:{port}"), supervisor }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        self.supervisor.wait().ok();
    }
}
