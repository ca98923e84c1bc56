//! What a person reads, whole: as `insta` keeps it here, a changed word shows in the review of the change.
//! `cargo insta review` (from `cargo install cargo-insta`) takes over what the tests saw.

use insta::{Settings, allow_duplicates, assert_snapshot};
use ledgate::ledger_files::DEMO;
use reqwest::Response;
use serde_json::{Value, json};

use crate::program_on_both_databases;
use crate::support::program::Program;
use crate::support::{Gateway, entries};

/// What is another text in every run has a name in its place.
fn named() -> insta::internals::SettingsBindDropGuard {
    let mut settings = Settings::clone_current();
    settings.add_filter(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?", "<moment>");
    settings.add_filter(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<uuid>");
    settings.add_filter(r"lgt_[0-9a-f_]+", "<token>");
    settings.add_filter(r"\b[0-9a-f]{8}\b", "<handle>");
    settings.add_filter(r" +(\n|$)", "$1");
    settings.bind_to_scope()
}

/// The body of a response as a person would lay it out.
async fn laid_out(response: Response) -> String {
    let status = response.status();
    let body: Value = response.json().await.unwrap();
    format!("{status}\n{body:#}")
}

program_on_both_databases! {
    async fn systems_are_a_table(program: Program) {
        let _named = named();
        program.write("demo.txt", DEMO);
        program.ok(&["import", "demo.txt"]);
        allow_duplicates! {
            assert_snapshot!(program.ok(&["systems"]), @"No entry has been marked for any system yet: every entry is still to be sent, whichever system asks.");
        }
        let serving = program.serve(&[]).await;
        for (entry, system) in [(2, "erp"), (1, "erp"), (1, "data-warehouse.frankfurt")] {
            assert_eq!(serving.mark(entry, system).send().await.unwrap().status(), 200);
        }
        allow_duplicates! {
            assert_snapshot!(program.ok(&["systems"]), @"
        SYSTEM                    BACKLOG  OLDEST  LAST MARK                    KNOWN SINCE
        data-warehouse.frankfurt  56       2       <moment>  <moment>
        erp                       55       3       <moment>  <moment>
        ");
        }
    }

    async fn tokens_are_a_table(program: Program) {
        let _named = named();
        program.ok(&["migrate", "up"]);
        allow_duplicates! {
            assert_snapshot!(program.ok(&["token", "list"]), @"No token was made yet. Until then, who reaches the server may do everything.");
        }
        let made = program.run(&["token", "create", "--name", "ERP sync", "--system", "erp", "--can", "export,mark"]);
        allow_duplicates! {
            assert_snapshot!(made.stdout, @"<token>");
        }
        allow_duplicates! {
            assert_snapshot!(made.stderr, @r#"This is the token "ERP sync". It is shown this once; whoever has it may export, mark."#);
        }
        program.ok(&["token", "revoke", "ERP sync"]);
        allow_duplicates! {
            assert_snapshot!(program.ok(&["token", "list"]), @"
        NAME      HANDLE    RIGHTS        SYSTEMS  CREATED                      LAST USED  EXPIRES  STATE
        ERP sync  <handle>  export, mark  erp      <moment>  –          –        revoked <moment>
        ");
        }
    }
}

#[test]
fn a_call_that_is_mistyped_is_told_what_was_meant() {
    let program = Program::on_sqlite();
    assert_snapshot!(program.run(&["imprt", "books.txt"]).stderr, @"
    error: unrecognized subcommand 'imprt'

      tip: some similar subcommands exist: 'export', 'migrate', 'import'

    Usage: ledgate [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
    assert_snapshot!(program.run(&["export"]).stderr, @"
    error: the following required arguments were not provided:
      --system <ID>

    Usage: ledgate export --system <ID>

    For more information, try '--help'.
    ");
    assert_snapshot!(program.run(&["export", "--system", "ERP sync"]).stderr, @r#"
    error: invalid value 'ERP sync' for '--system <ID>': a system id has 1 to 64 characters of A–Z a–z 0–9 . _ : -, for example "erp"

    For more information, try '--help'.
    "#);
}

#[test]
fn a_ledger_that_is_not_there_yet_is_told_with_the_way_to_it() {
    let mut program = Program::on_sqlite();
    program.set("LEDGATE_DATABASE_URL", "sqlite://ledger.db").set("LEDGATE_HTTP_LISTEN", "127.0.0.1:0");
    assert_snapshot!(program.run(&["doctor"]).stdout, @"
    ✓ configuration  no file, so defaults, environment and flags
    ✓ listen         127.0.0.1:0 is free
    ✗ database       there is no database sqlite://ledger.db yet. `ledgate import FILE` or `ledgate serve` makes it; if there should be one, check --database-url and the folder you are in
    ");
    assert_snapshot!(program.run(&["systems"]).stderr, @"error: there is no database sqlite://ledger.db yet. `ledgate import FILE` or `ledgate serve` makes it; if there should be one, check --database-url and the folder you are in");
}

#[tokio::test]
async fn a_problem_of_rest_has_a_sentence_for_each_fault() {
    let _named = named();
    let gateway = Gateway::on_sqlite().await;
    let path = "/v10/accounting-entries";
    assert_snapshot!(laid_out(gateway.get(&format!("{path}?colour=red")).await).await, @r#"
    400 Bad Request
    {
      "code": "BAD_USER_INPUT",
      "detail": "this call has no parameter of this name; it has: limit, after, sort, include",
      "errors": [
        {
          "code": "BAD_USER_INPUT",
          "message": "this call has no parameter of this name; it has: limit, after, sort, include",
          "path": [
            "colour"
          ]
        }
      ],
      "request_id": "<uuid>",
      "status": 400,
      "title": "Bad Request",
      "type": "urn:ledgate:problem:BAD_USER_INPUT"
    }
    "#);
    let entry = json!({
        "external_id": "VE:17", "journal_code": "VE", "entry_number": "17", "posting_date": "31.01.2026",
        "account_number": "707000", "description": "Sale", "debit": 120.5, "currency": "EUR",
    });
    let refused = gateway.post(path, &json!({ "accounting_entries": [entry] })).await;
    assert_snapshot!(laid_out(refused).await, @r#"
    422 Unprocessable Entity
    {
      "code": "INVALID_ENTRY",
      "detail": "posting_date: \"31.01.2026\" is not a date such as \"2026-01-31\"; debit: 120.5 is a number: write it in quotes: \"120.50\", since JSON numbers lose digits",
      "errors": [
        {
          "code": "INVALID_ENTRY",
          "message": "posting_date: \"31.01.2026\" is not a date such as \"2026-01-31\"",
          "path": [
            "accounting_entries",
            0,
            "posting_date"
          ]
        },
        {
          "code": "INVALID_ENTRY",
          "message": "debit: 120.5 is a number: write it in quotes: \"120.50\", since JSON numbers lose digits",
          "path": [
            "accounting_entries",
            0,
            "debit"
          ]
        }
      ],
      "request_id": "<uuid>",
      "status": 422,
      "title": "Unprocessable Entity",
      "type": "urn:ledgate:problem:INVALID_ENTRY"
    }
    "#);
    assert_snapshot!(laid_out(gateway.get(&format!("{path}/404")).await).await, @r#"
    404 Not Found
    {
      "code": "ENTRY_NOT_FOUND",
      "detail": "there is no entry 404",
      "request_id": "<uuid>",
      "status": 404,
      "title": "Not Found",
      "type": "urn:ledgate:problem:ENTRY_NOT_FOUND"
    }
    "#);
}

#[tokio::test]
async fn an_error_of_graphql_has_a_sentence_its_place_and_its_code() {
    let gateway = Gateway::on_sqlite().await;
    gateway.record(entries(1)).await;
    let ask = async |query: &str, variables: Value| {
        laid_out(gateway.post("/graphql", &json!({ "query": query, "variables": variables })).await).await
    };
    let filtered =
        "query($filter: AccountingEntryFilter) { accountingEntries(filter: $filter) { nodes { id } } }";
    assert_snapshot!(ask(filtered, json!({ "filter": { "debit": { "eq": 12.5 } } })).await, @r#"
    200 OK
    {
      "errors": [
        {
          "extensions": {
            "argument": [
              "filter",
              "debit",
              "eq"
            ],
            "code": "BAD_USER_INPUT"
          },
          "locations": [
            {
              "column": 7,
              "line": 1
            }
          ],
          "message": "filter.debit.eq: 12.5 is no Decimal: write it in quotes, such as \"1234.50\", since JSON numbers lose digits: up to 19 digits, 4 of them after the point"
        }
      ]
    }
    "#);
    assert_snapshot!(ask(filtered, json!({ "filter": { "description": {} } })).await, @r#"
    200 OK
    {
      "data": {
        "accountingEntries": null
      },
      "errors": [
        {
          "extensions": {
            "argument": [
              "filter",
              "description"
            ],
            "code": "INVALID_FILTER"
          },
          "locations": [
            {
              "column": 41,
              "line": 1
            }
          ],
          "message": "{} has no condition in it: leave it out, or write the condition that you mean",
          "path": [
            "accountingEntries"
          ]
        }
      ]
    }
    "#);
    let mark = "mutation { markExported(input: { entries: [{ entryId: 1, systemId: \"erp\" }, { entryId: 9, systemId: \"erp\" }] }) {
        exports { entryId systemId } userErrors { code message field entryId } } }";
    assert_snapshot!(ask(mark, json!({})).await, @r#"
    200 OK
    {
      "data": {
        "markExported": {
          "exports": [
            {
              "entryId": "1",
              "systemId": "erp"
            }
          ],
          "userErrors": [
            {
              "code": "ENTRY_NOT_FOUND",
              "entryId": "9",
              "field": [
                "entries",
                "1",
                "entryId"
              ],
              "message": "there is no entry 9; nothing was marked for this item"
            }
          ]
        }
      }
    }
    "#);
}
