//! Money is exact from every door to every other, at both ends of its range and between.

use ledgate::ledger_files::{Format, Options};
use ledgate::service::{ImportOrder, Source};
use reqwest::Method;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::gateway::entry;
use crate::support::{Gateway, ndjson};

/// As it is written, and the whole number of ten-thousandths that the databases keep.
const AMOUNTS: [(&str, i64); 13] = [
    ("-922337203685477.5808", i64::MIN),
    ("-922337203685477.5807", -i64::MAX),
    ("-123456789012345.6789", -1_234_567_890_123_456_789),
    ("-12.50", -125_000),
    ("-0.0001", -1),
    ("0.00", 0),
    ("0.0001", 1),
    ("0.10", 1_000),
    ("0.125", 1_250),
    // No binary float of 64 bits has this value.
    ("90071992547409.9300", 900_719_925_474_099_300),
    ("123456789012345.6789", 1_234_567_890_123_456_789),
    ("922337203685477.5806", i64::MAX - 1),
    ("922337203685477.5807", i64::MAX),
];

/// The last digit may be a zero, which is not written.
fn written(text: &str) -> String {
    text.strip_suffix("00")
        .filter(|text| text.rsplit_once('.').is_some_and(|(_, digits)| digits.len() == 2))
        .unwrap_or(text)
        .to_owned()
}

/// In GraphQL: debit, and the foreign amount.
fn entry_of(name: &str, text: &str) -> Value {
    let mut entry = entry(name);
    entry["debit"] = json!(text);
    entry["credit"] = json!("0");
    entry["foreignAmount"] = json!(text);
    entry["foreignCurrency"] = json!("EUR");
    entry
}

fn content_of(name: &str, text: &str) -> Value {
    json!({
        "external_id": name, "journal_code": "VE", "entry_number": "1", "posting_date": "2026-01-31",
        "account_number": "707000", "description": "", "debit": text, "credit": "0", "currency": "EUR",
        "foreign_amount": text,
    })
}

/// A statement of another program. The numbers stand in its text as they are.
async fn run(gateway: &Gateway, sql: &str) -> Result<u64, sea_orm::DbErr> {
    gateway.other_program().await.execute_unprepared(sql).await.map(|done| done.rows_affected())
}

async fn insert(gateway: &Gateway, name: &str, debit: i64, credit: i64) -> Result<u64, sea_orm::DbErr> {
    // SQLite reads the smallest number as a real one when it is written out.
    let number = |n: i64| if n == i64::MIN { format!("(-{} - 1)", i64::MAX) } else { n.to_string() };
    let (debit, credit) = (number(debit), number(credit));
    let sql = format!(
        "INSERT INTO accounting_entries (external_id, journal_code, entry_number, posting_date, account_number,
            description, debit_ten_thousandths, credit_ten_thousandths, foreign_amount_ten_thousandths)
         VALUES ('{name}', 'VE', '1', '2026-01-31', '707000', '', {debit}, {credit}, {debit})"
    );
    run(gateway, &sql).await
}

/// (external id, debit, amount, foreign amount) of every entry, as the database keeps them.
async fn raw(gateway: &Gateway) -> Vec<(String, [i64; 3])> {
    let columns = ["debit_ten_thousandths", "amount_ten_thousandths", "foreign_amount_ten_thousandths"];
    let sql = format!("SELECT external_id, {} FROM accounting_entries ORDER BY id", columns.join(", "));
    let rows = gateway
        .other_program()
        .await
        .query_all_raw(Statement::from_string(gateway.backend(), sql))
        .await
        .unwrap();
    let number = |row: &sea_orm::QueryResult, name: &str| row.try_get::<i64>("", name).unwrap();
    rows.iter()
        .map(|row| {
            let name = row.try_get::<String>("", "external_id").unwrap();
            (name, columns.map(|column| number(row, column)))
        })
        .collect()
}

async fn rest(gateway: &Gateway, path: &str, accept: &str) -> String {
    let response = gateway.request(Method::GET, path).header("accept", accept).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.text().await.unwrap()
}

/// The external ids that pass, through GraphQL and through REST, which have to agree.
async fn passing(gateway: &Gateway, test: &str, values: &[&str]) -> Vec<String> {
    let operand = if test == "between" { json!(values) } else { json!(values[0]) };
    let query =
        "query($f: AccountingEntryFilter!) { accountingEntries(filter: $f) { nodes { externalId } } }";
    let data = gateway.data(query, json!({ "f": { "amount": { test: operand } } })).await;
    let names = |list: &Value, name: &str| -> Vec<String> {
        list.as_array().unwrap().iter().map(|entry| entry[name].as_str().unwrap().to_owned()).collect()
    };
    let in_graphql = names(&data["accountingEntries"]["nodes"], "externalId");
    let operator = if test == "between" { "bt" } else { test };
    let groups = json!({ "filter_groups": [{ "filters": [["amount", operator, operand]] }] });
    let request = gateway.request(Method::GET, "/v10/accounting-entries").json(&groups);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(names(&answer["accounting_entries"], "external_id"), in_graphql, "{test} {values:?}");
    in_graphql
}

on_both_databases! {
    async fn an_amount_comes_back_as_itself_from_every_door(gateway: Gateway) {
        let mut expected = Vec::new();
        for (number, (text, raw)) in AMOUNTS.into_iter().enumerate() {
            let [graphql, rest, sql] = ["graphql", "rest", "sql"].map(|door| format!("{number}:{door}"));
            gateway.record(vec![entry_of(&graphql, text)]).await;
            let body = json!({ "accounting_entries": [content_of(&rest, text)] });
            let answer: Value = gateway.post("/v10/accounting-entries", &body).await.json().await.unwrap();
            assert_eq!(answer["accounting_entries"][0]["debit"], json!(written(text)), "{answer:#}");
            assert_eq!(insert(&gateway, &sql, raw, 0).await.unwrap(), 1);
            expected.extend([graphql, rest, sql].map(|name| (name, written(text), raw)));
        }
        let kept: Vec<(String, [i64; 3])> = expected.iter().map(|(name, _, raw)| (name.clone(), [*raw; 3])).collect();
        assert_eq!(raw(&gateway).await, kept);

        let query = "{ accountingEntries { nodes { externalId debit credit amount foreignAmount } } }";
        let nodes = gateway.data(query, json!({})).await["accountingEntries"]["nodes"].clone();
        let shown: Vec<Value> = expected.iter().map(|(name, text, _)| json!({
            "externalId": name, "debit": text, "credit": "0.00", "amount": text, "foreignAmount": text,
        })).collect();
        assert_eq!(nodes, json!(shown));

        let list = rest(&gateway, "/v10/accounting-entries?limit=500", "application/json").await;
        let stream = rest(&gateway, "/v10/accounting-entries/export?system_id=erp", "application/json").await;
        let lines = rest(&gateway, "/v10/accounting-entries/export?system_id=erp", "application/x-ndjson").await;
        for text in [&list, &stream] {
            let answer: Value = serde_json::from_str(text).unwrap();
            let money: Vec<[&Value; 3]> = answer["accounting_entries"].as_array().unwrap().iter()
                .map(|entry| ["debit", "amount", "foreign_amount"].map(|name| &entry[name])).collect();
            let texts: Vec<Value> = expected.iter().map(|(_, text, _)| json!(text)).collect();
            assert_eq!(money, texts.iter().map(|text| [text; 3]).collect::<Vec<_>>());
        }
        let lines = ndjson::entries(&lines);
        for (line, (_, text, _)) in lines.iter().zip(&expected) {
            assert_eq!(line["amount"], json!(text));
        }
        assert_eq!(lines.len(), expected.len());
    }

    async fn one_ten_thousandth_makes_a_difference(gateway: Gateway) {
        for (number, (_, raw)) in AMOUNTS.into_iter().enumerate() {
            // As the difference of two large amounts as well.
            let half = raw / 2;
            insert(&gateway, &format!("{number}"), half, half - raw).await.unwrap();
        }
        let all: Vec<String> = (0..AMOUNTS.len()).map(|number| number.to_string()).collect();
        for (number, (text, raw)) in AMOUNTS.into_iter().enumerate() {
            assert_eq!(passing(&gateway, "eq", &[text]).await, all[number..=number], "{text}");
            assert_eq!(passing(&gateway, "lt", &[text]).await, all[..number], "{text}");
            assert_eq!(passing(&gateway, "lte", &[text]).await, all[..=number], "{text}");
            assert_eq!(passing(&gateway, "gt", &[text]).await, all[number + 1..], "{text}");
            assert_eq!(passing(&gateway, "gte", &[text]).await, all[number..], "{text}");
            assert_eq!(passing(&gateway, "between", &[text, text]).await, all[number..=number], "{text}");
            let neighbours = [raw.checked_sub(1), raw.checked_add(1)];
            for neighbour in neighbours.into_iter().flatten() {
                let text = ledgate::domain::Money::from_ten_thousandths(neighbour).to_string();
                let expected = AMOUNTS.iter().position(|(_, raw)| *raw == neighbour).map(|at| all[at].clone());
                assert_eq!(passing(&gateway, "eq", &[&text]).await, Vec::from_iter(expected), "{text}");
            }
        }
        let ends = passing(&gateway, "between", &["-922337203685477.5808", "922337203685477.5807"]).await;
        assert_eq!(ends, all);
    }

    async fn a_difference_out_of_range_is_refused_with_its_place(gateway: Gateway) {
        let query = "mutation($entries: [AccountingEntryInput!]!) { recordAccountingEntries(input: { entries: $entries }) {
            userErrors { field code message } } }";
        for (debit, credit, fits) in [
            ("922337203685477.5807", "-0.0001", false),
            ("922337203685477.5807", "-922337203685477.5808", false),
            ("-922337203685477.5808", "0.0001", false),
            ("0", "-922337203685477.5808", false),
            ("922337203685477.5807", "0.0001", true),
            ("-922337203685477.5808", "-922337203685477.5808", true),
            ("-0.0001", "922337203685477.5807", true),
        ] {
            let name = format!("{debit} {credit}");
            let mut in_graphql = entry_of(&name, debit);
            in_graphql["credit"] = json!(credit);
            let mut in_rest = content_of(&name, debit);
            in_rest["credit"] = json!(credit);
            let data = gateway.data(query, json!({ "entries": [entry_of("fits", "1"), in_graphql] })).await;
            let errors = data["recordAccountingEntries"]["userErrors"].as_array().unwrap();
            let body = json!({ "accounting_entries": [content_of("fits", "1"), in_rest] });
            let response = gateway.post("/v10/accounting-entries", &body).await;
            if fits {
                assert_eq!(errors.len(), 0, "{name}");
                assert_eq!(response.status(), 200, "{name}");
                continue;
            }
            assert_eq!(errors.len(), 1, "{name}");
            assert_eq!(errors[0]["field"], json!(["entries", "1", "debit"]));
            assert_eq!(errors[0]["code"], json!("INVALID_ENTRY"));
            assert!(errors[0]["message"].as_str().unwrap().contains("out of range"), "{errors:?}");
            assert_eq!(response.status(), 422);
            let problem: Value = response.json().await.unwrap();
            assert_eq!(problem["errors"][0]["path"], json!(["accounting_entries", 1, "debit"]));
            assert_eq!(problem["code"], json!("INVALID_ENTRY"));
        }
        // Another program is held to it by the database.
        for (debit, credit) in [(i64::MAX, -1), (i64::MIN, 1), (0, i64::MIN), (i64::MAX, i64::MIN)] {
            assert!(insert(&gateway, "elsewhere", debit, credit).await.is_err(), "{debit} {credit}");
        }
        assert_eq!(raw(&gateway).await.len(), 4);
    }

    async fn other_programs_cannot_write_what_is_no_whole_number(gateway: Gateway) {
        for value in ["1.5", "'12.50'", "'a'", "1e19", "9223372036854775808"] {
            let sql = format!(
                "INSERT INTO accounting_entries (external_id, journal_code, entry_number, posting_date, account_number,
                    description, debit_ten_thousandths, credit_ten_thousandths) VALUES ('x', 'VE', '1', '2026-01-31', '707000', '', {value}, 0)"
            );
            let done = run(&gateway, &sql).await;
            // PostgreSQL rounds a number with a fraction, as its documentation says: to a whole one.
            if gateway.backend() == sea_orm::DbBackend::Postgres && value == "1.5" {
                assert_eq!(done.unwrap(), 1);
                assert_eq!(run(&gateway, "UPDATE accounting_entries SET debit_ten_thousandths = 20000 WHERE debit_ten_thousandths = 2").await.unwrap(), 1);
                continue;
            }
            assert!(done.is_err(), "{value}");
        }
        let shown = gateway.data("{ accountingEntries { nodes { debit } } }", json!({})).await;
        let debits = shown["accountingEntries"]["nodes"].as_array().unwrap();
        assert!(debits.iter().all(|node| node["debit"] == json!("2.00")), "{debits:?}");
    }

    async fn a_number_without_quotes_is_refused_with_the_reason(gateway: Gateway) {
        for number in [json!(12.5), json!(12), json!(123_456_789_012_345.67)] {
            let mut entry = entry_of("x", "0");
            entry["debit"] = number.clone();
            let query = "mutation($entries: [AccountingEntryInput!]!) { recordAccountingEntries(input: { entries: $entries }) {
                userErrors { message } } }";
            let answer = gateway.graphql(query, json!({ "entries": [entry] })).await;
            let message = answer["errors"][0]["message"].as_str().unwrap();
            assert!(message.contains("JSON numbers lose digits"), "{message}");
            let mut content = content_of("x", "0");
            content["debit"] = number;
            let response = gateway.post("/v10/accounting-entries", &json!({ "accounting_entries": [content] })).await;
            assert_eq!(response.status(), 422);
            let problem: Value = response.json().await.unwrap();
            assert_eq!(problem["errors"][0]["path"], json!(["accounting_entries", 0, "debit"]));
            assert!(problem["detail"].as_str().unwrap().contains("JSON numbers lose digits"), "{problem:#}");
        }
        assert_eq!(raw(&gateway).await, []);
    }

    async fn sums_are_exact(gateway: Gateway) {
        // More than one amount can hold, and digits that a float would lose.
        let amounts = ["922337203685477.5807", "922337203685477.5807", "0.0001", "123456789012345.6789", "-0.0002"];
        let lines: String = amounts
            .iter()
            .enumerate()
            .map(|(number, text)| content_of(&number.to_string(), text).to_string() + "\n")
            .collect();
        let options = Options { format: Some(Format::Ndjson), ..Options::default() };
        let file = Source { name: "amounts".to_owned(), input: Box::new(std::io::Cursor::new(lines)) };
        let order = ImportOrder::new(vec![file], options, "amounts");
        let summary = gateway.ledger.import(order, "import", |_| ()).await.unwrap().summary;
        assert_eq!(summary.inserted, 5);
        assert_eq!(serde_json::to_value(&summary).unwrap()["debit"], json!("1968131196383300.8402"));
        assert_eq!(serde_json::to_value(&summary).unwrap()["credit"], json!("0.00"));

        // What another program adds up in SQL, as long as its own numbers reach.
        let sql = "SELECT CAST(sum(debit_ten_thousandths) AS BIGINT) AS sum FROM accounting_entries WHERE debit_ten_thousandths <> 9223372036854775807";
        let statement = Statement::from_string(gateway.backend(), sql);
        let row = gateway.other_program().await.query_one_raw(statement).await.unwrap().unwrap();
        assert_eq!(row.try_get::<i64>("", "sum").unwrap(), 1_234_567_890_123_456_788);
    }
}
