//! graphql_client, which generates Rust from schema.graphql and the document while the tests are compiled. Chosen before
//! cynic because it reads the same document as the others (cynic's structs would repeat it), and because it adds six
//! small crates where cynic adds fourteen.

use graphql_client::{GraphQLQuery, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::ledger::fill;
use super::{Client, Shown, promise};
use crate::on_both_databases;
use crate::support::Gateway;

/// The Rust types of the schema's scalars.
mod scalars {
    pub type CurrencyCode = String;
    pub type Date = chrono::NaiveDate;
    pub type DateTime = chrono::DateTime<chrono::Utc>;
    pub type Decimal = String;
    pub type JSONObject = serde_json::Map<String, serde_json::Value>;
    pub type SystemId = String;
}

/// What is not set is left out: `skip_serializing_none`. Without it every condition of a filter would be sent as null,
/// which is refused.
#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "tests/tools/clients/documents.graphql",
    custom_scalars_module = "crate::clients::rust::scalars",
    variables_derives = "Deserialize",
    response_derives = "Serialize",
    skip_serializing_none
)]
struct Unexported;

/// The other operations, likewise.
macro_rules! operations {
    ($($name:ident)*) => {$(
        #[derive(GraphQLQuery)]
        #[graphql(
            schema_path = "schema.graphql",
            query_path = "tests/tools/clients/documents.graphql",
            custom_scalars_module = "crate::clients::rust::scalars",
            variables_derives = "Deserialize",
            response_derives = "Serialize",
            skip_serializing_none
        )]
        struct $name;
    )*};
}

operations! { Ledger Sorted Entry Systems Mark MarkAll }

/// As graphql_client does it when nobody asks for more: what is not set is sent as null.
mod nulls {
    use graphql_client::GraphQLQuery;

    #[derive(GraphQLQuery)]
    #[graphql(
        schema_path = "schema.graphql",
        query_path = "tests/tools/clients/documents.graphql",
        custom_scalars_module = "crate::clients::rust::scalars",
        variables_derives = "Deserialize",
        response_derives = "Serialize"
    )]
    pub struct Unexported;
}

/// A program with typed operations.
struct Typed<'a>(&'a Gateway);

impl Typed<'_> {
    async fn run<Q: GraphQLQuery>(&self, variables: Value) -> Shown
    where
        Q::Variables: DeserializeOwned,
        Q::ResponseData: Serialize,
    {
        let body = Q::build_query(serde_json::from_value(variables).unwrap());
        let response = self.0.post("/graphql", &serde_json::to_value(body).unwrap()).await;
        let response: Response<Q::ResponseData> = response.json().await.unwrap();
        let code = |error: graphql_client::Error| {
            let extensions = error.extensions.unwrap_or_default();
            extensions.get("code").and_then(Value::as_str).map_or(error.message, str::to_owned)
        };
        Shown {
            data: serde_json::to_value(response.data).unwrap(),
            errors: response.errors.into_iter().flatten().map(code).collect(),
        }
    }
}

impl Client for Typed<'_> {
    async fn ask(&mut self, operation: &str, variables: Value) -> Shown {
        match operation {
            "Unexported" => self.run::<Unexported>(variables).await,
            "Ledger" => self.run::<Ledger>(variables).await,
            "Sorted" => self.run::<Sorted>(variables).await,
            "Entry" => self.run::<Entry>(variables).await,
            "Systems" => self.run::<Systems>(variables).await,
            "Mark" => self.run::<Mark>(variables).await,
            "MarkAll" => self.run::<MarkAll>(variables).await,
            other => panic!("{other} is not in the document"),
        }
    }
}

on_both_databases! {
    async fn graphql_client_shows_the_ledger(gateway: Gateway) {
        let ids = fill(&gateway).await;
        promise::holds(&gateway, &mut Typed(&gateway), &ids).await;
    }

    async fn graphql_client_may_send_null_for_every_argument(gateway: Gateway) {
        fill(&gateway).await;
        let variables = json!({ "systemId": "erp" });
        let nulls = Typed(&gateway).run::<nulls::Unexported>(variables.clone()).await;
        assert_eq!(nulls, Typed(&gateway).ask("Unexported", variables).await);
        assert_eq!(nulls.data["unexportedEntries"]["nodes"].as_array().unwrap().len(), 6);
    }
}
