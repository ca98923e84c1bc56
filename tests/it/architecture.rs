//! Imports run one way: the table below says which module may import which, and the sources keep to it.

mod graph;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The modules in ranks: by name, with those it may import. A row names rows above it only, so there is no circle.
/// docs/ARCHITECTURE.md explains them.
const MODULES: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("config", &[]),
    ("telemetry", &["config"]),
    ("entities", &["domain"]),
    ("ledger_files", &["domain"]),
    ("store", &["domain", "config", "entities"]),
    ("service", &["domain", "config", "telemetry", "ledger_files", "store"]),
    ("ledgers", &["domain", "config", "telemetry", "store", "service"]),
    ("request", &["domain", "config", "service"]),
    ("graphql", &["domain", "config", "telemetry", "service", "request"]),
    ("rest", &["domain", "config", "telemetry", "service", "request"]),
    // `store` for the question whether the schema fits (`/readyz`).
    ("http", &["domain", "config", "telemetry", "store", "service", "ledgers", "request", "graphql", "rest"]),
    ("app", &["config", "service", "ledgers", "graphql", "http"]),
    (
        "cli",
        &[
            "domain",
            "config",
            "telemetry",
            "ledger_files",
            "store",
            "service",
            "ledgers",
            "request",
            "graphql",
            "rest",
            "http",
            "app",
        ],
    ),
];

/// Circles between files that are there all the same: who uses whom, and why. A module and those inside of it may use each
/// other: they are one.
const CIRCLES: &[(&str, &str, &str)] = &[
    (
        "graphql::export",
        "graphql::entry",
        "an entry has its exports and an export its entry, so their types know each other",
    ),
    (
        "graphql::written::export",
        "graphql::written::entry",
        "an entry is written with its exports, and an export with its entry",
    ),
    (
        "graphql::system",
        "graphql::entry",
        "a system has its oldest unexported entry, and the marks of an entry have their systems",
    ),
    (
        "graphql::status",
        "graphql::entry",
        "an entry has its status for a system, and the status its entry's key",
    ),
    (
        "graphql::export_failure",
        "graphql::entry",
        "the status of an entry has its last failure, and a failure its entry",
    ),
    ("graphql::claim", "graphql::entry", "the status of an entry has its claim, and a claim its entries"),
    ("graphql::claim", "graphql::voucher", "the status of a voucher has its claim, and a claim its vouchers"),
    (
        "graphql::voucher",
        "graphql::entry_connection",
        "a voucher has pages of its entries, and an entry its voucher",
    ),
    (
        "graphql::types",
        "graphql::mutation",
        "the list of the schema's types begins at its roots, and what writes answers asks that list",
    ),
    (
        "graphql::types",
        "graphql::query",
        "the list of the schema's types begins at its roots, and what writes answers asks that list",
    ),
    (
        "graphql::types",
        "graphql::subscription",
        "the list of the schema's types begins at its roots, and what writes answers asks that list",
    ),
    (
        "graphql::filter",
        "graphql::filter_reading",
        "a filter's field has the trait by which it is read, and the trait is written for the types of filters",
    ),
    (
        "graphql::arguments::definitions",
        "graphql::arguments::reader",
        "the values of variables are read like those of arguments, which may be variables",
    ),
];

/// Longest file of code, in lines.
const MAX_LINES: usize = 300;

/// What a module may import, by the table.
fn allowed(module: &str) -> Option<&'static [&'static str]> {
    MODULES.iter().find(|(name, _)| *name == module).map(|(_, allowed)| *allowed)
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file below the folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for item in std::fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The lines of code with their numbers.
fn code(file: &Path) -> Vec<(usize, String)> {
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim().to_owned()));
    lines.filter(|(_, line)| !line.starts_with("//")).collect()
}

/// The modules that a line reaches by `crate::…`.
fn imported(line: &str) -> Vec<&str> {
    let name = |text: &str| text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let mut found = Vec::new();
    for rest in line.split("crate::").skip(1) {
        assert!(!rest.starts_with('{'), "one `use` a module, or this test does not see it: {line}");
        found.push(&rest[..name(rest)]);
    }
    found
}

#[test]
fn every_module_has_a_row_in_the_table_and_rows_name_only_rows_above() {
    let mut modules: Vec<String> = std::fs::read_to_string(root().join("src/lib.rs"))
        .unwrap()
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned))
        .collect();
    modules.sort();
    let mut rows: Vec<&str> = MODULES.iter().map(|(name, _)| *name).collect();
    for (index, (name, allowed)) in MODULES.iter().enumerate() {
        for import in *allowed {
            assert!(rows[..index].contains(import), "{name} may import {import}, which is not above it");
        }
    }
    rows.sort_unstable();
    assert_eq!(rows, modules);
}

#[test]
fn modules_import_what_the_table_allows_and_nothing_else() {
    let src = root().join("src");
    let (mut faults, mut seen) = (Vec::new(), 0);
    for file in sources(&src) {
        let inside = file.strip_prefix(&src).unwrap();
        let module = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        let Some(may) = allowed(module) else { continue };
        for (number, line) in code(&file) {
            for import in imported(&line).into_iter().filter(|import| allowed(import).is_some()) {
                seen += 1;
                if import != module && !may.contains(&import) {
                    faults
                        .push(format!("src/{}:{number}: {module} may not import {import}", inside.display()));
                }
            }
        }
    }
    assert!(seen > 100, "only {seen} imports were found: the test looks in the wrong place");
    assert!(faults.is_empty(), "the table above says which imports there are:\n{}", faults.join("\n"));
}

#[test]
fn the_domain_and_the_readers_of_files_know_no_server_and_no_database() {
    let mut faults = Vec::new();
    for folder in ["src/domain", "src/ledger_files"] {
        for file in sources(&root().join(folder)) {
            for (number, line) in code(&file) {
                for stranger in ["async_graphql", "axum", "sea_orm", "sqlx", "tokio", "utoipa"] {
                    if line.contains(&format!("{stranger}::")) {
                        faults.push(format!("{}:{number}: {line}", file.display()));
                    }
                }
            }
        }
    }
    assert_eq!(faults, [] as [&str; 0]);
}

#[test]
fn no_file_is_longer_than_a_reader_can_take_in() {
    let (mut faults, mut seen) = (Vec::new(), 0);
    for folder in ["src", "migrations", "tests"] {
        for file in sources(&root().join(folder)) {
            let lines = std::fs::read_to_string(&file).unwrap().lines().count();
            seen += 1;
            if lines > MAX_LINES {
                let name = file.strip_prefix(root()).unwrap().display();
                faults.push(format!("{name}: {lines} lines"));
            }
        }
    }
    assert!(seen > 100, "only {seen} files were found: the test looks in the wrong place");
    assert!(faults.is_empty(), "more than {MAX_LINES} lines:\n{}", faults.join("\n"));
}

/// Cargo.toml tells cargo not to look for these.
#[test]
fn no_test_stands_where_none_is_looked_for() {
    let mut faults = Vec::new();
    for folder in ["src", "migrations"] {
        for file in sources(&root().join(folder)) {
            let text = std::fs::read_to_string(&file).unwrap();
            let tests_are_run = folder == "src" && !file.ends_with("main.rs");
            if !tests_are_run && text.contains("#[test]") {
                faults.push(format!("{}: a test", file.display()));
            }
            let comments = text.lines().filter(|line| line.trim().starts_with("//"));
            let fences = comments
                .filter_map(|line| line.trim().trim_start_matches(['/', '!', ' ']).strip_prefix("```"));
            // Every second one is the end of a block.
            for language in fences.step_by(2).filter(|language| *language != "text") {
                faults.push(format!("{}: an example in the documentation, in {language:?}", file.display()));
            }
        }
    }
    assert_eq!(faults, [] as [&str; 0]);
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let src = root().join("src");
    let mut texts = BTreeMap::new();
    for file in sources(&src) {
        let inside = file.strip_prefix(&src).unwrap().with_extension("");
        let mut module: graph::Module = inside.iter().map(|step| step.to_str().unwrap().to_owned()).collect();
        if module.last().is_some_and(|last| last == "mod" || last == "lib" || last == "main") {
            module.pop();
        }
        if !module.is_empty() {
            texts.insert(module, std::fs::read_to_string(file).unwrap());
        }
    }
    let mut graph = graph::graph(&texts);
    let found: usize = graph.values().map(|targets| targets.len()).sum();
    assert!(found > 300, "only {found} uses were found: the test looks in the wrong place");
    for (module, targets) in &mut graph {
        targets.retain(|target| !module.starts_with(target));
    }
    for (user, used, why) in CIRCLES {
        let path = |name: &str| name.split("::").map(str::to_owned).collect::<Vec<_>>();
        let listed = graph.get_mut(&path(user)).is_some_and(|targets| targets.remove(&path(used)));
        assert!(listed, "{user} does not use {used} any more ({why}): take it out of the list");
    }
    if let Some(circle) = graph::circle(&graph) {
        let names: Vec<String> = circle.iter().map(|module| module.join("::")).collect();
        panic!("these files use each other in a circle: {}", names.join(" → "));
    }
}
