//! GraphiQL's tabs, errors, documentation and memory.

use ledgate::ledger_files::{self, Options};
use ledgate::service::{ImportOrder, Source};
use serde_json::{Value, json};

use super::{Browser, active_tab, assert_calm, execute, graphiql, model, run};
use crate::support::{Gateway, entries};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn graphiql_opens_with_its_tabs_and_the_first_one_shows_what_is_not_exported() {
    let gateway = Gateway::on_sqlite().await;
    let ids = gateway.record(entries(4)).await;
    gateway.mark("erp", &ids[..1]).await;
    let browser = graphiql(&gateway).await;

    assert_eq!(browser.text("document.title").await, "ledgate");
    let tabs = "[...document.querySelectorAll('.graphiql-tab-button')].map((tab) => tab.textContent)";
    assert_eq!(
        browser.value(tabs).await,
        json!(["Unexported", "MarkExported", "Filtered", "Claim", "Settle", "Failures", "Watch"])
    );

    let answer = execute(&browser).await;
    let page = &answer["data"]["unexportedEntries"];
    assert_eq!(crate::support::gateway::ids(&page["nodes"]), ids[1..]);
    assert_eq!(page["totalCount"], json!({ "count": 3, "precision": "EXACT" }));
    let shown = "document.querySelector('.graphiql-response').textContent.replaceAll('\\u00a0', ' ')";
    browser.until(&format!("{shown}.includes('Sale T:2')")).await;

    assert_calm(&browser, &gateway.url).await;
    browser.close().await;
}

/// The ledger of `serve --demo`, in which the examples are to find something.
async fn demo() -> Gateway {
    let gateway = Gateway::on_sqlite().await;
    let file = Source { name: "the demo".to_owned(), input: Box::new(ledger_files::DEMO.as_bytes()) };
    let order = ImportOrder::new(vec![file], Options::default(), "demo");
    gateway.ledger.import(order, "demo", |_| ()).await.unwrap();
    let refused = "mutation { reportExportFailures(input: { items: [
        { entryId: \"57\", systemId: \"erp\", type: UNKNOWN_ACCOUNT, reason: \"no 411000\" }] }) {
        userErrors { code } } }";
    let data = gateway.data(refused, json!({})).await;
    assert_eq!(data["reportExportFailures"]["userErrors"], json!([]));
    gateway
}

/// Goes to a tab, and gives its operation and its variables.
async fn open_tab(browser: &Browser, tab: &str) -> (String, String) {
    let find = "[...document.querySelectorAll('.graphiql-tab-button')]";
    browser.value(&format!("{find}.find((tab) => tab.textContent === '{tab}').click()")).await;
    browser.until(&format!("{} === '{tab}'", active_tab())).await;
    let written = |name| format!("{}.getValue()", model(name));
    browser.until(&format!("/\\b{tab}\\b/.test({})", written("operation.graphql"))).await;
    (browser.text(&written("operation.graphql")).await, browser.text(&written("variables.json")).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_tab_shows_something_as_it_is_and_with_its_variables_cleared() {
    let gateway = demo().await;
    let all = gateway.unexported("erp").await;
    let browser = graphiql(&gateway).await;
    for (tab, list, as_it_is, cleared) in [
        ("Unexported", "/unexportedEntries/nodes", 10, 10),
        // Six lines about salaries, and four with a debit of 5,000 or more.
        ("Filtered", "/accountingEntries/nodes", 10, 20),
        ("MarkExported", "/markExported/exports", 1, 1),
        // The first two vouchers that nobody has, less the entry that was just marked.
        ("Claim", "/claimExports/claim/entries/nodes", 2, 2),
        // Nothing is claimed under the id that stands there.
        ("Settle", "/settleClaim/userErrors", 1, 1),
        ("Failures", "/unexportedEntries/nodes", 3, 20),
    ] {
        let (query, variables) = open_tab(&browser, tab).await;
        for line in query.lines().chain(variables.lines()) {
            assert!(line.chars().count() <= 50, "it is cut in a window of 1,280 pixels: {line}");
        }
        // Under another name each time, so that it can be seen when GraphiQL has taken notice.
        for (name, variables, expected) in
            [("AsItIs", variables.as_str(), as_it_is), ("Cleared", "", cleared)]
        {
            let name = format!("{tab}{name}");
            let query = query.replacen(&format!("query {tab}"), &format!("query {name}"), 1);
            let query = query.replacen(&format!("mutation {tab}"), &format!("mutation {name}"), 1);
            let answer = run(&browser, &name, &query, variables).await;
            assert_eq!(answer.get("errors"), None, "{answer:#}");
            let shown = answer["data"].pointer(list).and_then(Value::as_array).map(Vec::len);
            assert_eq!(shown, Some(expected), "{name}: {answer:#}");
        }
    }
    assert_eq!(gateway.unexported("erp").await, all[1..], "what was marked is no longer listed");
    assert_eq!(
        browser.value("document.querySelector('.access')").await,
        Value::Null,
        "nobody asks for a token"
    );
    assert_calm(&browser, &gateway.url).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tab_watches_a_system_while_others_mark_for_it() {
    let gateway = demo().await;
    let browser = graphiql(&gateway).await;
    open_tab(&browser, "Watch").await;
    let before = execute(&browser).await["data"]["exportSystemChanged"].clone();
    assert_eq!((&before["systemId"], &before["lastMarkedAt"]), (&json!("erp"), &Value::Null), "{before:#}");
    let waiting = before["backlog"]["count"].as_i64().unwrap();
    let first = gateway.unexported("erp").await[0];
    gateway.mark("erp", &[first]).await;
    let response = format!("{}.getValue()", model("response.json"));
    browser.until(&format!("JSON.parse({response}).data.exportSystemChanged.lastMarkedAt !== null")).await;
    let after: Value = serde_json::from_str(&browser.text(&response).await).unwrap();
    assert_eq!(after["data"]["exportSystemChanged"]["backlog"]["count"], waiting - 1, "{after:#}");
    assert_calm(&browser, &gateway.url).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn graphiql_shows_errors_documents_the_schema_and_remembers() {
    let gateway = Gateway::on_sqlite().await;
    gateway.record(entries(1)).await;
    let browser = graphiql(&gateway).await;

    let wrong = "query Wrong($filter: AccountingEntryFilter) {
        accountingEntries(filter: $filter) { nodes { id } } }";
    let answer = run(&browser, "Wrong", wrong, r#"{"filter":{"debit":{"eq":12.5}}}"#).await;
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
    browser
        .until(&format!("{explorer}.textContent.includes('Ledgate knows, for each accounting entry')"))
        .await;
    let link = format!("[...{explorer}.querySelectorAll('a')].find((link) => link.textContent === 'Query')");
    browser.value(&format!("{link}.click()")).await;
    browser.until(&format!("{explorer}.textContent.includes('The questions that can be asked')")).await;
    browser.click("button[aria-label=\"Show History\"]").await;
    browser.until("document.querySelector('.graphiql-history').textContent.includes('Wrong')").await;

    assert_calm(&browser, &gateway.url).await;
    browser.close().await;
}
