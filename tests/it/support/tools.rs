//! The second opinions in tests/tools: programs of others, asked about what the gateway says of itself.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Runs one of the scripts with this argument and this standard input, and gives what it prints. A script that
/// finds fault fails the test with its words.
pub async fn run(script: &'static str, argument: &str, input: &str) -> String {
    let (argument, input) = (argument.to_owned(), input.to_owned());
    told(script, tokio::task::spawn_blocking(move || node(script, &argument, &input)).await.unwrap())
}

/// Has Schemathesis question the API that is described at this address, from one fixed beginning, as the holder of
/// this token and with what a file of tests/tools tells it, if any. Gives its report; what it finds fails the test.
pub async fn schemathesis(
    url: &str,
    token: &str,
    hooks: Option<&'static str>,
    arguments: &'static [&'static str],
) -> String {
    let program = folder().join(".venv/bin/st");
    assert!(program.exists(), "the tools of the tests are not installed: scripts/tools does it");
    let scratch = tempfile::TempDir::new().unwrap();
    let mut command = Command::new(program);
    command
        .args(["run", url, "--header", &format!("Authorization: Bearer {token}")])
        .args(["--seed", "1", "--no-color", "--generation-database", "none"])
        // Those tell of slow generation, which is no fault of the gateway's.
        .args(["--suppress-health-check", "all"])
        .args(arguments)
        .current_dir(scratch.path())
        .env("PYTHONPATH", folder())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("NO_PROXY", "127.0.0.1")
        .stdin(Stdio::null());
    if let Some(hooks) = hooks {
        command.env("SCHEMATHESIS_HOOKS", hooks);
    }
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    told("Schemathesis", output)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools")
}

/// What a program printed, when it found no fault.
fn told(program: &str, output: Output) -> String {
    let (printed, faults) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{program} found:\n{printed}{faults}");
    printed.into_owned()
}

fn node(script: &str, argument: &str, input: &str) -> Output {
    // npm writes this file at the end of an install that went well.
    assert!(
        folder().join("node_modules/.package-lock.json").exists(),
        "the tools of the tests are not installed: scripts/tools does it"
    );
    let mut child = Command::new("node")
        .args([script, argument])
        .current_dir(folder())
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
