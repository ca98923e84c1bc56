//! Typed documents of graphql-codegen's client preset, compiled by TypeScript and run by urql.

use super::conversation::Conversation;
use super::ledger::fill;
use super::{generated, promise};
use crate::on_both_databases;
use crate::support::{Gateway, tools};

/// The compiled client, at work on this gateway.
fn client(gateway: &Gateway, arguments: &[&str]) -> Conversation {
    let mut command = tools::node_command();
    let script = generated::by_graphql_codegen().join("built/client.js");
    command.arg(script).arg(format!("{}/graphql", gateway.url)).args(arguments);
    Conversation::start(&mut command)
}

on_both_databases! {
    async fn typed_documents_show_the_ledger(gateway: Gateway) {
        let ids = fill(&gateway).await;
        promise::holds(&gateway, &mut client(&gateway, &[]), &ids).await;
    }

    async fn the_hashes_of_trusted_documents_are_all_that_is_sent(gateway: Gateway) {
        let ids = fill(&gateway).await;
        let manifest = generated::manifest(generated::by_graphql_codegen());
        let trusted = [("LEDGATE_GRAPHQL_TRUSTED_DOCUMENTS", manifest.to_str().unwrap())];
        let strict = gateway.another_with(&trusted).await;
        let mut client = client(&strict, &["trusted"]);
        promise::holds(&strict, &mut client, &ids).await;
        let requests = client.requests().await;
        assert!(requests.len() > 20, "{requests:#?}");
        for request in requests {
            assert_eq!((&request["text"], &request["hash"]), (&false.into(), &true.into()), "{request}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn graphql_codegen_makes_the_same_of_the_gateway_as_of_the_file() {
    let gateway = Gateway::on_sqlite().await;
    let types = generated::from_the_gateway(&format!("{}/graphql", gateway.url));
    assert_eq!(types, generated::types(generated::by_graphql_codegen()));
}
