//! Which columns a line of a file has. What a file does not have, it says nothing about: those columns are neither
//! compared nor changed.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::domain::{Attributes, EntryContent, Field, Value, ValueRef};

/// The columns of a line, as far as the source of an entry decides them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Columns {
    /// One bit a field, by its place in [`Field::CONTENT`].
    fields: u32,
    attributes: AttributeNames,
}

/// The attributes that a line says something about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttributeNames {
    /// All there are: what the line does not name, the entry has not.
    All,
    /// Those of these names. An attribute of such a name that the line does not have is none of the entry's.
    These(BTreeSet<String>),
}

impl Columns {
    /// Every field and all attributes.
    pub fn all() -> Self {
        Columns::new(Field::CONTENT.iter().copied(), AttributeNames::All)
    }

    /// These fields and attributes. Fields that the source does not decide are left out.
    pub fn new(fields: impl IntoIterator<Item = Field>, attributes: AttributeNames) -> Self {
        let fields = fields.into_iter().filter_map(place).fold(0, |bits, place| bits | 1 << place);
        Columns { fields, attributes }
    }

    /// Whether the line has this field.
    pub fn has(&self, field: Field) -> bool {
        place(field).is_some_and(|place| self.fields & 1 << place != 0)
    }

    /// The fields that there are, in the order of the table.
    pub fn fields(&self) -> impl Iterator<Item = Field> + '_ {
        Field::CONTENT.iter().copied().filter(|field| self.has(*field))
    }

    /// Which attributes the line says something about.
    pub fn attributes(&self) -> &AttributeNames {
        &self.attributes
    }

    /// Whether it says something about the attribute of this name.
    pub fn has_attribute(&self, name: &str) -> bool {
        match &self.attributes {
            AttributeNames::All => true,
            AttributeNames::These(names) => names.contains(name),
        }
    }

    /// How many fields there are.
    pub fn count(&self) -> u32 {
        self.fields.count_ones()
    }

    /// What an entry is after the line was taken over: what it says in these columns, and what the entry says in the
    /// others. The external id stays the entry's.
    pub fn merge(&self, entry: &EntryContent, line: &EntryContent) -> EntryContent {
        let mut merged = EntryContent::from_values(|field| {
            let of_line = self.has(field) && field != Field::ExternalId;
            let source = if of_line { line } else { entry };
            source.value(field).map(ValueRef::to_value)
        });
        merged.attributes = match &self.attributes {
            AttributeNames::All => line.attributes.clone(),
            AttributeNames::These(names) => {
                let others = entry.attributes.iter().filter(|(name, _)| !names.contains(*name));
                let own = line.attributes.iter();
                others.chain(own).map(|(name, value)| (name.clone(), value.clone())).collect()
            }
        };
        merged
    }

    /// Those of a content's attributes that these columns say something about.
    pub(super) fn attributes_of(&self, content: &EntryContent) -> Attributes {
        let attributes = content.attributes.iter().filter(|(name, _)| self.has_attribute(name));
        attributes.map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

fn place(field: Field) -> Option<usize> {
    Field::CONTENT.iter().position(|other| *other == field)
}

/// The order of two contents by all their columns, as the table of fields has them, and then by their attributes.
/// Equal are only those that say the same.
pub fn by_all_columns(one: &EntryContent, other: &EntryContent) -> Ordering {
    let value = |content: &EntryContent, field| content.value(field).map(ValueRef::to_value);
    let fields = Field::CONTENT.iter().filter(|field| **field != Field::ExternalId);
    let ordering = fields
        .map(|field| order(value(one, *field), value(other, *field)))
        .find(|ordering| ordering.is_ne())
        .unwrap_or(Ordering::Equal);
    let written = |content: &EntryContent| serde_json::to_string(&content.attributes).unwrap_or_default();
    ordering
        .then_with(|| {
            if one.attributes == other.attributes {
                Ordering::Equal
            } else {
                written(one).cmp(&written(other))
            }
        })
        .then_with(|| one.external_id.cmp(&other.external_id))
}

/// A missing value goes first. Values of one field are of one kind, and those are ordered.
fn order(one: Option<Value>, other: Option<Value>) -> Ordering {
    one.partial_cmp(&other).unwrap_or(Ordering::Equal)
}
