//! `ledgate token`, and what `serve` makes of it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::program_on_both_databases;
use crate::support::program::Program;

program_on_both_databases! {
    async fn a_token_is_made_used_listed_and_revoked(program: Program) {
        assert!(program.run(&["token", "list"]).code != 0, "there is no ledger yet, and looking makes none");
        let created = program.run(&["token", "create", "--name", "ERP sync", "--system", "erp", "--can", "export,mark",
            "--expires", "90d"]);
        assert_eq!(created.code, 0, "{created:?}");
        let token = created.stdout.trim_end();
        assert!(token.starts_with("lgt_") && !token.contains(char::is_whitespace), "{created:?}");
        assert!(created.stderr.contains("ERP sync") && !created.stderr.contains(token), "{created:?}");

        let mut serving = program.serve(&[]).await;
        let ask = |token: Option<&str>| {
            let request = serving.graphql("{ unexportedEntries(systemId: \"erp\") { totalCount { count } } }");
            match token {
                Some(token) => request.bearer_auth(token),
                None => request,
            }
        };
        assert_eq!(ask(Some(token)).send().await.unwrap().status(), 200);
        assert_eq!(ask(None).send().await.unwrap().status(), 401);

        let table = program.ok(&["token", "list"]);
        assert!(table.contains("ERP sync") && table.contains("export, mark") && table.contains("valid"), "{table}");
        let list: Value = serde_json::from_str(&program.ok(&["token", "list", "--json"])).unwrap();
        assert_eq!(list["tokens"][0]["rights"], json!(["export", "mark"]));
        assert_eq!(list["tokens"][0]["systems"], json!(["erp"]));

        assert!(list["tokens"][0]["created_at"].is_string() && table.contains("LAST USED"), "{table}");

        let rotated = program.run(&["token", "rotate", "ERP sync", "--keep-old", "1h"]);
        let newer = rotated.stdout.trim_end();
        assert!(rotated.code == 0 && newer.starts_with("lgt_") && newer != token, "{rotated:?}");
        for token in [token, newer] {
            assert_eq!(ask(Some(token)).send().await.unwrap().status(), 200);
        }
        assert!(program.ok(&["token", "list"]).contains("replaced, valid until"), "the old one");
        assert_eq!(program.run(&["token", "rotate", "nobody"]).code, 1);

        assert_eq!(program.run(&["token", "revoke", "nobody"]).code, 1);
        program.ok(&["token", "revoke", "ERP sync"]);
        assert_eq!(ask(Some(token)).send().await.unwrap().status(), 401);
        assert!(program.ok(&["token", "list"]).contains("revoked"));

        serving.signal("TERM");
        assert_eq!(serving.ended().await.0, 0);
        let answered = |field: &str, value: &str| {
            serving.log.iter().any(|line| line["message"] == "answered" && line.pointer(field) == Some(&json!(value)))
        };
        assert!(answered("/span/token", "ERP sync"), "the log does not say who asked: {:#?}", serving.log);
        assert!(answered("/code", "UNAUTHENTICATED"), "the log does not say why: {:#?}", serving.log);
        let (log, secret) = (format!("{:?}", serving.log), token.rsplit_once('_').unwrap().1);
        assert!(!log.contains(secret), "the log tells the token");
        assert!(!table.contains(secret) && !list.to_string().contains(secret));
    }

    async fn without_tokens_only_this_machine_is_served(program: Program) {
        let refused = program.run(&["serve", "--listen", "0.0.0.0:0"]);
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(refused.stderr.contains("ledgate token create"), "{refused:?}");
        let mut serving = program.serve(&[]).await;
        assert!(serving.log.iter().any(|line| line["level"] == "WARN"
            && line["message"].as_str().is_some_and(|text| text.starts_with("NO TOKEN IS ASKED FOR"))), "{:?}", serving.log);
        let answer = serving.request(Method::GET, "/v10/accounting-entries").send().await.unwrap();
        assert_eq!(answer.status(), 200);
        serving.signal("TERM");
        serving.ended().await;
    }
}

#[test]
fn what_is_no_right_no_system_and_no_time_is_refused() {
    let program = Program::on_sqlite();
    for (flag, value) in
        [("--can", "everything"), ("--system", "no blanks"), ("--expires", "soon"), ("--expires", "99999y")]
    {
        let mut arguments = vec!["token", "create", "--name", "x", flag, value];
        if flag != "--can" {
            arguments.extend(["--can", "read"]);
        }
        let ran = program.run(&arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
        assert_eq!(ran.stdout, "");
    }
    assert!(program.files().is_empty(), "{:?}", program.files());
}
