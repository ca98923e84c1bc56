//! The accounting entry: one line of a journal, in the field's own terms (the FEC's columns).

use serde::Serialize;

use super::currency::CurrencyCode;
use super::entry_id::EntryId;
use super::error::{Code, Fault};
use super::exact::{self, ExactJson};
use super::field::{Field, FieldType, Value, ValueRef, entry_fields};
use super::money::Money;
use super::text::text_fault;
use super::time::{Day, FIRST_YEAR, Timestamp};

/// An entry's further columns, by their names in the source. Numbers keep all their digits.
pub type Attributes = exact::ExactObject;

/// Largest attributes object, in bytes of JSON.
pub const MAX_ATTRIBUTES: usize = 65_536;

macro_rules! content {
    ($($(#[doc = $doc:literal])+ $Field:ident $name:ident: $type:ty $(= $default:literal)? { $($row:tt)* })+) => {
        /// What the books say: everything about an entry that its source decides.
        #[derive(Clone, Debug, PartialEq, Serialize)]
        pub struct EntryContent {
            $($(#[doc = $doc])+ pub $name: $type,)+
            /// Every further column of the source, by its name: nothing is dropped.
            pub attributes: Attributes,
        }

        impl EntryContent {
            /// The content with these values, without attributes. A field without a value, or with one of another
            /// kind, is missing, or empty where it may not be missing: who gives the values has told of it.
            pub fn from_values(mut value_of: impl FnMut(Field) -> Option<Value>) -> EntryContent {
                EntryContent {
                    $($name: value_of(Field::$Field)
                        .and_then(<$type as FieldType>::from_value)
                        .unwrap_or_default(),)+
                    attributes: Attributes::new(),
                }
            }

            /// The value of a field; `None` when it is missing or is not the source's.
            pub fn value(&self, field: Field) -> Option<ValueRef<'_>> {
                match field {
                    $(Field::$Field => self.$name.value(),)+
                    _ => None,
                }
            }
        }
    };
}

macro_rules! entry {
    ($($(#[doc = $doc:literal])+ $Field:ident $name:ident: $type:ty { $($row:tt)* })+) => {
        /// An entry as the ledger holds it.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Entry {
            $($(#[doc = $doc])+ pub $name: $type,)+
            /// What the books say.
            pub content: EntryContent,
            /// Who recorded it; `None` when another program wrote the row.
            pub recorded_by: Option<String>,
        }

        impl Entry {
            /// The value of a field; `None` when the entry lacks it.
            pub fn value(&self, field: Field) -> Option<ValueRef<'_>> {
                match field {
                    $(Field::$Field => self.$name.value(),)+
                    of_the_source => self.content.value(of_the_source),
                }
            }
        }
    };
}

entry_fields!(content => content);
entry_fields!(own => entry);

impl EntryContent {
    /// Debit − credit, or `None` when that is out of range.
    pub fn amount(&self) -> Option<Money> {
        self.debit.checked_sub(self.credit)
    }

    /// Every rule that this content breaks, each with the path of the value. Empty: it may be recorded.
    pub fn faults(&self) -> Vec<Fault> {
        let fault = |name: &str, message: String| Fault::new(Code::InvalidEntry, message).under(name);
        let mut faults = Vec::new();
        for field in Field::CONTENT {
            let name = field.name();
            let message = match (self.value(*field), field.length()) {
                (Some(ValueRef::Text(text)), Some(length)) => {
                    text_fault(name, text, *length.start(), *length.end())
                }
                (Some(ValueRef::Date(day)), _) if !day.is_bookable() => {
                    Some(format!("{name} is out of range: the years {FIRST_YEAR} to 9999"))
                }
                _ => None,
            };
            faults.extend(message.map(|message| fault(name, message)));
        }
        if self.amount().is_none() {
            let message = "debit − credit is out of range: at most 922337203685477.5807 either way";
            faults.push(fault("debit", message.to_owned()));
        }
        faults.extend(self.attributes_fault().map(|message| fault("attributes", message)));
        faults
    }

    fn attributes_fault(&self) -> Option<String> {
        if self.attributes.is_empty() {
            return None;
        }
        let length = exact::length(&self.attributes);
        if length > MAX_ATTRIBUTES {
            return Some(format!("attributes are {length} bytes of JSON; at most {MAX_ATTRIBUTES}"));
        }
        let nul = "attributes hold a NUL character, which no database keeps";
        let holds_nul = |(name, value): (&String, &ExactJson)| name.contains('\0') || value.holds_nul();
        self.attributes.iter().any(holds_nul).then(|| nul.to_owned())
    }
}
