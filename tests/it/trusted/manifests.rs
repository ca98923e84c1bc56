//! Manifests as they are read when the server starts.

use ledgate::config::{Overrides, Settings};
use ledgate::graphql::TrustedDocuments;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{MANIFEST, MARK, UNEXPORTED, text};

/// As @apollo/generate-persisted-query-manifest writes it: the id is the SHA-256 of the body.
fn apollo_manifest() -> String {
    let operation =
        |id: &str, name: &str, ty: &str| json!({ "id": id, "name": name, "type": ty, "body": text(id) });
    json!({
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": [operation(UNEXPORTED, "Unexported", "query"), operation(MARK, "Mark", "mutation")],
    })
    .to_string()
}

/// What reading these manifests says: how many documents there are, or what is wrong.
fn read(manifests: &[&str]) -> Result<Option<usize>, String> {
    let folder = TempDir::new().unwrap();
    let files: Vec<String> = manifests
        .iter()
        .enumerate()
        .map(|(number, manifest)| {
            let file = folder.path().join(format!("{number}.json"));
            std::fs::write(&file, manifest).unwrap();
            file.display().to_string()
        })
        .collect();
    let variables = [("LEDGATE_GRAPHQL_TRUSTED_DOCUMENTS".to_owned(), files.join(","))];
    let settings = Settings::load_from(&Overrides::default(), variables, folder.path()).unwrap();
    let trusted = TrustedDocuments::read(&settings.graphql).map_err(|error| error.to_string())?;
    Ok(trusted.count())
}

#[test]
fn what_is_no_manifest_is_told_with_file_document_and_reason() {
    let levels: String = (0..20).map(|level| format!("a{level} {{ ")).collect();
    let deep = format!("{{\"deep\": \"{{ {levels} b {} \"}}", "}".repeat(21));
    let many: serde_json::Map<String, Value> =
        (0..=10_000).map(|number| (number.to_string(), json!("{ __typename }"))).collect();
    let long_id = format!("{{\"{}\": \"{{ __typename }}\"}}", "x".repeat(201));
    for (manifests, told) in [
        (vec![""], vec!["0.json", "not JSON"]),
        (vec!["{"], vec!["0.json", "not JSON"]),
        (vec!["[]"], vec!["0.json", "one JSON object"]),
        (vec!["{}"], vec!["0.json", "empty"]),
        (vec!["{\"a\": 7}"], vec!["0.json", "\"a\"", "text of a document"]),
        (vec!["{\"\": \"{ __typename }\"}"], vec!["\"\"", "1 to 200 bytes"]),
        (vec![long_id.as_str()], vec!["x…\"", "1 to 200 bytes"]),
        (vec!["{\"a\": \"{\"}"], vec!["\"a\"", "GRAPHQL_PARSE_FAILED, line 1, column 2"]),
        (vec!["{\"a\": \"\"}"], vec!["\"a\"", "GRAPHQL_PARSE_FAILED"]),
        (vec![deep.as_str()], vec!["\"deep\"", "QUERY_TOO_DEEP"]),
        (
            vec![
                "{\"two\": \"mutation { markExported(input: {entries: []}) { __typename } b: markExported(input: {entries: []}) { __typename } }\"}",
            ],
            vec!["\"two\"", "ONE_MUTATION_PER_OPERATION"],
        ),
        (vec!["{\"c\": \"{ ...F } fragment F on Query { ...F }\"}"], vec!["\"c\"", "spreads itself"]),
        (vec!["{\"sha256:00\": \"{ __typename }\"}"], vec!["sha256:00", "not the SHA-256 of its text"]),
        (vec![MANIFEST, "{"], vec!["1.json", "not JSON"]),
        (
            vec!["{\"format\": \"apollo-persisted-query-manifest\", \"version\": 2, \"operations\": []}"],
            vec!["0.json", "version 1"],
        ),
        (
            vec!["{\"format\": \"apollo-persisted-query-manifest\", \"version\": 1}"],
            vec!["0.json", "\"operations\""],
        ),
        (
            vec![
                "{\"format\": \"apollo-persisted-query-manifest\", \"version\": 1, \"operations\": [{\"body\": \"{ a }\"}]}",
            ],
            vec!["0.json", "operation 0", "\"id\""],
        ),
        (
            vec![
                "{\"format\": \"apollo-persisted-query-manifest\", \"version\": 1, \"operations\": [{\"id\": \"a\"}]}",
            ],
            vec!["0.json", "\"a\"", "text of a document"],
        ),
        (
            vec!["{\"a\": \"{ __typename }\"}", "{\"a\": \"{ a: __typename }\"}"],
            vec!["1.json", "\"a\"", "another text under the same id"],
        ),
    ] {
        let wrong = read(&manifests).unwrap_err();
        assert!(told.iter().all(|part| wrong.contains(part)), "{told:?}: {wrong}");
    }
    assert!(read(&[&Value::Object(many).to_string()]).unwrap_err().contains("10000 documents"));
    let large = json!({ "a": "#".repeat(8 << 20) }).to_string();
    assert!(read(&[&large]).unwrap_err().contains("8 MiB"));
    // An id that is no SHA-256 is the client's to make up, and the same document may come twice.
    assert_eq!(read(&[MANIFEST, MANIFEST, "{\"a\": \"{ __typename }\"}"]), Ok(Some(3)));
    assert_eq!(read(&[&apollo_manifest()]), Ok(Some(2)));
    assert_eq!(read(&[&apollo_manifest(), MANIFEST]), Ok(Some(2)));
    assert_eq!(read(&[]), Ok(None));
}
