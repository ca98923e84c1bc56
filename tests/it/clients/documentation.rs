//! docs/clients.md shows what the tests run.

use std::path::Path;

/// The files that samples are taken from.
const SOURCES: [&str; 14] = [
    "clients/typescript/test/connector.mjs",
    "tests/it/clients/rust.rs",
    "tests/it/work/client.rs",
    "tests/tools/clients/apollo.mjs",
    "tests/tools/clients/apollo-pages.mjs",
    "tests/tools/clients/ariadne-codegen.toml",
    "tests/tools/clients/subscriptions.mjs",
    "tests/tools/clients/urql.mjs",
    "tests/tools/clients/typed/client.ts",
    "tests/tools/clients/typed/codegen.ts",
    "tests/tools/clients/typed/tada.ts",
    "tests/tools/clients/typed/tsconfig.json",
    "tests/tools/relay/Waiting.js",
    "tests/tools/relay/relay.config.json",
];

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_sample_stands_in_a_file_that_is_compiled_or_run() {
    let sources = SOURCES.map(read);
    let text = read("docs/clients.md");
    // Every second part stands between fences; its first line is the language.
    let samples: Vec<&str> =
        text.split("```").skip(1).step_by(2).map(|block| block.split_once('\n').unwrap().1).collect();
    assert!(samples.len() >= 8, "only {} samples were found", samples.len());
    for sample in samples {
        assert!(sources.iter().any(|source| source.contains(sample)), "no test runs this:\n{sample}");
    }
}
