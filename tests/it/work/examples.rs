//! The connectors in examples/, each from the first voucher to the last.

use super::*;
use crate::program_on_both_databases;

/// Sends twelve vouchers, of which the ERP refuses one at first, while it is there, busy and away.
async fn sends_everything(mut program: Program, command: &[&str]) {
    let mut erp = Erp::start();
    erp.refuses("708000");
    program.set("ERP_URL", erp.url());
    let books = books(12, |voucher| if voucher == 5 { "708000" } else { "707000" });
    let serving = serve(&mut program, &books).await;

    let (ran, summary) = once(&program, &serving, &["--batch", "10"], command);
    assert_eq!((ran.code, counts(&summary)), (1, [11, 1, 0, 0]), "{ran:?}");
    assert_eq!(erp.documents(), 11);
    let refused = ("UNKNOWN_ACCOUNT".to_owned(), "account 708000 is not in the chart of accounts".to_owned());
    assert_eq!(failures(&program), [refused.clone(), refused]);

    // What is away or busy refuses nothing: the worker says so, and it is tried again.
    erp.knows("708000");
    for kind in ["UNKNOWN_ACCOUNT", "UNAVAILABLE"] {
        program.ok(&["requeue", "--system", "erp", "--type", kind]);
        if kind == "UNAVAILABLE" {
            erp.is_busy(true)
        } else {
            erp.goes_away()
        }
        let (ran, summary) = once(&program, &serving, &[], command);
        assert_eq!((ran.code, counts(&summary)), (1, [0, 1, 0, 0]), "{ran:?}");
        let failed = failures(&program);
        assert!(failed.len() == 2 && failed.iter().all(|(kind, _)| kind == "UNAVAILABLE"), "{failed:?}");
        if kind == "UNKNOWN_ACCOUNT" {
            erp.comes_back().await;
        }
    }
    erp.is_busy(false);
    program.ok(&["requeue", "--system", "erp", "--type", "UNAVAILABLE"]);
    let (ran, summary) = once(&program, &serving, &[], command);
    assert_eq!((ran.code, counts(&summary)), (0, [1, 0, 0, 0]), "{ran:?}");
    assert_eq!(serving.paged("erp", None).await, [0; 0]);

    let query = "{ accountingEntries(first: 1) { nodes { export(systemId: \"erp\") {
        reference { documentId url } } } } }";
    let data = serving.data(query, json!({})).await;
    let reference = &data["accountingEntries"]["nodes"][0]["export"]["reference"];
    assert_eq!(*reference, json!({ "documentId": "GL-1", "url": "https://erp.example/gl/1" }));
    agrees(&serving, &erp, 24).await;
}

program_on_both_databases! {
    async fn the_connector_in_python_sends_everything(program: Program) {
        sends_everything(program, &["python3", &example("connector.py")]).await;
    }

    async fn the_connector_in_shell_sends_everything(program: Program) {
        sends_everything(program, &["sh", &example("connector.sh")]).await;
    }

    async fn the_connector_in_node_sends_everything(program: Program) {
        sends_everything(program, &["node", &example("connector.mjs")]).await;
    }
}
