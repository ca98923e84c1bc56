//! The pages under a prefix behind a proxy, as many companies publish their services.

use serde_json::json;

use super::{STATUS, assert_calm, execute, graphiql_at};
use crate::support::browser::Browser;
use crate::support::nginx::Nginx;
use crate::support::{Gateway, entries, gateway};

async fn status(url: &str) -> u16 {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    client.get(url).send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_work_under_a_prefix() {
    let gateway = Gateway::on_sqlite().await;
    let ids = gateway.record(entries(2)).await;
    let nginx = Nginx::as_deployed(&gateway.url);
    assert_eq!(status(&nginx.url).await, 404, "there is nothing of ours beside the prefix");

    let browser = graphiql_at(&gateway, &format!("{}/ledgate/graphiql", nginx.url)).await;
    let answer = execute(&browser).await;
    assert_eq!(gateway::ids(&answer["data"]["unexportedEntries"]["nodes"]), ids, "{answer:#}");
    browser.click("button[aria-label=\"Show Documentation Explorer\"]").await;
    browser
        .until("document.querySelector('.graphiql-doc-explorer').textContent.includes('AccountingEntry')")
        .await;
    let licences = browser.text("document.querySelector('.graphiql-logo a[href=\"licences\"]').href").await;
    assert_eq!(status(&licences).await, 200, "{licences}");
    assert_calm(&browser, &nginx.url).await;
    browser.close().await;

    let browser = Browser::open(&format!("{}/ledgate/page", nginx.url)).await;
    browser.click("#request button[type=submit]").await;
    browser.until(&format!("{STATUS}.startsWith('200')")).await;
    let links = "[...document.querySelectorAll('nav a')].map((link) => link.href)";
    let expected =
        ["schema.graphql", "openapi.json", "licences"].map(|name| format!("{}/ledgate/{name}", nginx.url));
    assert_eq!(browser.value(links).await, json!(expected));
    for link in expected {
        assert_eq!(status(&link).await, 200, "{link}");
    }
    assert_calm(&browser, &nginx.url).await;
    browser.close().await;
}
