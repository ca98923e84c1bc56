//! The parts of the OpenAPI document that do not stand at the handlers: names of operations, exact schemas of parameters,
//! the answers that any call may get.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use utoipa::Modify;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder};
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, Object, ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type,
};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Response, ResponseBuilder};

use super::choices::choices;
use super::examples::examples;
use crate::rest::export::form::as_of_header;

/// The name of the security scheme in the document.
const TOKEN: &str = "token";

/// Completes the description that the handlers make.
pub struct Details;

/// Answers that any call may get, in addition to those that its handler describes.
const OF_ANY_CALL: [(&str, &str); 10] = [
    ("401", "There is no token, or it is not valid"),
    ("403", "The token does not have the right for this call; nothing was done"),
    ("408", "The body did not arrive in time"),
    ("413", "The body is too large"),
    ("415", "The body is compressed"),
    ("421", "The Host header has a name that this server does not answer to"),
    ("429", "The token has used up its budget for now; try again after the seconds in Retry-After"),
    ("500", "A fault of the server; the log has the cause under the request id"),
    ("503", "The database is not available, or this server is too busy"),
    ("504", "The call took too long, and was ended and rolled back"),
];

/// Answers to a head that is too large. They have no body.
const OF_ANY_HEAD: [(&str, &str); 2] =
    [("414", "The URL is longer than 64 KiB"), ("431", "The head has too many headers, or too long ones")];

/// Fields that are left out of an answer when they have no value. Others are null then.
const LEFT_OUT: [(&str, &[&str]); 8] = [
    ("Problem", &["errors", "request_id"]),
    ("ProblemError", &["accounting_entry_id"]),
    // Marks are shown where they are asked for.
    ("AccountingEntry", &["exports"]),
    // A streamed answer has no next page, one with entries counts no vouchers, a list of systems does not tell how far
    // behind each is, and an event has what is of its kind.
    ("AccountingEntries", &["next_after"]),
    ("Vouchers", &["next_after"]),
    ("End", &["vouchers"]),
    ("ExportSystem", &["last_marked_at", "backlog", "states", "oldest_unexported_at"]),
    (
        "Event",
        &["replaced", "failure_type", "attempts", "next_attempt_at", "replay_id", "claim_id", "worker"],
    ),
];

impl Modify for Details {
    fn modify(&self, openapi: &mut OpenApi) {
        for item in openapi.paths.paths.values_mut() {
            [&mut item.get, &mut item.post, &mut item.patch].into_iter().flatten().for_each(complete);
        }
        let read = read_schemas(openapi);
        let Some(components) = &mut openapi.components else { return };
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "`ledgate token create` makes a token. As long as none was made, calls need none",
            ))
            .build();
        components.add_security_scheme(TOKEN, SecurityScheme::Http(bearer));
        for (name, schema) in &mut components.schemas {
            let RefOr::T(Schema::Object(object)) = schema else { continue };
            if read.contains(name) {
                object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
            } else {
                require(name, object);
            }
            describe(name, object);
        }
    }
}

/// The schemas of what the server reads, with all that they refer to. These take no fields that are not described.
fn read_schemas(openapi: &OpenApi) -> BTreeSet<String> {
    let paths = openapi.paths.paths.values();
    let operations = paths.flat_map(|item| [&item.get, &item.post, &item.patch]).flatten();
    let asked = operations.map(|operation| json!([&operation.request_body, &operation.parameters]));
    let mut to_visit: Vec<Value> = asked.collect();
    let mut found = BTreeSet::new();
    while let Some(value) = to_visit.pop() {
        match value {
            Value::Array(items) => to_visit.extend(items),
            Value::Object(fields) => {
                let reference = fields.get("$ref").and_then(Value::as_str).unwrap_or_default();
                if let Some(name) = reference.strip_prefix("#/components/schemas/")
                    && found.insert(name.to_owned())
                    && let Some(schema) = openapi.components.as_ref().and_then(|all| all.schemas.get(name))
                {
                    to_visit.push(json!(schema));
                }
                to_visit.extend(fields.into_iter().map(|(_, value)| value));
            }
            _ => {}
        }
    }
    found
}

fn require(name: &str, object: &mut Object) {
    let left_out =
        LEFT_OUT.iter().find(|(schema, _)| *schema == name).map_or(&[] as &[_], |(_, fields)| fields);
    let fields = object.properties.keys().filter(|field| !left_out.contains(&field.as_str()));
    object.required = fields.cloned().collect();
    // These may be there and null.
    if !["AccountingEntries", "Vouchers", "ExportSystem"].contains(&name) {
        for field in left_out {
            if let Some(RefOr::T(Schema::Object(property))) = object.properties.get_mut(*field) {
                property.schema_type = without_null(&property.schema_type);
            }
        }
    }
}

fn without_null(schema_type: &SchemaType) -> SchemaType {
    match schema_type {
        SchemaType::Array(types) => match types.iter().find(|ty| **ty != Type::Null) {
            Some(only) => SchemaType::Type(only.clone()),
            None => SchemaType::AnyValue,
        },
        other => other.clone(),
    }
}

fn describe(name: &str, object: &mut Object) {
    for (field, property) in &mut object.properties {
        match property {
            RefOr::T(Schema::Object(property)) => {
                if let Some(choices) = choices(name, field) {
                    property.enum_values = Some(choices);
                }
                if [("FilterGroup", "or"), ("Filter", "not")].contains(&(name, field.as_str())) {
                    property.schema_type = without_null(&property.schema_type);
                }
            }
            RefOr::T(Schema::Array(property)) => match (name, field.as_str()) {
                ("ClaimExports", "filter_groups") => {
                    property.schema_type = without_null(&property.schema_type);
                    (property.min_items, property.max_items) = (Some(1), Some(50));
                }
                ("ProblemError", "path") => {
                    let step = OneOfBuilder::new().item(text()).item(whole_number());
                    property.items = utoipa::openapi::schema::ArrayItems::RefOrSchema(Box::new(step.into()));
                }
                ("FilterGroup", "filters") => {
                    let short = ArrayBuilder::new()
                        .items(ObjectBuilder::new().schema_type(SchemaType::AnyValue))
                        .min_items(Some(3))
                        .max_items(Some(4))
                        .description(Some("The short form: key, operator, value, not."));
                    let either = OneOfBuilder::new().item(Ref::from_schema_name("Filter")).item(short);
                    property.items =
                        utoipa::openapi::schema::ArrayItems::RefOrSchema(Box::new(either.into()));
                }
                _ => {}
            },
            _ => {}
        }
    }
}

fn complete(operation: &mut Operation) {
    let name = operation.operation_id.clone().unwrap_or_default();
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter {
            *parameter = specify(std::mem::take(parameter));
        }
    }
    operation.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>(TOKEN, [])]);
    let responses = &mut operation.responses.responses;
    for (status, description) in OF_ANY_CALL {
        responses.entry(status.to_owned()).or_insert_with(|| problem(description).into());
    }
    for (status, description) in OF_ANY_HEAD {
        responses.insert(status.to_owned(), ResponseBuilder::new().description(description).build().into());
    }
    for status in ["429", "503"] {
        if let Some(RefOr::T(response)) = responses.get_mut(status) {
            response.headers.insert("Retry-After".to_owned(), retry_after().into());
        }
    }
    let export = ["listUnexportedAccountingEntries", "listUnexportedVouchers"].contains(&name.as_str());
    if let (true, Some(RefOr::T(answer))) = (export, responses.get_mut("200")) {
        let (header, described) = as_of_header();
        answer.headers.insert(header.to_owned(), described.into());
    }
    let answer = match responses.get_mut("200") {
        Some(RefOr::T(answer)) => answer.content.get_mut("application/json"),
        _ => None,
    };
    let body = operation.request_body.as_mut().and_then(|body| match body {
        RefOr::T(body) => body.content.get_mut("application/json"),
        RefOr::Ref(_) => None,
    });
    let (asked, answered) = examples(&name);
    for (content, example) in [(body, asked), (answer, answered)] {
        if let Some(RefOr::T(content)) = content {
            content.example = example;
        }
    }
}

fn specify(parameter: Parameter) -> Parameter {
    let name = parameter.name.clone();
    let builder = ParameterBuilder::from(parameter);
    match name.as_str() {
        "system_id" => builder.schema(Some(text().pattern(Some("^[A-Za-z0-9._:-]{1,64}$")))),
        "sort" => {
            let keys = ["id", "created_at", "updated_at", "posting_date"];
            let both = keys.into_iter().flat_map(|key| [key.to_owned(), format!("-{key}")]);
            builder
                .schema(Some(text().enum_values(Some(both.collect::<Vec<_>>())).default(Some(json!("id")))))
        }
        "include" => builder.schema(Some(text().enum_values(Some(["exports"])))),
        "Idempotency-Key" => {
            let key = text().min_length(Some(1)).max_length(Some(200));
            builder.schema(Some(key)).example(Some(json!("run-118/page-3")))
        }
        "filter_groups" => {
            let groups = ArrayBuilder::new().items(Ref::from_schema_name("FilterGroup"));
            let example = json!([
                { "filters": [{ "key": "created_at", "operator": "gte", "value": "2024-01-01" }] },
                { "or": true, "filters": [["description", "ct", "invoice"], ["debit", "gte", "1000.00"]] },
            ]);
            builder
                .description(Some(FILTER_GROUPS))
                .schema(Some(groups.min_items(Some(1)).max_items(Some(50))))
                .explode(Some(true))
                .example(Some(example))
        }
        _ => builder,
    }
    .build()
}

const FILTER_GROUPS: &str = "The filter, with the path of each value in brackets: \
    `filter_groups[0][or]=true&filter_groups[0][filters][0][key]=description\
    &filter_groups[0][filters][0][operator]=ct&filter_groups[0][filters][0][value]=invoice`. Groups are joined by \
    AND; the filters of a group by AND too, or by OR with `or=true`. Indices may have gaps; `[]` begins a new \
    element. A filter may be written shorter: `filter_groups[0][filters][1][]=debit`, then its operator and its \
    value in the same way. An unknown or incomplete filter is refused. The same filter may be sent as JSON in the \
    body: `{\"filter_groups\": […]}`.";

fn problem(description: &str) -> Response {
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}

fn retry_after() -> Header {
    HeaderBuilder::new()
        .schema(Some(whole_number()))
        .description(Some("Seconds to wait before trying again"))
        .build()
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn whole_number() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0))
}
