//! Workers that are asked to stop.

use super::*;
use crate::program_on_both_databases;

program_on_both_databases! {
    async fn asked_to_stop_a_worker_lets_its_command_finish(program: Program) {
        let serving = serve(&mut program, &books(6, goods)).await;
        // It waits for a file, as for an ERP that answers slowly.
        let command = format!("touch begun; while [ ! -e go ]; do sleep 0.05; done; {ECHO}");
        let mut worker = Worker::start(&program, &serving, &["--batch", "6", "--json"], &["sh", "-c", &command]);
        until("the command", async || program.path("begun").exists()).await;
        worker.signal("TERM");
        until("the stop", async || worker.said().contains("stopping: ")).await;
        program.write("go", "");
        let (code, stdout) = worker.ended().await;
        let summary: Value = serde_json::from_str(&stdout).unwrap();
        // The claim has three vouchers: what the command was given is sent, and nothing more is claimed.
        assert_eq!((code, counts(&summary)), (0, [3, 0, 0, 0]), "{summary} {}", worker.said());
        assert_eq!(waiting(&serving, "PENDING").await, (6, vec![0]));
    }

    async fn a_command_that_does_not_finish_is_ended_with_its_children_and_the_rest_given_back(program: Program) {
        let serving = serve(&mut program, &books(4, goods)).await;
        let command = format!("echo $$ > process; sleep 1000 & echo $! > child; head -n 1 | {ECHO}; wait");
        let mut worker = Worker::start(&program, &serving, &["--json"], &["sh", "-c", &command]);
        // What was answered is settled at once, not at the end.
        until("the first mark", async || serving.paged("erp", None).await.len() == 6).await;
        worker.signal("TERM");
        let (code, stdout) = worker.ended().await;
        let summary: Value = serde_json::from_str(&stdout).unwrap();
        assert_eq!((code, counts(&summary)), (0, [1, 0, 3, 0]), "{summary} {}", worker.said());
        assert_eq!(waiting(&serving, "PENDING").await, (6, vec![0]));
        for file in ["process", "child"] {
            let id = std::fs::read_to_string(program.path(file)).unwrap();
            let status = || std::process::Command::new("kill").args(["-0", id.trim()]).stderr(std::process::Stdio::null()).status();
            // A child that was killed is there until the first process of the machine has looked at it.
            until("the end of the command", async || !status().unwrap().success() || is_dead(id.trim())).await;
        }
    }

    async fn a_worker_that_waits_stops_at_once_and_is_given_what_comes(program: Program) {
        let serving = serve(&mut program, &books(1, goods)).await;
        let mut worker = Worker::start(&program, &serving, &["--json"], &["sh", "-c", ECHO]);
        until("the first voucher", async || serving.paged("erp", None).await.is_empty()).await;
        serving.record("later", 0..3).await;
        until("what came later", async || serving.paged("erp", None).await.is_empty()).await;
        let asked = Instant::now();
        worker.signal("INT");
        let (code, stdout) = worker.ended().await;
        assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
        let summary: Value = serde_json::from_str(&stdout).unwrap();
        assert_eq!((code, counts(&summary)[1..].to_vec()), (0, vec![0, 0, 0]), "{summary}");
    }

    async fn a_worker_waits_for_a_server_that_is_away(program: Program) {
        let serving = serve(&mut program, &books(2, goods)).await;
        let address = serving.url.strip_prefix("http://").unwrap().to_owned();
        let arguments: Vec<String> =
            arguments(&serving, &["--once"], &["sh", "-c", ECHO]).into_iter().map(str::to_owned).collect();
        drop(serving);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let said = program.path("said");
        let mut child = program.command(&arguments).stderr(File::create(&said).unwrap()).spawn().unwrap();
        until("the first call", async || std::fs::read_to_string(&said).unwrap().contains("cannot be reached")).await;
        let serving = program.serve_at(&address).await;
        until("the end", async || child.try_wait().unwrap().is_some()).await;
        assert_eq!(child.wait().unwrap().code(), Some(0));
        assert_eq!(serving.paged("erp", None).await, [0; 0]);
    }
}

/// Whether the process has ended, and only nobody has asked how.
fn is_dead(id: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'))
}
