//! What a release has left is opened by every later version, brought up to its schema, and answered as that release did.
//! tests/data/upgrades has a folder for each: the databases and the answers, made once by `scripts/fixture`.

use std::fs;

use reqwest::Method;
use serde_json::{Value, json};

use crate::migrations::schema;
use crate::program_on_both_databases;
use crate::support::program::{Program, Serving};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/upgrades");

fn read(name: &str) -> String {
    fs::read_to_string(format!("{FOLDER}/{name}")).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The releases that have left something.
fn releases() -> Vec<String> {
    let found = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap());
    let folders = found.filter(|entry| entry.file_type().unwrap().is_dir());
    let mut releases: Vec<String> = folders.map(|folder| folder.file_name().into_string().unwrap()).collect();
    releases.sort();
    releases
}

/// What a release has left, in the program's database, which is empty: what is known of it.
async fn left_by(release: &str, program: &Program) -> Value {
    let kind = if program.is_sqlite() { "sqlite" } else { "postgres" };
    if program.is_sqlite() {
        program.write("ledger.db", "");
    }
    program.execute(&read(&format!("{release}/{kind}.sql"))).await;
    serde_json::from_str(&read(&format!("{release}/{kind}.json"))).unwrap()
}

async fn another(program: &Program) -> Program {
    if program.is_sqlite() { Program::on_sqlite() } else { Program::on_postgres().await }
}

/// Asks as the holder of a token.
async fn asked(serving: &Serving, token: &str, body: &Value) -> Value {
    let request = serving.request(Method::POST, "/graphql").bearer_auth(token).json(body);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer.get("errors"), None, "{body}: {answer:#}");
    answer["data"].clone()
}

/// The lines in which two values differ first.
fn difference(told: &Value, expected: &Value) -> String {
    let (told, expected) = (format!("{told:#}"), format!("{expected:#}"));
    let found = told.lines().zip(expected.lines()).enumerate().find(|(_, (told, expected))| told != expected);
    format!("line, what is told, what was told: {found:?}")
}

fn ids(list: &Value) -> Vec<&str> {
    list["nodes"].as_array().unwrap().iter().map(|node| node["entryId"].as_str().unwrap()).collect()
}

program_on_both_databases! {
    async fn every_release_s_ledger_is_brought_up_and_answered_as_it_was(program: Program) {
        let releases = releases();
        assert_eq!(releases.first().map(String::as_str), Some("0.1.0"), "the fixtures are looked for in the wrong place");
        for release in releases {
            let program = another(&program).await;
            let known = left_by(&release, &program).await;
            program.ok(&["migrate", "up"]);
            let fresh = another(&program).await;
            fresh.ok(&["migrate", "up"]);
            assert_eq!(schema(&program).await, schema(&fresh).await, "{release}: brought up, the schema is another one");
            let serving = program.serve(&[]).await;
            let (token, document) = (known["token"].as_str().unwrap(), read("questions.graphql"));
            let answers = known["answers"].as_object().unwrap();
            assert!(answers.len() >= 15, "{release} was asked {} questions", answers.len());
            for (name, expected) in answers {
                let told = asked(&serving, token, &json!({ "query": document, "operationName": name })).await;
                assert!(told == *expected, "{release}: {name}: {}", difference(&told, expected));
            }
            let ran = program.run(&["doctor", "--deep", "--json"]);
            let told: Value = serde_json::from_str(&ran.stdout).unwrap();
            for about in ["schema", "history", "entries"] {
                let found = told["findings"].as_array().unwrap().iter().find(|finding| finding["about"] == about);
                assert_eq!(found.map(|finding| &finding["ok"]), Some(&json!(true)), "{release}: {about}: {told:#}");
            }
        }
    }

    async fn the_ledger_of_0_1_0_has_what_was_put_into_it_and_goes_on(program: Program) {
        let known = left_by("0.1.0", &program).await;
        program.ok(&["migrate", "up"]);
        let unexported = program.exported("erp").iter().map(|entry| entry["id"].as_i64().unwrap()).collect::<Vec<_>>();
        assert_eq!(unexported, [12_i64, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 26, 27, 28, 29]);
        let serving = program.serve(&[]).await;
        assert_eq!(serving.get("/v10/accounting-entries").await.0, 401, "there are tokens");
        let token = known["token"].as_str().unwrap();
        let ask = async |query: &str| asked(&serving, token, &json!({ "query": query })).await;

        let ledger = ask("{ accountingEntries { totalCount { count } totals { currency debit credit } } }").await;
        assert_eq!(ledger["accountingEntries"], json!({
            "totalCount": { "count": 29 }, "totals": [{ "currency": "EUR", "debit": "8403.00", "credit": "8395.50" }] }));
        let lists = ask("{ pending: unexportedEntries(systemId: \"erp\", states: [PENDING]) { nodes { entryId } }
            failed: unexportedEntries(systemId: \"erp\", states: [FAILED]) { nodes { entryId } }
            parked: unexportedEntries(systemId: \"erp\", states: [PARKED]) { nodes { entryId } } }").await;
        assert_eq!(ids(&lists["pending"]), ["12", "13", "14", "19", "20", "21", "26", "27", "28", "29"]);
        assert_eq!(ids(&lists["failed"]), ["15", "16"]);
        assert_eq!(ids(&lists["parked"]), ["17", "18", "22", "23"]);
        for (id, kinds) in [
            (8, &["RECORDED", "EXPORTED", "UPDATED", "EXPORTED", "REPLAYED"][..]),
            (10, &["RECORDED", "EXPORTED", "WITHDRAWN", "EXPORTED", "REPLAYED"]),
            (12, &["RECORDED", "EXPORTED", "UNMARKED", "EXPORTED", "REPLAYED"]),
            (19, &["RECORDED", "FAILED", "REQUEUED"]),
            (22, &["RECORDED", "PARKED"]),
        ] {
            let query = format!("{{ accountingEntry(id: \"{id}\") {{ timeline {{ nodes {{ kind }} }} }} }}");
            let timeline = ask(&query).await["accountingEntry"]["timeline"]["nodes"].clone();
            let told: Vec<&str> = timeline.as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
            assert_eq!(told, kinds, "entry {id}");
        }

        // A consumer that kept its cursor hears what comes now, and nothing twice. What died with its worker is claimed anew.
        let heard = known["answers"]["Events"]["erp"]["nodes"].as_array().unwrap().last().unwrap()["cursor"].clone();
        let mark = "mutation { markExported(input: { entries: [{ entryId: \"12\", systemId: \"erp\" }] }) {
            exports { remarked } userErrors { code } } }";
        let marked = ask(mark).await["markExported"].clone();
        assert_eq!(marked, json!({ "exports": [{ "remarked": false }], "userErrors": [] }));
        let since = format!("{{ exportEvents(systemId: \"erp\", after: {heard}) {{ nodes {{ kind entryId }} }} }}");
        let begun = std::time::Instant::now();
        let mut told = ask(&since).await;
        while told["exportEvents"]["nodes"] == json!([]) {
            assert!(begun.elapsed() < std::time::Duration::from_secs(20), "the mark is not in the log");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            told = ask(&since).await;
        }
        assert_eq!(told["exportEvents"]["nodes"], json!([{ "kind": "EXPORTED", "entryId": "12" }]));
        let claim = "mutation { claimExports(input: { systemId: \"crm\", worker: \"three\", first: 10 }) {
            claim { entries { nodes { entry { entryId } } } } userErrors { code } } }";
        let claimed = ask(claim).await["claimExports"]["claim"]["entries"]["nodes"].clone();
        let claimed: Vec<&str> =
            claimed.as_array().unwrap().iter().map(|node| node["entry"]["entryId"].as_str().unwrap()).collect();
        assert!(claimed.contains(&"5"), "{claimed:?}");
    }
}
