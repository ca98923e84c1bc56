//! Imports run one way: the table below says which module may import which, and the sources keep to it.

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
    ("request", &["domain", "config", "service"]),
    ("graphql", &["domain", "config", "telemetry", "service", "request"]),
    ("rest", &["domain", "config", "telemetry", "service", "request"]),
    // `store` for the question whether the schema fits (`/readyz`).
    ("http", &["domain", "config", "telemetry", "store", "service", "request", "graphql", "rest"]),
    ("app", &["domain", "config", "telemetry", "store", "service", "request", "graphql", "rest", "http"]),
    (
        "cli",
        &[
            "domain",
            "config",
            "telemetry",
            "ledger_files",
            "store",
            "service",
            "request",
            "graphql",
            "rest",
            "http",
            "app",
        ],
    ),
];

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
