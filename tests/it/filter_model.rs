//! Random filters over a random ledger: both databases, asked through GraphQL and through REST, find exactly
//! what `Filter::matches` says in plain Rust. The seed is fixed, so a run is the same each time.

use std::collections::BTreeSet;

use ledgate::domain::{
    CurrencyCode, Entry, EntryContent, Field, Filter, Kind, Money, Test, Timestamp, Value as Operand,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::Gateway;
use crate::support::gateway::ids;

const CASES: u32 = 64;
const ENTRIES: usize = 40;

/// What texts are made of: letters with surprising cases, and whatever means something to LIKE, to regular
/// expressions or to SQL.
const PIECES: [&str; 48] = [
    "a", "A", "é", "É", "e\u{301}", "E\u{301}", "σ", "ς", "Σ", "ß", "ẞ", "ss", "i", "I", "ı", "İ", "k",
    "\u{212a}", "ſ", "ῼ", "ǆ", "ǅ", "ⅷ", "\u{345}", "ι", "漢", "😀", "%", "_", "\\", "'", "\"", "[", "]",
    "^", "$", ".", "*", "(", "|", "?", "{", "-", "&", "#", " ", "\n", "",
];
const AMOUNTS: [i64; 9] = [i64::MIN, -125_000, -1, 0, 1, 125_000, 125_001, i64::MAX - 1, i64::MAX];
const DATES: [&str; 6] = ["0001-01-01", "0999-12-31", "2024-02-29", "2026-01-31", "2026-02-01", "9999-12-31"];
const CURRENCIES: [&str; 3] = ["EUR", "JPY", "USD"];
/// When entries are recorded, each third later, and what moments are compared with.
const MOMENTS: [&str; 3] = ["2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000001Z", "2026-03-02T00:00:00Z"];
const OTHER_MOMENTS: [&str; 3] =
    ["0001-01-01T00:00:00Z", "2026-03-01T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"];

fn text(pieces: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = String> {
    vec(select(&PIECES[..]), pieces).prop_map(|pieces| pieces.concat())
}

/// For what may not be empty.
fn some_text() -> impl Strategy<Value = String> {
    text(1..=2).prop_map(|text| if text.is_empty() { "a".to_owned() } else { text })
}

/// Mostly one piece, which more entries have.
fn searched_text() -> impl Strategy<Value = String> {
    let piece =
        select(&PIECES[..]).prop_filter("not empty", |piece| !piece.is_empty()).prop_map(str::to_owned);
    prop_oneof![2 => piece, 1 => some_text()]
}

fn money() -> impl Strategy<Value = Money> {
    select(&AMOUNTS[..]).prop_map(Money::from_ten_thousandths)
}

fn date() -> impl Strategy<Value = chrono::NaiveDate> {
    select(&DATES[..]).prop_map(|date| date.parse().unwrap())
}

fn currency() -> impl Strategy<Value = CurrencyCode> {
    select(&CURRENCIES[..]).prop_map(|code| code.parse().unwrap())
}

fn moment() -> impl Strategy<Value = Timestamp> {
    select([MOMENTS, OTHER_MOMENTS].concat()).prop_map(|moment| moment.parse().unwrap())
}

fn content() -> impl Strategy<Value = EntryContent> {
    let texts = (text(0..=3), some_text(), text(0..=2), some_text(), text(0..=4));
    let more_texts = vec(option::of(text(0..=3)), 6);
    let dates = (date(), vec(option::of(date()), 3));
    let amounts = (money(), money()).prop_filter("the amount fits", |(d, c)| d.checked_sub(*c).is_some());
    let foreign = (option::of(money()), option::of(currency()));
    (texts, more_texts, dates, amounts, currency(), foreign).prop_map(
        |(texts, more, (posting_date, dates), (debit, credit), currency, foreign)| EntryContent {
            external_id: texts.0,
            journal_code: texts.1,
            journal_name: more[0].clone(),
            entry_number: texts.2,
            posting_date,
            account_number: texts.3,
            account_name: more[1].clone(),
            subledger_account_number: more[2].clone(),
            subledger_account_name: more[3].clone(),
            document_reference: more[4].clone(),
            document_date: dates[0],
            description: texts.4,
            debit,
            credit,
            currency,
            foreign_amount: foreign.0,
            foreign_currency: foreign.1,
            reconciliation_code: more[5].clone(),
            reconciled_on: dates[1],
            validated_on: dates[2],
            attributes: Default::default(),
        },
    )
}

fn is_currency(field: Field) -> bool {
    matches!(field, Field::Currency | Field::ForeignCurrency)
}

fn operand(field: Field) -> BoxedStrategy<Operand> {
    match field.kind() {
        Kind::Id => {
            prop_oneof![0..=ENTRIES as i64 + 1, Just(i64::MIN), Just(i64::MAX)].prop_map(Operand::Id).boxed()
        }
        Kind::Text if is_currency(field) => {
            currency().prop_map(|currency| Operand::Text(currency.to_string())).boxed()
        }
        Kind::Text => text(0..=2).prop_map(Operand::Text).boxed(),
        Kind::Money => money().prop_map(Operand::Money).boxed(),
        Kind::Date => date().prop_map(Operand::Date).boxed(),
        Kind::Timestamp => moment().prop_map(Operand::Timestamp).boxed(),
    }
}

/// Any test that the field has.
fn test(field: Field) -> BoxedStrategy<Test> {
    let one = move || operand(field);
    let list = move || vec(operand(field), 1..=4);
    let compared = prop_oneof![
        one().prop_map(Test::Eq),
        one().prop_map(Test::Ne),
        one().prop_map(Test::Gt),
        one().prop_map(Test::Gte),
        one().prop_map(Test::Lt),
        one().prop_map(Test::Lte),
        list().prop_map(Test::In),
        list().prop_map(Test::NotIn),
        (one(), one()).prop_map(|(low, high)| Test::Between(low, high)),
        any::<bool>().prop_map(Test::IsNull),
    ];
    if field.kind() != Kind::Text || is_currency(field) {
        return compared.boxed();
    }
    let searched = prop_oneof![
        3 => searched_text().prop_map(Test::Contains),
        1 => searched_text().prop_map(Test::StartsWith),
        1 => searched_text().prop_map(Test::EndsWith),
    ];
    prop_oneof![1 => compared, 1 => searched].boxed()
}

fn field() -> impl Strategy<Value = Field> {
    select(&Field::ALL[..])
}

fn condition() -> impl Strategy<Value = Filter> {
    let single = field().prop_flat_map(|field| test(field).prop_map(move |test| Filter::Field(field, test)));
    let pair = field().prop_flat_map(|field| {
        vec(test(field).prop_map(move |test| Filter::Field(field, test)), 2).prop_map(Filter::All)
    });
    prop_oneof![3 => single, 1 => pair]
}

/// Any filter within the bounds.
fn filter() -> impl Strategy<Value = Filter> {
    condition().prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..=3).prop_map(Filter::All),
            vec(inner.clone(), 1..=3).prop_map(Filter::Any),
            inner.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
}

/// The name of the test in GraphQL, and what it compares with as JSON.
fn in_graphql(test: &Test) -> (&'static str, Value) {
    match test {
        Test::Eq(value) => ("eq", written(value)),
        Test::Ne(value) => ("ne", written(value)),
        Test::Gt(value) => ("gt", written(value)),
        Test::Gte(value) => ("gte", written(value)),
        Test::Lt(value) => ("lt", written(value)),
        Test::Lte(value) => ("lte", written(value)),
        Test::In(values) => ("in", values.iter().map(written).collect()),
        Test::NotIn(values) => ("notIn", values.iter().map(written).collect()),
        Test::Between(low, high) => ("between", json!([written(low), written(high)])),
        Test::IsNull(wanted) => ("isNull", json!(wanted)),
        Test::Contains(text) => ("contains", json!(text)),
        Test::StartsWith(text) => ("startsWith", json!(text)),
        Test::EndsWith(text) => ("endsWith", json!(text)),
    }
}

fn written(operand: &Operand) -> Value {
    match operand {
        Operand::Id(id) => json!(id.to_string()),
        Operand::Text(text) => json!(text),
        Operand::Money(money) => json!(money),
        Operand::Date(date) => json!(date),
        Operand::Timestamp(moment) => json!(moment),
    }
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap().to_owned();
    words.fold(first, |camel, word| camel + &word[..1].to_uppercase() + &word[1..])
}

/// The filter as the input object of GraphQL.
fn graphql(filter: &Filter) -> Value {
    match filter {
        Filter::All(parts) => together(parts).unwrap_or_else(|| json!({ "and": list(parts) })),
        Filter::Any(parts) => json!({ "or": list(parts) }),
        Filter::Not(part) => json!({ "not": graphql(part) }),
        Filter::Field(field, test) => {
            let (name, operand) = in_graphql(test);
            json!({ camel_case(field.name()): { name: operand } })
        }
    }
}

fn list(parts: &[Filter]) -> Value {
    parts.iter().map(graphql).collect()
}

/// Two parts as one object, fields and tests side by side, where none would hide the other.
fn together(parts: &[Filter]) -> Option<Value> {
    let [first, second] = parts else { return None };
    let (mut object, second) = (graphql(first), graphql(second));
    for (name, inner) in second.as_object()? {
        match object.get_mut(name) {
            None => object[name] = inner.clone(),
            Some(tests) => {
                for (test, operand) in inner.as_object()? {
                    if tests.get(test).is_some() {
                        return None;
                    }
                    tests.as_object_mut()?.insert(test.clone(), operand.clone());
                }
            }
        }
    }
    Some(object)
}

/// One filter of REST's groups: the condition, and whether there is `not` before it.
#[derive(Clone, Debug)]
struct RestFilter {
    field: Field,
    operator: &'static str,
    value: Value,
    not: bool,
    /// What that means.
    meaning: Filter,
}

/// Every operator of REST, with and without `not`.
fn rest_filter() -> impl Strategy<Value = RestFilter> {
    // Empty and "null" would mean a missing value.
    let is_value = |value: &Operand| !matches!(value, Operand::Text(text) if text.is_empty());
    let test = field().prop_flat_map(|field| test(field).prop_map(move |test| (field, test)));
    (test, any::<bool>()).prop_filter_map("no operator of REST", move |((field, test), not)| {
        let opposite = |negated: Test| Filter::Field(field, if not { negated } else { test.clone() });
        let outside = || {
            let filter = Filter::Field(field, test.clone());
            if not { Filter::Not(Box::new(filter)) } else { filter }
        };
        let (operator, meaning) = match test.clone() {
            Test::Eq(value) => ("eq", opposite(Test::Ne(value))),
            Test::Gt(value) => ("gt", opposite(Test::Lte(value))),
            Test::Gte(value) => ("gte", opposite(Test::Lt(value))),
            Test::Lt(value) => ("lt", opposite(Test::Gte(value))),
            Test::Lte(value) => ("lte", opposite(Test::Gt(value))),
            Test::In(values) => ("in", opposite(Test::NotIn(values))),
            Test::Between(..) => ("bt", outside()),
            Test::Contains(_) => ("ct", outside()),
            Test::StartsWith(_) => ("sw", outside()),
            Test::EndsWith(_) => ("ew", outside()),
            Test::IsNull(true) => ("eq", opposite(Test::IsNull(false))),
            Test::Ne(_) | Test::NotIn(_) | Test::IsNull(false) => return None,
        };
        let readable = match &test {
            Test::Eq(value) | Test::Gt(value) | Test::Gte(value) | Test::Lt(value) | Test::Lte(value) => {
                is_value(value)
            }
            Test::In(values) => values.iter().all(is_value),
            Test::Between(low, high) => is_value(low) && is_value(high),
            _ => true,
        };
        let value = match &test {
            Test::IsNull(_) => json!(null),
            _ => in_graphql(&test).1,
        };
        readable.then_some(RestFilter { field, operator, value, not, meaning })
    })
}

/// Groups: whether a group is joined by OR, and its filters.
fn rest_groups() -> impl Strategy<Value = Vec<(bool, Vec<RestFilter>)>> {
    vec((any::<bool>(), vec(rest_filter(), 1..=3)), 1..=3)
}

fn rest_meaning(groups: &[(bool, Vec<RestFilter>)]) -> Filter {
    let group = |(or, filters): &(bool, Vec<RestFilter>)| {
        let parts = filters.iter().map(|filter| filter.meaning.clone()).collect();
        if *or { Filter::Any(parts) } else { Filter::All(parts) }
    };
    Filter::All(groups.iter().map(group).collect())
}

fn rest_body(groups: &[(bool, Vec<RestFilter>)]) -> Value {
    let filter = |f: &RestFilter| json!({ "key": f.field.name(), "operator": f.operator, "value": f.value, "not": f.not });
    let group = |(or, filters): &(bool, Vec<RestFilter>)| json!({ "or": or, "filters": filters.iter().map(filter).collect::<Vec<_>>() });
    json!({ "filter_groups": groups.iter().map(group).collect::<Vec<_>>() })
}

fn rest_query(groups: &[(bool, Vec<RestFilter>)]) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (g, (or, filters)) in groups.iter().enumerate() {
        pairs.push((format!("filter_groups[{g}][or]"), or.to_string()));
        for (f, filter) in filters.iter().enumerate() {
            let at = format!("filter_groups[{g}][filters][{f}]");
            pairs.push((format!("{at}[key]"), filter.field.name().to_owned()));
            pairs.push((format!("{at}[operator]"), filter.operator.to_owned()));
            pairs.push((format!("{at}[not]"), u8::from(filter.not).to_string()));
            match &filter.value {
                Value::Array(values) => pairs.extend(
                    values.iter().map(|value| (format!("{at}[value][]"), value.as_str().unwrap().to_owned())),
                ),
                value => pairs.push((format!("{at}[value]"), value.as_str().unwrap_or("null").to_owned())),
            }
        }
    }
    pairs
}

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
