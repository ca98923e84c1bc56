//! Workers, gateways and the ERP die and come back, and each voucher is posted once.

use super::*;
use crate::program_on_both_databases;

/// Vouchers that are to be sent.
const VOUCHERS: usize = 120;

program_on_both_databases! {
    async fn whoever_is_killed_every_voucher_is_posted_once(program: Program) {
        let mut erp = Erp::start();
        erp.takes(Duration::from_millis(30));
        program.set("ERP_URL", erp.url());
        let mut serving = serve(&mut program, &books(VOUCHERS, goods)).await;
        let address = serving.url.strip_prefix("http://").unwrap().to_owned();
        let connector = example("connector.py");
        let (flags, command) = (["--batch", "16", "--lease-seconds", "10"], ["python3", connector.as_str()]);

        // The worker dies: what it has posted and not told comes again, under the same key.
        let mut worker = Worker::start(&program, &serving, &flags, &command);
        until("the first documents", async || erp.documents() >= 5).await;
        worker.child.kill().unwrap();
        drop(worker);

        // The gateway dies and comes back.
        let flags: Vec<&str> = flags.iter().copied().chain(["--workers", "2", "--json"]).collect();
        let mut worker = Worker::start(&program, &serving, &flags, &command);
        until("more documents", async || erp.documents() >= 30).await;
        drop(serving);
        serving = program.serve_at(&address).await;
        let before = erp.documents();
        until("documents after the gateway came back", async || erp.documents() >= before + 20).await;

        // The ERP dies and comes back.
        erp.goes_away();
        until("what the ERP did not take", async || waiting(&serving, "FAILED").await.0 > 0).await;
        erp.comes_back().await;
        until("the end of the backlog", async || {
            // A person does not wait for the minute that comes between two attempts.
            program.ok(&["requeue", "--system", "erp", "--type", "UNAVAILABLE"]);
            serving.paged("erp", None).await.is_empty()
        })
        .await;

        worker.signal("TERM");
        let (code, stdout) = worker.ended().await;
        let summary: Value = serde_json::from_str(&stdout).unwrap();
        assert_eq!((code, &summary["unsettled"]), (1, &json!([])), "{summary} {}", worker.said());
        assert_eq!(erp.documents(), VOUCHERS, "{}", worker.said());
        agrees(&serving, &erp, 2 * VOUCHERS).await;
    }
}
