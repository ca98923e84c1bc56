//! Random filters over a random ledger: both databases, asked through GraphQL and through REST, find exactly
//! what `Filter::matches` says in plain Rust. The seed is fixed, so a run is the same each time.

mod made;
mod spelled;

use std::collections::BTreeSet;

use ledgate::domain::{Entry, EntryContent, Filter};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::Gateway;
use crate::support::gateway::ids;
use made::{MOMENTS, OTHER_MOMENTS, condition, content, filter};
use spelled::{RestFilter, graphql, rest_body, rest_groups, rest_meaning, rest_query};

const CASES: u32 = 64;
const ENTRIES: usize = 40;

fn runner() -> TestRunner {
    let config =
        Config { cases: CASES, failure_persistence: None, max_shrink_iters: 512, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// A ledger, and which of its entries the system `erp` has not been sent: now, and as of [`SINCE`].
struct Ledger {
    entries: Vec<Entry>,
    unexported: BTreeSet<i64>,
    unexported_since: BTreeSet<i64>,
}

const SINCE: &str = "2026-03-04T00:00:00Z";

impl Ledger {
    /// The ledger of the fixed seed, recorded in thirds; some entries change later, some are marked.
    async fn record(gateway: &Gateway, runner: &mut TestRunner) -> Self {
        let contents = vec(content(), ENTRIES).new_tree(runner).unwrap().current();
        let mut contents: Vec<EntryContent> = contents
            .into_iter()
            .enumerate()
            .map(|(number, content)| EntryContent {
                external_id: format!("{}{number}", content.external_id),
                ..content
            })
            .collect();
        for (moment, third) in MOMENTS.iter().zip(contents.chunks(ENTRIES.div_ceil(3))) {
            gateway.set_clock(moment);
            post(gateway, third).await;
        }
        let changed: Vec<EntryContent> = contents.drain(..).step_by(5).collect();
        let changed: Vec<EntryContent> = changed
            .into_iter()
            .map(|content| EntryContent { entry_number: "changed".to_owned(), ..content })
            .collect();
        gateway.set_clock(OTHER_MOMENTS[1]);
        post(gateway, &changed).await;

        let every_id = gateway.unexported("erp").await;
        let every =
            |remainder: usize| -> Vec<i64> { every_id.iter().copied().skip(remainder).step_by(3).collect() };
        gateway.set_clock(SINCE);
        gateway.mark("erp", &every(0)).await;
        gateway.set_clock("2026-03-05T00:00:00Z");
        gateway.mark("erp", &every(1)).await;
        gateway.set_clock("2026-03-06T00:00:00Z");
        let mut entries: Vec<Entry> =
            gateway.ledger.entries(&every_id).await.unwrap().into_values().collect();
        entries.sort_by_key(|entry| entry.id);
        assert_eq!(entries.len(), ENTRIES);
        let unexported: BTreeSet<i64> = every(2).into_iter().collect();
        let unexported_since = unexported.iter().copied().chain(every(1)).collect();
        Self { entries, unexported, unexported_since }
    }

    fn passing(&self, filter: &Filter) -> Vec<i64> {
        self.entries.iter().filter(|entry| filter.matches(entry)).map(|entry| entry.id).collect()
    }
}

async fn post(gateway: &Gateway, contents: &[EntryContent]) {
    let answer = gateway.post("/v10/accounting-entries", &json!({ "accounting_entries": contents })).await;
    let status = answer.status();
    assert_eq!(status, 200, "{}", answer.text().await.unwrap());
}

fn among(ids: &[i64], set: &BTreeSet<i64>) -> Vec<i64> {
    ids.iter().copied().filter(|id| set.contains(id)).collect()
}

async fn agrees_in_graphql(gateway: &Gateway, ledger: &Ledger, filter: &Filter) -> TestCaseResult {
    let query = "query($f: AccountingEntryFilter!, $since: DateTime!) {
        all: accountingEntries(filter: $f, first: 500) { ...Page }
        now: unexportedEntries(systemId: \"erp\", filter: $f, first: 500) { ...Page }
        since: unexportedEntries(systemId: \"erp\", notExportedSince: $since, filter: $f, first: 500) { ...Page }
    }
    fragment Page on AccountingEntryConnection { nodes { id } totalCount { count precision } }";
    let variables = json!({ "f": graphql(filter), "since": SINCE });
    let answer = gateway.graphql(query, variables.clone()).await;
    prop_assert_eq!(answer.get("errors"), None, "{}", variables);
    let expected = ledger.passing(filter);
    for (name, expected) in [
        ("all", expected.clone()),
        ("now", among(&expected, &ledger.unexported)),
        ("since", among(&expected, &ledger.unexported_since)),
    ] {
        let page = &answer["data"][name];
        prop_assert_eq!(ids(&page["nodes"]), expected.clone(), "{}: {}", name, variables);
        let count = json!({ "count": expected.len(), "precision": "EXACT" });
        prop_assert_eq!(&page["totalCount"], &count, "{}: {}", name, variables);
    }
    Ok(())
}

async fn agrees_in_rest(
    gateway: &Gateway,
    ledger: &Ledger,
    groups: &[(bool, Vec<RestFilter>)],
) -> TestCaseResult {
    let expected = ledger.passing(&rest_meaning(groups));
    let (list, export) =
        ("/v10/accounting-entries?limit=500", "/v10/accounting-entries/export?system_id=erp");
    for (path, expected) in [(list, expected.clone()), (export, among(&expected, &ledger.unexported))] {
        let request = || gateway.request(reqwest::Method::GET, path);
        for request in [request().query(&rest_query(groups)), request().json(&rest_body(groups))] {
            let answer: Value = request.send().await.unwrap().json().await.unwrap();
            let Some(entries) = answer["accounting_entries"].as_array() else {
                return Err(TestCaseError::fail(format!("{path}: {answer}")));
            };
            let found: Vec<i64> = entries.iter().map(|entry| entry["id"].as_i64().unwrap()).collect();
            prop_assert_eq!(found, expected.clone(), "{}: {}", path, rest_body(groups));
        }
    }
    Ok(())
}

/// Runs the cases, smaller and smaller ones when one fails, while the gateway answers beside.
fn hold<S: Strategy>(runner: &mut TestRunner, cases: &S, holds: impl AsyncFn(S::Value) -> TestCaseResult) {
    let runtime = tokio::runtime::Handle::current();
    let result = tokio::task::block_in_place(|| runner.run(cases, |case| runtime.block_on(holds(case))));
    result.unwrap_or_else(|failure| panic!("{failure}"));
}

on_both_databases! {
    async fn any_filter_finds_in_the_database_what_it_means(gateway: Gateway) {
        let mut runner = runner();
        let ledger = Ledger::record(&gateway, &mut runner).await;
        // Else this would show that nothing is nothing.
        let (found, cases) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
        hold(&mut runner, &filter(), async |filter| {
            let passing = ledger.passing(&filter).len();
            cases.set(cases.get() + 1);
            found.set(found.get() + usize::from(passing > 0 && passing < ENTRIES));
            agrees_in_graphql(&gateway, &ledger, &filter).await
        });
        assert!(found.get() * 2 > cases.get(), "only {} of {} filters tell entries apart", found.get(), cases.get());
    }

    async fn any_single_test_and_its_opposite_split_the_ledger(gateway: Gateway) {
        let mut runner = runner();
        let ledger = Ledger::record(&gateway, &mut runner).await;
        hold(&mut runner, &condition(), async |condition| {
            let opposite = Filter::Not(Box::new(condition.clone()));
            agrees_in_graphql(&gateway, &ledger, &condition).await?;
            agrees_in_graphql(&gateway, &ledger, &opposite).await?;
            let mut both = [ledger.passing(&condition), ledger.passing(&opposite)].concat();
            both.sort_unstable();
            prop_assert_eq!(both, ledger.entries.iter().map(|entry| entry.id).collect::<Vec<_>>());
            Ok(())
        });
    }

    async fn any_filter_groups_find_in_the_database_what_they_mean(gateway: Gateway) {
        let mut runner = runner();
        let ledger = Ledger::record(&gateway, &mut runner).await;
        hold(&mut runner, &rest_groups(), async |groups| agrees_in_rest(&gateway, &ledger, &groups).await);
    }
}
