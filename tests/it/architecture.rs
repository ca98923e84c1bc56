//! Imports run one way: the table in docs/ARCHITECTURE.md says which, and the sources keep to it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// By module, what it may import; in the words of the table.
fn table() -> BTreeMap<String, Vec<String>> {
    let text = std::fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let rows: Vec<(Vec<String>, &str)> = text
        .lines()
        .skip_while(|line| !line.starts_with("| module "))
        .skip(2)
        .map_while(|line| {
            let cells: Vec<&str> = line.strip_prefix('|')?.strip_suffix('|')?.split('|').collect();
            // Names of modules stand in the first cell in code, in the last one as words.
            Some((cells.first()?.split('`').skip(1).step_by(2).map(str::to_owned).collect(), *cells.last()?))
        })
        .collect();
    let modules: Vec<String> = rows.iter().flat_map(|(names, _)| names.clone()).collect();
    let allowed = |words: &str| -> Vec<String> {
        if words.trim() == "everything" {
            return modules.clone();
        }
        let words: Vec<&str> = words.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        modules.iter().filter(|module| words.contains(&module.as_str())).cloned().collect()
    };
    let row = |(names, words): &(Vec<String>, &str)| {
        let allowed = allowed(words);
        names.iter().map(move |name| (name.clone(), allowed.clone())).collect::<Vec<_>>()
    };
    rows.iter().flat_map(row).collect()
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
fn every_module_has_a_row_in_the_table_and_no_row_is_left_over() {
    let mut modules: Vec<String> = std::fs::read_to_string(root().join("src/lib.rs"))
        .unwrap()
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned))
        .collect();
    modules.sort();
    assert_eq!(table().into_keys().collect::<Vec<_>>(), modules);
}

#[test]
fn modules_import_what_the_table_allows_and_nothing_else() {
    let table = table();
    let src = root().join("src");
    let (mut faults, mut seen) = (Vec::new(), 0);
    for file in sources(&src) {
        let inside = file.strip_prefix(&src).unwrap();
        let module = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        let Some(allowed) = table.get(module) else { continue };
        for (number, line) in code(&file) {
            for import in imported(&line).into_iter().filter(|import| table.contains_key(*import)) {
                seen += 1;
                if import != module && !allowed.iter().any(|allowed| allowed == import) {
                    faults
                        .push(format!("src/{}:{number}: {module} may not import {import}", inside.display()));
                }
            }
        }
    }
    assert!(seen > 100, "only {seen} imports were found: the test looks in the wrong place");
    assert!(faults.is_empty(), "docs/ARCHITECTURE.md says which imports there are:\n{}", faults.join("\n"));
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
