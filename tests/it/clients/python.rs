//! gql, and the typed client that ariadne-codegen makes of the schema and the document.

use super::conversation::Conversation;
use super::ledger::fill;
use super::{generated, promise};
use crate::on_both_databases;
use crate::support::{Gateway, tools};

/// A script of tests/tools/clients, at work on this gateway.
fn client(gateway: &Gateway, script: &str) -> std::process::Command {
    let mut command = tools::python_command("python");
    command.arg(format!("clients/{script}")).arg(format!("{}/graphql", gateway.url));
    command
}

on_both_databases! {
    async fn gql_shows_the_ledger(gateway: Gateway) {
        let ids = fill(&gateway).await;
        let mut gql = Conversation::start(&mut client(&gateway, "gql_client.py"));
        promise::holds(&gateway, &mut gql, &ids).await;
    }

    async fn the_client_of_ariadne_codegen_shows_the_ledger(gateway: Gateway) {
        let ids = fill(&gateway).await;
        let package = generated::by_ariadne_codegen();
        let mut ariadne = Conversation::start(client(&gateway, "ariadne_client.py").env("PYTHONPATH", package));
        promise::holds(&gateway, &mut ariadne, &ids).await;
    }
}
