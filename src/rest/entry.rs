//! An entry over the wire, as it is shown and as it is recorded. Both follow from the table of fields, and the
//! attributes come beside them.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value as Json;
use utoipa::openapi::schema::{
    ArrayBuilder, KnownFormat, Object, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::marking::MarkedEntry;
use crate::domain::export::EntryExport;
use crate::domain::text::quoted;
use crate::domain::{Attributes, Code, Entry, EntryContent, Fault, Field, Kind};

/// The name of what is beside the fields.
const ATTRIBUTES: &str = "attributes";
/// The name of the marks.
const EXPORTS: &str = "exports";
/// Most unknown fields of one entry that an answer tells of. A mistaken program has a few, a hostile one thousands.
const MAX_UNKNOWN: usize = 10;

/// An entry as it is shown: the fields of the table by their names, the attributes, and the marks where these are asked
/// for.
#[derive(Debug)]
pub struct AccountingEntry {
    entry: Entry,
    exports: Option<Vec<MarkedEntry>>,
}

impl From<Entry> for AccountingEntry {
    fn from(entry: Entry) -> Self {
        Self { entry, exports: None }
    }
}

impl AccountingEntry {
    /// The entry with its marks.
    pub fn with_exports(entry: Entry, exports: Vec<EntryExport>) -> Self {
        Self { entry, exports: Some(exports.into_iter().map(MarkedEntry::from).collect()) }
    }
}

impl Serialize for AccountingEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let more = 1 + usize::from(self.exports.is_some());
        let mut object = serializer.serialize_map(Some(Field::ALL.len() + more))?;
        for field in Field::ALL {
            object.serialize_entry(field.name(), &self.entry.value(field))?;
        }
        object.serialize_entry(ATTRIBUTES, &self.entry.content.attributes)?;
        if let Some(exports) = &self.exports {
            object.serialize_entry(EXPORTS, exports)?;
        }
        object.end()
    }
}

impl ToSchema for AccountingEntry {
    fn name() -> Cow<'static, str> {
        "AccountingEntry".into()
    }
}

impl PartialSchema for AccountingEntry {
    fn schema() -> RefOr<Schema> {
        let mut object = ObjectBuilder::new().schema_type(Type::Object).description(Some(
            "One line of a journal. Money is a decimal in a string, since JSON numbers lose digits.",
        ));
        for field in Field::ALL {
            let mut property = property(field, field.is_nullable());
            if field.kind() == Kind::Money {
                property.pattern = Some(r"^-?\d+\.\d{2,4}$".to_owned());
            }
            object = object.property(field.name(), property);
        }
        let attributes = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("Every further column of the source, by its name."));
        let exports = ArrayBuilder::new().items(Ref::from_schema_name(MarkedEntry::name())).description(Some(
            "The mark of the entry for each system that it was sent to and that the caller may know of, by the name of the \
             system; all of them, as in GraphQL. Only with `include=exports`.",
        ));
        object.property(ATTRIBUTES, attributes).property(EXPORTS, exports).into()
    }
}

/// An entry to record. It is only described here; [`content`] reads it.
pub struct EntryToRecord;

impl ToSchema for EntryToRecord {
    fn name() -> Cow<'static, str> {
        "EntryToRecord".into()
    }
}

impl PartialSchema for EntryToRecord {
    fn schema() -> RefOr<Schema> {
        let mut object = ObjectBuilder::new().schema_type(Type::Object).description(Some(
            "An entry to record. What is left out is empty afterwards, also when the entry had it before.",
        ));
        for field in Field::CONTENT {
            let mut property = property(*field, field.is_nullable());
            match field.kind() {
                Kind::Money => property.pattern = Some(r"^-?\d+(\.\d{1,4}0*)?$".to_owned()),
                Kind::Currency => property.pattern = Some("^[A-Z]{3}$".to_owned()),
                _ => {}
            }
            property.default = field.default_value().map(Json::from);
            object = object.property(field.name(), property);
            if is_required(*field) {
                object = object.required(field.name());
            }
        }
        let attributes = ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
            .description(Some(
                "Whatever else the source knows of the entry; at most 65,536 bytes of JSON. A number in it is a 64-bit \
                 float: write exact decimals as strings.",
            ));
        object.property(ATTRIBUTES, attributes).into()
    }
}

/// A field as JSON has it: a string, but for the id and whole numbers.
fn property(field: Field, is_nullable: bool) -> Object {
    let (json, format) = match field.kind() {
        Kind::Id => (Type::Integer, Some(KnownFormat::Int64)),
        Kind::Integer => (Type::Integer, Some(KnownFormat::Int32)),
        Kind::Text | Kind::Currency | Kind::Money => (Type::String, None),
        Kind::Date => (Type::String, Some(KnownFormat::Date)),
        Kind::Timestamp => (Type::String, Some(KnownFormat::DateTime)),
    };
    let example = match field.kind() {
        Kind::Id | Kind::Integer => field.example().parse::<i64>().map(Json::from).ok(),
        _ => Some(Json::from(field.example())),
    };
    let types = if is_nullable { SchemaType::from_iter([json, Type::Null]) } else { SchemaType::from(json) };
    let length = field.length();
    ObjectBuilder::new()
        .schema_type(types)
        .format(format.map(SchemaFormat::KnownFormat))
        .description(Some(field.description()))
        .examples(example)
        .min_length(length.as_ref().map(|length| *length.start()).filter(|shortest| *shortest > 0))
        .max_length(length.map(|length| *length.end()))
        .build()
}

/// Whether an entry to record has to say it.
fn is_required(field: Field) -> bool {
    !field.is_nullable() && field.default_value().is_none()
}

/// Why an entry to record may not have a field of this name, if it may not.
fn unknown(name: &str) -> Option<Fault> {
    let reason = match Field::from_name(name) {
        Some(field) if field.is_content() => return None,
        Some(_) => "the ledger makes this itself: leave it out",
        None if name == ATTRIBUTES => return None,
        None => "an entry has no field of this name: put what else the source knows into attributes",
    };
    let fault = Fault::new(Code::InvalidEntry, format!("{}: {reason}", quoted(name)));
    Some(fault.under(name.chars().take(40).collect::<String>()))
}

/// Reads an entry to record: the fields of an answer, less those that the ledger makes itself. Null says the same of a
/// field that may be left out as leaving it out. The error is everything that is wrong with it.
pub fn content(item: &Json) -> Result<EntryContent, Vec<Fault>> {
    let fault = |message: String| Fault::new(Code::InvalidEntry, message);
    let Some(object) = item.as_object() else {
        return Err(vec![fault(
            "an entry is an object with its fields, such as {\"external_id\": …}".to_owned(),
        )]);
    };
    let mut faults = Vec::new();
    let mut content = EntryContent::from_values(|field| {
        let reason = match object.get(field.name()) {
            None | Some(Json::Null) if is_required(field) => "is missing".to_owned(),
            None | Some(Json::Null) => return None,
            Some(value) => match field.kind().from_json(value.clone()) {
                Ok(value) => return Some(value),
                Err(reason) => reason,
            },
        };
        faults.push(fault(format!("{}: {reason}", field.name())).under(field.name()));
        None
    });
    content.attributes = match object.get(ATTRIBUTES) {
        None | Some(Json::Null) => Attributes::new(),
        Some(Json::Object(attributes)) => {
            attributes.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect()
        }
        Some(_) => {
            let message = "attributes: is not an object such as {\"CostCentre\": \"410\"}";
            faults.push(fault(message.to_owned()).under(ATTRIBUTES));
            Attributes::new()
        }
    };
    faults.extend(object.keys().filter_map(|name| unknown(name)).take(MAX_UNKNOWN));
    if faults.is_empty() {
        return Ok(content);
    }
    // What could be read is judged too, so that one answer tells everything. A value that could not was told of.
    let read = content.faults().into_iter();
    let known: Vec<_> = faults.iter().map(|fault| fault.path.clone()).collect();
    faults.extend(read.filter(|fault| !known.contains(&fault.path)));
    Err(faults)
}
