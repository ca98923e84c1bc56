//! What a newcomer finds in `serve --demo`: the whole life of exports, and somebody at work.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::program::Program;

/// The worker takes some seconds for a voucher.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_demo_shows_what_can_become_of_an_export_and_a_worker_that_works() {
    let program = Program::on_sqlite();
    let mut serving = program.serve(&["--demo"]).await;
    let ask = async |query: &str| -> Value {
        let answer: Value = serving.graphql(query).send().await.unwrap().json().await.unwrap();
        assert_eq!(answer.get("errors"), None, "{answer:#}");
        answer["data"].clone()
    };
    let life = ask("{
        exportConflicts(systemId: \"erp\") { nodes { kind entryId firstDocumentId secondDocumentId } }
        failed: unexportedEntries(systemId: \"erp\", states: [FAILED]) { nodes { entryNumber } }
        parked: unexportedEntries(systemId: \"erp\", states: [PARKED]) { nodes { entryNumber } }
        changedEntries(systemId: \"erp\") { nodes { entry { description } } }
        exportReplays(systemId: \"warehouse\") { nodes { reason } } }")
    .await;
    let conflict = json!({
        "kind": "POSTED_TWICE", "entryId": "2", "firstDocumentId": "GL-2026-002", "secondDocumentId": "GL-2026-118",
    });
    assert_eq!(life["exportConflicts"]["nodes"], json!([conflict]));
    for state in ["failed", "parked"] {
        assert!(!life[state]["nodes"].as_array().unwrap().is_empty(), "{state}: {life:#}");
    }
    let changed = life["changedEntries"]["nodes"].as_array().unwrap();
    let corrected = json!("Abonnement fibre, mobiles et location du routeur");
    assert!(
        !changed.is_empty() && changed.iter().all(|it| it["entry"]["description"] == corrected),
        "{life:#}"
    );
    assert_eq!(life["exportReplays"]["nodes"].as_array().unwrap().len(), 1, "{life:#}");

    let begun = Instant::now();
    loop {
        let sent = ask("{ entryExports(systemId: \"warehouse\") {
                nodes { reference { documentId } entry { entryNumber } } } }")
        .await;
        let by_worker = |export: &Value| {
            let document = export["reference"]["documentId"].as_str()?.strip_prefix("DW-")?;
            Some((document.to_owned(), export["entry"]["entryNumber"].as_str()?.to_owned()))
        };
        if let Some((document, entry_number)) =
            sent["entryExports"]["nodes"].as_array().unwrap().iter().find_map(by_worker)
        {
            assert_eq!(document, entry_number);
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "the worker sends nothing: {sent:#}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    // Its calls are not in the way of what the terminal has to say.
    serving.signal("TERM");
    serving.ended().await;
    let logged = |message: &str| serving.log.iter().filter(|line| line["message"] == message).count();
    assert_eq!((logged("answered"), logged("stopped")), (0, 1), "{:#?}", serving.log);
}
