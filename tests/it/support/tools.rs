//! The second opinions in tests/tools: programs of others, asked about what the gateway says of itself.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs one of the scripts with this argument and this standard input, and gives what it prints. A script that
/// finds fault fails the test with its words.
pub async fn run(script: &'static str, argument: &str, input: &str) -> String {
    let (argument, input) = (argument.to_owned(), input.to_owned());
    let output = tokio::task::spawn_blocking(move || node(script, &argument, &input)).await.unwrap();
    let (printed, faults) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{script} found:\n{printed}{faults}");
    printed.into_owned()
}

fn node(script: &str, argument: &str, input: &str) -> Output {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools");
    // npm writes this file at the end of an install that went well.
    assert!(
        folder.join("node_modules/.package-lock.json").exists(),
        "the tools of the tests are not installed: (cd tests/tools && npm ci)"
    );
    let mut child = Command::new("node")
        .args([script, argument])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("node cannot be run ({error}): scripts/setup installs it"));
    let mut stdin = child.stdin.take().unwrap();
    // A script that is already gone is reported with its own words.
    stdin.write_all(input.as_bytes()).ok();
    drop(stdin);
    child.wait_with_output().unwrap()
}
