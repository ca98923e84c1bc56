//! What tests/tools installs: programs of others that are asked about what the gateway says of itself, and clients of it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const NOT_INSTALLED: &str = "the tools of the tests are not installed: scripts/tools does it";

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
    let scratch = tempfile::TempDir::new().unwrap();
    let mut command = python_command("st");
    command
        .args(["run", url, "--header", &format!("Authorization: Bearer {token}")])
        .args(["--seed", "1", "--no-color", "--generation-database", "none"])
        // Those tell of slow generation, which is no fault of the gateway's.
        .args(["--suppress-health-check", "all"])
        .args(arguments)
        .current_dir(scratch.path())
        .env("PYTHONPATH", folder())
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

/// `node` in the folder of the tools, still without a script.
pub fn node_command() -> Command {
    node_modules();
    let mut command = Command::new("node");
    command.current_dir(folder());
    command
}

/// The folder of the npm packages.
pub fn node_modules() -> PathBuf {
    let packages = folder().join("node_modules");
    // npm writes this file at the end of an install that went well.
    assert!(packages.join(".package-lock.json").exists(), "{NOT_INSTALLED}");
    packages
}

/// A program of the Python packages, `python` say, in the folder of the tools.
pub fn python_command(program: &str) -> Command {
    let installed = folder().join(".venv");
    // scripts/tools writes this file at the end of an install that went well.
    assert!(installed.join("installed").exists(), "{NOT_INSTALLED}");
    let mut command = Command::new(installed.join("bin").join(program));
    command.current_dir(folder()).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// Runs one of the Python scripts with this standard input, and gives what it prints.
pub async fn run_python(script: &'static str, input: &str) -> String {
    let input = input.to_owned();
    let ran = tokio::task::spawn_blocking(move || given(python_command("python").arg(script), &input));
    told(script, ran.await.unwrap())
}

fn node(script: &str, argument: &str, input: &str) -> Output {
    given(node_command().args([script, argument]), input)
}

/// Runs a program with this standard input.
fn given(program: &mut Command, input: &str) -> Output {
    let mut child = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program:?} cannot be run ({error}): scripts/setup installs it"));
    let mut stdin = child.stdin.take().unwrap();
    // A script that is already gone is reported with its own words.
    stdin.write_all(input.as_bytes()).ok();
    drop(stdin);
    child.wait_with_output().unwrap()
}
