//! Tokens in both pages: nothing is seen of them until the server asks for one, and then it is said plainly.

use ledgate::domain::Right;
use ledgate::service::NewToken;
use serde_json::{Value, json};

use super::{STATUS, execute, graphiql};
use crate::support::browser::Browser;
use crate::support::{Gateway, entries};

/// A gateway that asks for tokens, one that it takes, and the gateway that holds their database.
async fn guarded() -> (Gateway, String, Gateway) {
    let gateway = Gateway::on_sqlite().await;
    gateway.record(entries(1)).await;
    let new = NewToken { name: "me".to_owned(), rights: vec![Right::Admin], systems: None, expires_at: None };
    let token = gateway.ledger.create_token(new).await.unwrap().1;
    // The one on which it was made may let everybody in for another moment.
    (gateway.another().await, token, gateway)
}

async fn wait_for(browser: &Browser, access: &str) {
    browser.until(&format!("document.body.dataset.access === '{access}'")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn graphiql_asks_for_a_token_takes_it_and_forgets_it() {
    let (gateway, token, _first) = guarded().await;
    let browser = graphiql(&gateway).await;
    wait_for(&browser, "wanted").await;
    let line = "document.querySelector('.access').textContent";
    assert!(browser.text(line).await.starts_with("This server asks for an access token:"));
    browser.click("button[aria-label=\"Show Documentation Explorer\"]").await;
    let error = "document.querySelector('.graphiql-doc-explorer-error')";
    browser.until(error).await;
    let told = browser.text(&format!("getComputedStyle({error}, '::after').content")).await;
    assert!(told.contains("asks for an access token: enter one at the top of this page"), "{told}");
    let refused = execute(&browser).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], json!("UNAUTHENTICATED"), "{refused:#}");

    browser.type_into("#access-token", "lgt_mistyped\n").await;
    wait_for(&browser, "refused").await;
    assert!(browser.text(line).await.starts_with("Refused: mistyped, expired or revoked."));
    browser.value("document.querySelector('#access-token').value = ''").await;
    browser.type_into("#access-token", &token).await;
    browser.click(".access button").await;
    wait_for(&browser, "accepted").await;
    let answer = execute(&browser).await;
    assert_eq!(answer["data"]["unexportedEntries"]["totalCount"]["count"], json!(1), "{answer:#}");
    browser
        .until("document.querySelector('.graphiql-doc-explorer').textContent.includes('AccountingEntry')")
        .await;
    let secret = token.rsplit_once('_').unwrap().1;
    let kept = browser
        .text("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])")
        .await;
    assert!(!kept.contains(secret), "{kept}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_small_page_has_a_place_for_a_token_once_it_is_asked_for_one() {
    let (gateway, token, _first) = guarded().await;
    let browser = Browser::open(&format!("{}/page", gateway.url)).await;
    let hidden = "document.querySelector('#access').hidden";
    assert_eq!(browser.value(hidden).await, Value::Bool(true));
    browser.click("#request button[type=submit]").await;
    browser.until(&format!("{STATUS}.startsWith('401')")).await;
    assert_eq!(browser.value(hidden).await, Value::Bool(false));
    browser.type_into("#token", &token).await;
    browser.click("#request button[type=submit]").await;
    browser.until(&format!("{STATUS}.startsWith('200')")).await;
    browser.close().await;
}
