//! The operations of this client, typed by graphql_client from schema.graphql while the crate is built.

use graphql_client::GraphQLQuery;

use crate::outcome::FailureType;

/// The Rust types of the schema's scalars.
pub mod scalars {
    pub type CurrencyCode = String;
    pub type Date = String;
    pub type DateTime = String;
    pub type Decimal = String;
    pub type JSONObject = serde_json::Map<String, serde_json::Value>;
    pub type SystemId = String;
}

/// Codes are looked at by their names: a newer server may have more of them.
type UserErrorCode = String;
/// The same for conflicts.
type ConflictKind = String;

/// Typed operations of one file each. The name of a file is a `tt`: a `literal` would reach the derive in a group, which it
/// does not look into.
macro_rules! operations {
    ($($file:tt: $($name:ident)*;)*) => {$($(
        /// The operation of this name in the file.
        #[derive(GraphQLQuery)]
        #[graphql(
            schema_path = "schema.graphql",
            query_path = $file,
            custom_scalars_module = "crate::documents::scalars",
            extern_enums("FailureType", "UserErrorCode", "ConflictKind"),
            variables_derives = "Clone",
            skip_serializing_none
        )]
        pub struct $name;
    )*)*};
}

operations! {
    "queries/claim.graphql": ClaimExports ClaimedEntries;
    "queries/settle.graphql": SettleClaim;
    "queries/lease.graphql": ExtendClaim ReleaseClaim;
    "queries/wake-up.graphql": WakeUp;
}
