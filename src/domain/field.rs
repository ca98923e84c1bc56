//! The fields of an accounting entry. `table.rs` holds the table of them, from which this enum and everything else
//! that knows the fields is made; `value.rs` says what they may hold.

mod table;
mod value;

use std::ops::RangeInclusive;

use serde::{Serialize, Serializer};

use super::currency::CurrencyCode;
use super::entry_id::EntryId;
use super::money::Money;
use super::time::{Day, Timestamp};

pub(crate) use table::entry_fields;
pub use value::{FieldType, Kind, MAX_TEXT, Value, ValueRef};

/// What the table says of a field.
struct Row {
    description: &'static str,
    name: &'static str,
    graphql_name: &'static str,
    column: &'static str,
    fec_name: Option<&'static str>,
    kind: Kind,
    is_nullable: bool,
    default: Option<&'static str>,
    length: Option<RangeInclusive<usize>>,
    is_indexed: bool,
    is_immaterial: bool,
}

/// The value if there is one, else `None` or `false`.
macro_rules! optional {
    () => {
        None
    };
    ($value:expr) => {
        Some($value)
    };
}

macro_rules! field {
    ($(
        $(#[doc = $doc:literal])+
        $Field:ident $name:ident: $type:ty $(= $default:literal)? {
            graphql: $graphql:literal, column: $column:literal
            $(, fec: $fec:literal)? $(, length: $length:expr)? $(, indexed: $indexed:literal)?
            $(, immaterial: $immaterial:literal)?
        }
    )+) => {
        /// The fields that can be asked about. What a field holds is its [`Kind`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Field {
            $($(#[doc = $doc])+ $Field,)+
        }

        /// The rows of the table, in the order of the enum.
        const ROWS: &[Row] = &[$(Row {
            description: concat!($($doc),+),
            name: stringify!($name),
            graphql_name: $graphql,
            column: $column,
            fec_name: optional!($($fec)?),
            kind: <$type as FieldType>::KIND,
            is_nullable: <$type as FieldType>::IS_NULLABLE,
            default: optional!($($default)?),
            length: optional!($($length)?),
            is_indexed: matches!(optional!($($indexed)?), Some(true)),
            is_immaterial: matches!(optional!($($immaterial)?), Some(true)),
        }),+];

        impl Field {
            /// Every field, in the order of the table.
            pub const ALL: [Field; ROWS.len()] = [$(Field::$Field),+];
        }
    };
}

macro_rules! content {
    ($($(#[doc = $doc:literal])+ $Field:ident $name:ident: $type:ty $(= $default:literal)? { $($row:tt)* })+) => {
        impl Field {
            /// Those that the source of an entry decides, in the order of the table.
            pub const CONTENT: &[Field] = &[$(Field::$Field),+];
        }
    };
}

entry_fields!(each => field);
entry_fields!(content => content);

impl Field {
    fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }

    /// Its name in REST, in filters and in files.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The field of that name.
    pub fn from_name(name: &str) -> Option<Field> {
        Field::ALL.into_iter().find(|field| field.name() == name)
    }

    /// The field that GraphQL's `AccountingEntry` has under this name.
    pub fn from_graphql_name(name: &str) -> Option<Field> {
        Field::ALL.into_iter().find(|field| field.graphql_name() == name)
    }

    /// Its name in GraphQL's `AccountingEntry`.
    pub fn graphql_name(self) -> &'static str {
        self.row().graphql_name
    }

    /// The field that this column of the database holds.
    pub fn from_column(column: &str) -> Option<Field> {
        Field::ALL.into_iter().find(|field| field.column() == column)
    }

    /// Its column in the database.
    pub fn column(self) -> &'static str {
        self.row().column
    }

    /// The column of a FEC that holds it, if one does.
    pub fn fec_name(self) -> Option<&'static str> {
        self.row().fec_name
    }

    /// What it holds.
    pub fn kind(self) -> Kind {
        self.row().kind
    }

    /// Whether an entry may lack it.
    pub fn is_nullable(self) -> bool {
        self.row().is_nullable
    }

    /// What it is when a call that records an entry leaves it out, if that is said.
    pub fn default_value(self) -> Option<&'static str> {
        self.row().default
    }

    /// The shortest and the longest length of its text, in characters. Everything but a text has none.
    pub fn length(self) -> Option<RangeInclusive<usize>> {
        self.row().length.clone()
    }

    /// Whether an index of the database finds entries by it.
    pub fn is_indexed(self) -> bool {
        self.row().is_indexed
    }

    /// Whether the source of an entry decides it. The others the ledger makes itself.
    pub fn is_content(self) -> bool {
        Field::CONTENT.contains(&self)
    }

    /// Whether a change of it makes a new version of the entry: systems that were sent the entry have to hear of it.
    pub fn is_material(self) -> bool {
        self.is_content() && !self.row().is_immaterial
    }

    /// What it means, for people: plain English, without the example.
    pub fn description(self) -> &'static str {
        self.described().0
    }

    /// A value that it may have.
    pub fn example(self) -> &'static str {
        self.described().1
    }

    /// The two parts of the description in the table.
    fn described(self) -> (&'static str, &'static str) {
        let (text, example) = self.row().description.split_once(" Example: ").unwrap_or_default();
        (text.trim(), example.trim().trim_matches('"'))
    }
}

/// A filter is part of what a cursor is bound to: the name stays when the variant is called otherwise.
impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Which fields of entries are read. What was not read is empty in the entry, so only who chose the fields may look
/// at it. The id, the posting date, the currency, the moments and the version
/// are always read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fields {
    /// All, attributes included.
    All,
    /// These.
    Only(Vec<Field>),
}

impl Fields {
    /// No more than is always read.
    pub const NONE: Fields = Fields::Only(Vec::new());

    /// Both.
    pub fn and(self, others: Fields) -> Fields {
        match (self, others) {
            (Fields::Only(mut fields), Fields::Only(others)) => {
                fields.extend(others);
                Fields::Only(fields)
            }
            _ => Fields::All,
        }
    }

    /// Whether everything that the others name is among these.
    pub fn include(&self, others: &Fields) -> bool {
        match (self, others) {
            (Fields::All, _) => true,
            (Fields::Only(_), Fields::All) => false,
            (Fields::Only(fields), Fields::Only(others)) => others.iter().all(|field| fields.contains(field)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_description_tells_its_length_and_ends_with_an_example_that_is_one() {
        for field in Field::ALL {
            let (description, example) = (field.description(), field.example());
            assert!(description.ends_with('.') && description.len() > 20, "{field:?}: {description}");
            assert!(field.kind().parse(example).is_ok(), "{field:?}: {example}");
            assert_eq!(field.length().is_some(), field.kind() == Kind::Text, "{field:?}");
            if let Some(length) = field.length() {
                let longest = match length.end() {
                    2_000 => "2,000".to_owned(),
                    longest => longest.to_string(),
                };
                let told = match length.start() {
                    0 => format!("t most {longest} characters"),
                    shortest => format!("{shortest} to {longest} characters"),
                };
                assert!(description.contains(&told), "{field:?}: {description} does not say {told}");
            }
            if let Some(name) = field.fec_name() {
                assert!(description.contains(&format!("(FEC: {name})")), "{field:?}: {description}");
            }
            if let Some(value) = field.default_value() {
                assert!(field.kind().parse(value).is_ok(), "{field:?}: {value}");
            }
        }
    }

    #[test]
    fn a_field_has_one_name_a_surface() {
        for field in Field::ALL {
            assert_eq!(Field::from_name(field.name()), Some(field));
            assert_eq!(Field::from_graphql_name(field.graphql_name()), Some(field));
            assert_eq!(Field::ALL.iter().filter(|other| other.column() == field.column()).count(), 1);
        }
    }
}
