//! The pages that a person meets: GraphiQL at `/graphiql`, the console at `/`, and the small page that takes its place where
//! GraphiQL was not built.

mod access;
mod prefix;
mod tabs;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::{Gateway, entries};

const STATUS: &str = "document.querySelector('#status').textContent";

/// GraphiQL on a gateway with entries, ready to be used.
async fn graphiql(gateway: &Gateway) -> Browser {
    graphiql_at(gateway, &format!("{}/graphiql", gateway.url)).await
}

/// The same by another address.
async fn graphiql_at(gateway: &Gateway, url: &str) -> Browser {
    let page = gateway.get("/graphiql").await.text().await.unwrap();
    assert!(page.contains("id=\"graphiql\""), "GraphiQL was not built: run scripts/pages and test again");
    let browser = Browser::open(url).await;
    browser
        .until(
            "window.__MONACO && __MONACO.editor.getEditors().length >= 4 &&
             document.querySelector('.graphiql-query-editor .view-line')",
        )
        .await;
    browser
}

/// A model of GraphiQL's editors: `operation.graphql`, `variables.json`, `response.json`.
fn model(name: &str) -> String {
    format!("__MONACO.editor.getModels().find((model) => model.uri.path.endsWith('{name}'))")
}

/// Writes an operation of that name with its variables, runs it, and gives the answer.
async fn run(browser: &Browser, name: &str, query: &str, variables: &str) -> Value {
    for (editor, text) in [("operation.graphql", query), ("variables.json", variables)] {
        browser.value(&format!("{}.setValue({})", model(editor), json!(text))).await;
    }
    // The name of the tab follows the editor a moment later, and with it what the button runs.
    browser.until(&format!("{} === '{name}'", active_tab())).await;
    execute(browser).await
}

fn active_tab() -> &'static str {
    "document.querySelector('.graphiql-tab-active .graphiql-tab-button').textContent"
}

/// Presses the button, and gives the answer.
async fn execute(browser: &Browser) -> Value {
    browser.value(&format!("{}.setValue('')", model("response.json"))).await;
    browser.click("button.graphiql-execute-button").await;
    let answer = format!("{}.getValue()", model("response.json"));
    browser.until(&format!("{answer}.trim() !== ''")).await;
    serde_json::from_str(&browser.text(&answer).await).unwrap()
}

/// Fails on anything the page complained about, and on any host but the one of this address.
async fn assert_calm(browser: &Browser, url: &str) {
    let complaints: Vec<String> =
        browser.console().await.into_iter().filter(|line| line.starts_with("SEVERE")).collect();
    assert_eq!(complaints, [] as [&str; 0]);
    assert_eq!(browser.hosts().await, [url.trim_start_matches("http://")]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_small_page_asks_and_tells_what_is_wrong() {
    let gateway = Gateway::on_sqlite().await;
    let ids = gateway.record(entries(2)).await;
    let browser = Browser::open(&format!("{}/page", gateway.url)).await;
    let run = "#request button[type=submit]";
    let is_bad = "document.querySelector('#status').classList.contains('bad')";
    let answer = "document.querySelector('#answer').textContent";

    assert_eq!(browser.text("document.title").await, "ledgate");
    browser.click(run).await;
    browser.until(&format!("{STATUS}.startsWith('200')")).await;
    assert_eq!(browser.value(is_bad).await, json!(false));
    let data: Value = serde_json::from_str(&browser.text(answer).await).unwrap();
    assert_eq!(crate::support::gateway::ids(&data["data"]["unexportedEntries"]["nodes"]), ids);

    browser.value("document.querySelector('#variables').value = '{ no JSON'").await;
    browser.click(run).await;
    browser.until(&format!("{STATUS}.startsWith('Not sent')")).await;
    assert_eq!(browser.value(is_bad).await, json!(true));
    assert_calm(&browser, &gateway.url).await;

    browser.value("document.querySelector('#variables').value = ''").await;
    browser.value("document.querySelector('#query').value = '{ nothing }'").await;
    browser.click(run).await;
    browser.until(&format!("{STATUS}.startsWith('400')")).await;
    assert_eq!(browser.value(is_bad).await, json!(true));
    assert!(browser.text(answer).await.contains("GRAPHQL_VALIDATION_FAILED"));
    browser.close().await;
}

#[tokio::test]
async fn pages_may_load_nothing_from_elsewhere_and_are_kept_only_when_their_name_holds_their_content() {
    let gateway = Gateway::on_sqlite().await;
    let page = gateway.get("/graphiql").await.text().await.unwrap();
    let script = page.split('"').find(|text| text.ends_with(".js")).expect("a page has its script");
    assert!(script.starts_with("assets/"), "{script} is not relative: it would miss a prefix");
    let script = &format!("/{script}");
    let for_ever = "public, max-age=31536000, immutable";
    for (path, content_type, cache) in [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/graphiql", "text/html; charset=utf-8", "no-cache"),
        ("/page", "text/html; charset=utf-8", "no-cache"),
        ("/assets/page/page.js", "text/javascript; charset=utf-8", "no-cache"),
        ("/assets/page/page.css", "text/css; charset=utf-8", "no-cache"),
        (script, "text/javascript; charset=utf-8", for_ever),
    ] {
        let answer = gateway.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        let header = |name: &str| answer.headers().get(name).map_or("", |value| value.to_str().unwrap());
        assert_eq!(header("content-type"), content_type, "{path}");
        assert_eq!(header("cache-control"), cache, "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{path}: {policy}");
        assert!(
            policy.contains("connect-src 'self'; ") && policy.contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert!(!policy.contains("http") && !policy.contains('*'), "{path}: {policy}");
    }
}

#[tokio::test]
async fn no_file_but_the_pages_own_can_be_had() {
    let gateway = Gateway::on_sqlite().await;
    for path in [
        "/assets/page/%2e%2e/pages.rs",
        "/assets/page/..%2fpages.rs",
        "/assets/graphiql/..%2f..%2fCargo.toml",
        "/assets/graphiql/%2fetc%2fpasswd",
        "/assets/graphiql/none-ABCDEFGH.js",
    ] {
        let answer = gateway.request(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn the_schema_can_be_downloaded() {
    let gateway = Gateway::on_sqlite().await;
    let answer = gateway.get("/schema.graphql").await;
    assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(answer.text().await.unwrap(), ledgate::graphql::sdl());
}

#[tokio::test]
async fn the_licences_of_what_the_pages_are_made_of_can_be_read_by_everybody() {
    let gateway = Gateway::on_sqlite().await;
    let answer = gateway.get("/licences").await;
    assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
    let text = answer.text().await.unwrap();
    // Its own, of the crates where they are, and of the packages of each page.
    let own = include_str!("../../LICENSE");
    for part in [
        own,
        "THIRD_PARTY_LICENSES.txt",
        "\nreact-dom ",
        "\n@mantine/core ",
        "\ngraphiql ",
        "\nmonaco-editor ",
    ] {
        assert!(text.contains(part), "{part} is missing: run scripts/pages and test again");
    }
}

#[tokio::test]
async fn the_schema_itself_says_what_it_is_about() {
    let gateway = Gateway::on_sqlite().await;
    let data =
        gateway.data("{ __schema { description } it: __schema { about: description } }", json!({})).await;
    let text = data["__schema"]["description"].as_str().unwrap();
    assert!(text.starts_with("Ledgate knows, for each accounting entry and each external system"), "{text}");
    assert_eq!(data["it"]["about"], data["__schema"]["description"]);
    // In the file it is a comment: some readers of the schema refuse a description there.
    let comment: String = text.lines().map(|line| format!("# {line}\n")).collect();
    assert!(ledgate::graphql::sdl().contains(&format!("{comment}schema {{")));
}
