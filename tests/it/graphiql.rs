//! The pages that a person meets: GraphiQL at `/`, and the small page that takes its place where GraphiQL was
//! not built.

use reqwest::Method;
use serde_json::{Value, json};

use ledgate::domain::Right;
use ledgate::service::NewToken;

use crate::support::browser::Browser;
use crate::support::{Gateway, entries};

/// GraphiQL on a gateway with entries, ready to be used.
async fn graphiql(gateway: &Gateway) -> Browser {
    let page = gateway.get("/").await.text().await.unwrap();
    assert!(page.contains("id=\"graphiql\""), "GraphiQL was not built: run scripts/graphiql and test again");
    let browser = Browser::open(&gateway.url).await;
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

/// Writes an operation of that name, runs it, and gives the answer.
async fn run(browser: &Browser, name: &str, query: &str, variables: &Value) -> Value {
    for (editor, text) in [("operation.graphql", query.to_owned()), ("variables.json", variables.to_string())]
    {
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

/// Fails on anything the page complained about, and on any host but the gateway.
async fn assert_calm(browser: &Browser, gateway: &Gateway) {
    let complaints: Vec<String> =
        browser.console().await.into_iter().filter(|line| line.starts_with("SEVERE")).collect();
    assert_eq!(complaints, [] as [&str; 0]);
    assert_eq!(browser.hosts().await, [gateway.url.trim_start_matches("http://")]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn graphiql_opens_with_three_tabs_and_the_first_one_shows_what_is_not_exported() {
    let gateway = Gateway::on_sqlite().await;
    let ids = gateway.record(entries(4)).await;
    gateway.mark("erp", &ids[..1]).await;
    let browser = graphiql(&gateway).await;

    assert_eq!(browser.text("document.title").await, "ledgate");
    let tabs = "[...document.querySelectorAll('.graphiql-tab-button')].map((tab) => tab.textContent)";
    assert_eq!(browser.value(tabs).await, json!(["Unexported", "MarkExported", "Filtered"]));

    let answer = execute(&browser).await;
    let page = &answer["data"]["unexportedEntries"];
    assert_eq!(crate::support::gateway::ids(&page["nodes"]), ids[1..]);
    assert_eq!(page["totalCount"], json!({ "count": 3, "precision": "EXACT" }));
    let shown = "document.querySelector('.graphiql-response').textContent.replaceAll('\\u00a0', ' ')";
    browser.until(&format!("{shown}.includes('Sale T:2')")).await;

    assert_calm(&browser, &gateway).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_other_tabs_run_as_they_are() {
    let gateway = Gateway::on_sqlite().await;
    let mut invoice = entries(2);
    invoice[1]["description"] = json!("Invoice 7");
    let ids = gateway.record(invoice).await;
    let browser = graphiql(&gateway).await;

    for tab in ["MarkExported", "Filtered"] {
        let find = "[...document.querySelectorAll('.graphiql-tab-button')]";
        browser.value(&format!("{find}.find((tab) => tab.textContent === '{tab}').click()")).await;
        browser.until(&format!("{} === '{tab}'", active_tab())).await;
        let written = |name| format!("{}.getValue()", model(name));
        browser.until(&format!("{}.includes('{tab}(')", written("operation.graphql"))).await;
        let query = browser.text(&written("operation.graphql")).await;
        let variables = serde_json::from_str(&browser.text(&written("variables.json")).await).unwrap();
        // Under another name, so that it can be seen when GraphiQL has taken notice of the tab.
        let name = format!("{tab}AsItIs");
        let answer =
            run(&browser, &name, &query.replace(&format!("{tab}("), &format!("{name}(")), &variables).await;
        assert_eq!(answer.get("errors"), None, "{answer:#}");
        if tab == "MarkExported" {
            let export = &answer["data"]["markExported"]["exports"][0];
            assert_eq!(
                [&export["entryId"], &export["systemId"]],
                [&json!(ids[0].to_string()), &json!("erp")]
            );
        } else {
            let nodes = &answer["data"]["accountingEntries"]["nodes"];
            assert_eq!(crate::support::gateway::ids(nodes), ids[1..], "one has a description like that");
        }
    }
    assert_eq!(gateway.unexported("erp").await, ids[1..]);

    assert_calm(&browser, &gateway).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn graphiql_shows_errors_documents_the_schema_and_remembers() {
    let gateway = Gateway::on_sqlite().await;
    gateway.record(entries(1)).await;
    let browser = graphiql(&gateway).await;

    let wrong = "query Wrong($filter: AccountingEntryFilter) {
        accountingEntries(filter: $filter) { nodes { id } } }";
    let answer = run(&browser, "Wrong", wrong, &json!({ "filter": { "debit": { "eq": 12.5 } } })).await;
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["code"], json!("BAD_USER_INPUT"), "{answer:#}");
    assert_eq!(error["extensions"]["argument"], json!(["filter", "debit", "eq"]));
    // Chromium itself notes every answer of 400; nothing else may be there.
    let complaints: Vec<String> =
        browser.console().await.into_iter().filter(|line| line.starts_with("SEVERE")).collect();
    assert_eq!(complaints.len(), 1, "{complaints:?}");
    assert!(complaints[0].contains("/graphql - Failed to load resource"), "{complaints:?}");

    browser.click("button[aria-label=\"Show Documentation Explorer\"]").await;
    let explorer = "document.querySelector('.graphiql-doc-explorer')";
    browser.until(&format!("{explorer}.textContent.includes('AccountingEntryFilter')")).await;
    let link = format!("[...{explorer}.querySelectorAll('a')].find((link) => link.textContent === 'Query')");
    browser.value(&format!("{link}.click()")).await;
    browser.until(&format!("{explorer}.textContent.includes('What may be asked')")).await;
    browser.click("button[aria-label=\"Show History\"]").await;
    browser.until("document.querySelector('.graphiql-history').textContent.includes('Wrong')").await;

    assert_calm(&browser, &gateway).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_small_page_asks_and_tells_what_is_wrong() {
    let gateway = Gateway::on_sqlite().await;
    let ids = gateway.record(entries(2)).await;
    let browser = Browser::open(&format!("{}/page", gateway.url)).await;
    let run = "#request button[type=submit]";
    let status = "document.querySelector('#status').textContent";
    let is_bad = "document.querySelector('#status').classList.contains('bad')";
    let answer = "document.querySelector('#answer').textContent";

    assert_eq!(browser.text("document.title").await, "ledgate");
    browser.click(run).await;
    browser.until(&format!("{status}.startsWith('200')")).await;
    assert_eq!(browser.value(is_bad).await, json!(false));
    let data: Value = serde_json::from_str(&browser.text(answer).await).unwrap();
    assert_eq!(crate::support::gateway::ids(&data["data"]["unexportedEntries"]["nodes"]), ids);

    browser.value("document.querySelector('#variables').value = '{ no JSON'").await;
    browser.click(run).await;
    browser.until(&format!("{status}.startsWith('Not sent')")).await;
    assert_eq!(browser.value(is_bad).await, json!(true));
    assert_calm(&browser, &gateway).await;

    browser.value("document.querySelector('#variables').value = ''").await;
    browser.value("document.querySelector('#query').value = '{ nothing }'").await;
    browser.click(run).await;
    browser.until(&format!("{status}.startsWith('400')")).await;
    assert_eq!(browser.value(is_bad).await, json!(true));
    assert!(browser.text(answer).await.contains("GRAPHQL_VALIDATION_FAILED"));
    browser.close().await;
}

/// Where a token is asked for, both pages have a place for it, and keep it nowhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_take_a_token_and_forget_it() {
    let gateway = Gateway::on_sqlite().await;
    gateway.record(entries(1)).await;
    let new = NewToken { name: "me".to_owned(), rights: vec![Right::Admin], systems: None, expires_at: None };
    let token = gateway.ledger.create_token(new).await.unwrap().1;
    let gateway = gateway.another().await;

    let browser = graphiql(&gateway).await;
    let refused = execute(&browser).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], json!("UNAUTHENTICATED"), "{refused:#}");
    browser.type_into("input.access-token", &token).await;
    let answer = execute(&browser).await;
    assert_eq!(answer["data"]["unexportedEntries"]["totalCount"]["count"], json!(1), "{answer:#}");
    let secret = token.rsplit_once('_').unwrap().1;
    let kept = browser
        .text("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])")
        .await;
    assert!(!kept.contains(secret), "{kept}");
    browser.close().await;

    let browser = Browser::open(&format!("{}/page", gateway.url)).await;
    let status = "document.querySelector('#status').textContent";
    browser.click("#request button[type=submit]").await;
    browser.until(&format!("{status}.startsWith('401')")).await;
    browser.type_into("#token", &token).await;
    browser.click("#request button[type=submit]").await;
    browser.until(&format!("{status}.startsWith('200')")).await;
    browser.close().await;
}

#[tokio::test]
async fn pages_may_load_nothing_from_elsewhere_and_are_kept_only_when_their_name_holds_their_content() {
    let gateway = Gateway::on_sqlite().await;
    let page = gateway.get("/").await.text().await.unwrap();
    let script = page.split('"').find(|text| text.ends_with(".js")).expect("a page has its script");
    let for_ever = "public, max-age=31536000, immutable";
    for (path, content_type, cache) in [
        ("/", "text/html; charset=utf-8", "no-cache"),
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
