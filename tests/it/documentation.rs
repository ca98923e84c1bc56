//! What the documentation shows is what happens.

use std::path::Path;
use std::process::{Command, Stdio};

use ledgate::domain::Code;
use sea_orm::ConnectionTrait;
use serde_json::Value;

use crate::support::program::Program;

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The first block of that language.
fn block<'a>(text: &'a str, language: &str) -> &'a str {
    let (_, rest) =
        text.split_once(&format!("```{language}\n")).unwrap_or_else(|| panic!("no {language} block"));
    rest.split_once("\n```").unwrap().0
}

#[test]
fn every_code_of_the_catalogue_is_explained_once() {
    let text = read("docs/errors.md");
    for code in Code::ALL {
        let rows = text.lines().filter(|line| line.starts_with(&format!("| `{code}` |")));
        assert_eq!(rows.count(), 1, "docs/errors.md has to explain {code} in one row");
    }
    let rows = text.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, Code::ALL.len(), "docs/errors.md explains a code that is not in the catalogue");
}

#[test]
fn the_wire_form_of_a_code_is_the_same_everywhere() {
    for code in Code::ALL {
        assert_eq!(serde_json::to_value(code).unwrap(), Value::from(code.as_str()));
    }
}

/// A setting of the defaults, as `section.name` and its value.
fn defaults() -> Vec<(String, String)> {
    let (mut section, mut settings) = (String::new(), Vec::new());
    for line in ledgate::config::DEFAULTS.lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name.to_owned();
        } else if let Some((name, value)) = line.split_once(" = ") {
            settings.push((format!("{section}.{name}"), value.to_owned()));
        }
    }
    settings
}

#[test]
fn the_limits_in_the_documentation_are_the_defaults() {
    let text = read("docs/security.md");
    let defaults = defaults();
    let mut rows = 0;
    for row in text.lines().filter_map(|line| line.strip_prefix("| `")) {
        let cells: Vec<&str> = row.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let Some((_, value)) = defaults.iter().find(|(setting, _)| setting == cells[0]) else {
            // Tables of other sections are none of this test's.
            assert!(
                !cells[0].starts_with("graphql.") && !cells[0].starts_with("http."),
                "{row}: no such setting"
            );
            continue;
        };
        assert_eq!(cells[1], value, "{row}");
        rows += 1;
    }
    assert!(rows >= 20, "only {rows} rows were found: the test looks in the wrong place");
    for (setting, _) in defaults.iter().filter(|(setting, _)| setting.starts_with("graphql.max_")) {
        assert!(text.contains(&format!("| `{setting}` |")), "docs/security.md does not tell {setting}");
    }
}

/// The README's first question, asked of the demo as it stands there, gets the answer that stands there.
#[tokio::test]
async fn the_readme_shows_the_answer_that_the_demo_gives() {
    let readme = read("README.md");
    let (_, curl) = readme.split_once("```sh\ncurl ").unwrap();
    let command = format!("curl -sS {}", curl.split_once("\n```").unwrap().0);
    let program = Program::on_sqlite();
    let demo = program.serve(&["--demo"]).await;
    let command = command.replace("http://127.0.0.1:8080", &demo.url);
    let output = Command::new("sh").arg("-c").arg(&command).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let shown: Value = serde_json::from_str(block(&readme, "json")).unwrap();
    assert_eq!(answer, shown);
}

crate::program_on_both_databases! {
    async fn the_example_of_a_foreign_insert_is_what_it_says(program: Program) {
        program.ok(&["migrate", "up"]);
        let text = read("docs/other-programs.md");
        program.execute(block(&text, "sql")).await;
        let exported = program.exported("any");
        let amounts: Vec<[&str; 3]> = exported
            .iter()
            .map(|entry| ["account_number", "debit", "credit"].map(|name| entry[name].as_str().unwrap()))
            .collect();
        assert_eq!(amounts, [["411000", "120.00", "0.00"], ["707000", "0.00", "100.00"], ["445710", "0.00", "20.00"]]);
    }

    async fn the_database_itself_tells_what_every_table_and_column_is(program: Program) {
        program.ok(&["migrate", "up"]);
        let sql = match program.is_sqlite() {
            true => "SELECT sql AS text FROM sqlite_master WHERE sql LIKE 'CREATE TABLE%' AND name NOT LIKE 'seaql%' AND name NOT LIKE 'sqlite%'",
            // As in the text of SQLite: a line for the table, and one for each column.
            false => {
                "SELECT concat_ws(' -- ', 'CREATE TABLE ' || c.relname || ' (', obj_description(c.oid)) || chr(10) ||
                    string_agg(concat_ws(' -- ', a.attname, col_description(c.oid, a.attnum)), chr(10)) AS text
                 FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                 WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0
                 AND c.relname NOT LIKE 'seaql%' GROUP BY c.oid, c.relname"
            }
        };
        let other = program.other_program().await;
        let statement = sea_orm::Statement::from_string(other.get_database_backend(), sql);
        let tables = other.query_all_raw(statement).await.unwrap();
        assert!(tables.len() >= 8, "{} tables", tables.len());
        for table in tables {
            let text: String = table.try_get("", "text").unwrap();
            let is_named = |line: &&str| {
                line.starts_with("CREATE TABLE") || line.trim().starts_with(|first: char| first.is_ascii_lowercase())
            };
            for line in text.lines().filter(is_named) {
                assert!(line.contains(" -- "), "the migration has no comment in this line: {line}\n{text}");
            }
        }
    }

    async fn the_database_itself_tells_the_unit_of_every_amount(program: Program) {
        program.ok(&["migrate", "up"]);
        let sql = match program.is_sqlite() {
            true => "SELECT sql AS text FROM sqlite_master WHERE name = 'accounting_entries'",
            false => {
                "SELECT string_agg(a.attname || ' ' || col_description(a.attrelid, a.attnum), chr(10)) AS text
                 FROM pg_attribute a WHERE a.attrelid = 'accounting_entries'::regclass AND a.attnum > 0"
            }
        };
        let other = program.other_program().await;
        let statement = sea_orm::Statement::from_string(other.get_database_backend(), sql);
        let text: String = other.query_one_raw(statement).await.unwrap().unwrap().try_get("", "text").unwrap();
        for name in ["debit", "credit", "amount", "foreign_amount"] {
            let column = format!("{name}_ten_thousandths ");
            let line = text.lines().find(|line| line.trim().starts_with(&column));
            assert!(line.is_some_and(|line| line.contains("in ten-thousandths of")), "{name}: {text}");
        }
        for name in ["created_at", "updated_at"] {
            let line = text.lines().find(|line| line.trim().starts_with(name));
            assert!(line.is_some_and(|line| line.contains("in microseconds since 1970")), "{name}: {text}");
        }
    }
}
