//! Clients that others' programs generate from schema.graphql and the document, each once for all tests of a run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::support::tools;

/// The folder with the Python package `ledger`.
pub fn by_ariadne_codegen() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    once(&FOLDER, || {
        let folder = emptied("ariadne-codegen");
        copied(&["schema.graphql", "tests/tools/clients/documents.graphql"], &folder);
        std::fs::copy(source("tests/tools/clients/ariadne-codegen.toml"), folder.join("pyproject.toml"))
            .unwrap();
        done(tools::python_command("ariadne-codegen").current_dir(&folder));
        folder
    })
}

/// The folder with `built/client.js`, which graphql-codegen typed and TypeScript compiled, beside a module that
/// gql.tada typed, and with the manifest of its documents (see [`manifest`]).
pub fn by_graphql_codegen() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    once(&FOLDER, || {
        let folder = emptied("graphql-codegen");
        let typed = sources_of_typescript(&folder);
        done(npx("graphql-codegen").args(["--config", "codegen.ts", "--silent"]).current_dir(&typed));
        done(npx("gql.tada").args(["generate-output", "--disable-preprocessing"]).current_dir(&typed));
        done(npx("tsc").args(["--project", "."]).current_dir(&typed));
        folder
    })
}

/// Where graphql-codegen has written the documents under their hashes.
pub fn manifest(folder: &Path) -> PathBuf {
    folder.join("typed/generated/persisted-documents.json")
}

/// What graphql-codegen makes of the schema that the gateway at this address tells.
pub fn from_the_gateway(url: &str) -> String {
    let folder = emptied("graphql-codegen-by-address");
    let typed = sources_of_typescript(&folder);
    std::fs::remove_file(typed.join("schema.graphql")).unwrap();
    let settings = std::fs::read_to_string(typed.join("codegen.ts")).unwrap();
    let settings = settings.replace("schema: 'schema.graphql'", &format!("schema: '{url}'"));
    assert!(settings.contains(url));
    std::fs::write(typed.join("codegen.ts"), settings).unwrap();
    tokio::task::block_in_place(|| {
        done(npx("graphql-codegen").args(["--config", "codegen.ts", "--silent"]).current_dir(&typed));
    });
    types(&folder)
}

/// The types that were generated in this folder.
pub fn types(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("typed/generated/graphql.ts")).unwrap()
}

/// Makes it if it has not been made; other tests wait meanwhile.
pub fn once(cell: &'static OnceLock<PathBuf>, make: impl FnOnce() -> PathBuf) -> &'static Path {
    tokio::task::block_in_place(|| cell.get_or_init(make))
}

/// A folder of this name for files that are generated; nothing is in it.
pub fn emptied(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Puts what is compiled into the folder, and gives its part that is TypeScript.
fn sources_of_typescript(folder: &Path) -> PathBuf {
    let typed = folder.join("typed");
    std::fs::create_dir(&typed).unwrap();
    std::fs::write(folder.join("package.json"), r#"{ "type": "module" }"#).unwrap();
    std::os::unix::fs::symlink(tools::node_modules(), folder.join("node_modules")).unwrap();
    let clients = |name: &str| format!("tests/tools/clients/{name}");
    copied(&["conversation.mjs", "conversation.d.mts", "documents.graphql"].map(clients), folder);
    copied(
        &["codegen.ts", "tsconfig.json", "client.ts", "tada.ts"]
            .map(|name| clients(&format!("typed/{name}"))),
        &typed,
    );
    copied(&["schema.graphql", "tests/tools/clients/documents.graphql"], &typed);
    typed
}

fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn copied(paths: &[impl AsRef<str>], folder: &Path) {
    for path in paths {
        let path = source(path.as_ref());
        std::fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
    }
}

/// A program of an npm package.
fn npx(name: &str) -> Command {
    let mut command = tools::node_command();
    command.arg(tools::node_modules().join(".bin").join(name));
    command
}

/// Runs it to its end, which has to be a good one.
pub fn done(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} cannot be run: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}: {}{}", text(&output.stdout), text(&output.stderr));
}
