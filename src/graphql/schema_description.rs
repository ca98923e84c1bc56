//! The description of the schema itself, which tools such as GraphiQL show first. The engine (async-graphql 7.2) answers
//! a sentence of its own there and cannot be given another, so it is put into the answer and into the printed schema.
//! There it is a comment: the parser of graphql_client, among others, refuses a description before `schema`.

use async_graphql::Value;

const DESCRIPTION: &str = "\
Ledgate knows, for each accounting entry and each external system (an ERP, a data warehouse), whether
the entry has been sent to that system. A system asks `unexportedEntries` for what it has not been sent,
books it, and says so with `markExported`. `accountingEntries` reads the whole ledger, and
`recordAccountingEntries` writes to it. Amounts are decimals in strings, so that no digit is lost; times
are UTC.";

const OF_THE_ENGINE: &str = "A GraphQL Schema defines the capabilities of a GraphQL server. It exposes all available \
    types and directives on the server, as well as the entry points for query, mutation, and subscription operations.";

/// Puts the description into the data of an answer, under whatever names it was asked for.
pub fn describe_schema(data: &mut Value) {
    let Value::Object(fields) = data else { return };
    let objects = fields.values_mut().filter_map(|field| match field {
        Value::Object(object) => Some(object),
        _ => None,
    });
    for value in objects.flat_map(|object| object.values_mut()) {
        if matches!(value, Value::String(text) if text == OF_THE_ENGINE) {
            *value = DESCRIPTION.into();
        }
    }
}

/// Puts the description, as a comment, before the schema's own definition.
pub fn describe_definition(sdl: &str) -> String {
    let comment: String = DESCRIPTION.lines().map(|line| format!("# {line}\n")).collect();
    sdl.replacen("\nschema {", &format!("\n{comment}schema {{"), 1)
}
