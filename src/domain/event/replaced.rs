//! What a change of an entry replaced, as its event keeps it: the old values of the fields that changed, and no more.
//!
//! They are kept in the form of the columns, by the columns' names, since the database's own triggers write them too when
//! another program changes an entry.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::entry::{Entry, EntryContent};
use crate::domain::field::{Field, Kind, ValueRef};
use crate::domain::money::Money;
use crate::domain::time::Timestamp;

/// The column of what is beside the fields; also its name on both surfaces.
const ATTRIBUTES: &str = "attributes";

/// The old values of the fields that changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Replaced(Map<String, Value>);

/// One of the old values.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplacedValue {
    /// The field; `None` stands for the attributes, whose old value is all of them.
    pub field: Option<Field>,
    /// The value as REST shows it; null where the entry had none.
    pub value: Value,
}

impl Replaced {
    /// What is replaced when the entry becomes `new`.
    pub fn between(old: &EntryContent, new: &EntryContent) -> Self {
        let changed = Field::CONTENT.iter().filter(|field| old.value(**field) != new.value(**field));
        let mut replaced: Map<String, Value> =
            changed.map(|field| (field.column().to_owned(), kept(old.value(*field)))).collect();
        if old.attributes != new.attributes {
            let values = old.attributes.iter().map(|(name, value)| (name.clone(), value.to_value()));
            replaced.insert(ATTRIBUTES.to_owned(), Value::Object(values.collect()));
        }
        Self(replaced)
    }

    /// The values of an entry as they are now, in the form in which old values are shown.
    pub fn of(entry: &Entry) -> Vec<ReplacedValue> {
        let value = |field: &Field| ReplacedValue {
            field: Some(*field),
            value: shown(field.kind(), &kept(entry.content.value(*field))),
        };
        Field::CONTENT.iter().map(value).collect()
    }

    /// Whether nothing is known to have changed: another program's UPDATE may set what was there.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a system that was sent the entry has other contents.
    pub fn is_material(&self) -> bool {
        self.values().filter_map(|replaced| replaced.field).any(Field::is_material)
    }

    /// The old values, by the order of the columns' names. What is in a column that this version does not know is left out.
    pub fn values(&self) -> impl Iterator<Item = ReplacedValue> {
        self.0.iter().filter_map(|(column, value)| {
            if column == ATTRIBUTES {
                return Some(ReplacedValue { field: None, value: value.clone() });
            }
            let field = Field::from_column(column)?;
            Some(ReplacedValue { field: Some(field), value: shown(field.kind(), value) })
        })
    }
}

/// A value that is shown, as a text; `None` where there is none. Attributes are their JSON.
pub fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

impl ReplacedValue {
    /// The name of the field in REST.
    pub fn name(&self) -> &'static str {
        self.field.map_or(ATTRIBUTES, Field::name)
    }

    /// The name of the field in GraphQL.
    pub fn graphql_name(&self) -> &'static str {
        self.field.map_or(ATTRIBUTES, Field::graphql_name)
    }
}

/// A value as its column holds it.
fn kept(value: Option<ValueRef<'_>>) -> Value {
    match value {
        None => Value::Null,
        Some(ValueRef::Id(id)) => id.into(),
        Some(ValueRef::Integer(number)) => number.into(),
        Some(ValueRef::Text(text)) => text.into(),
        Some(ValueRef::Money(amount)) => amount.ten_thousandths().into(),
        Some(ValueRef::Date(day)) => day.to_string().into(),
        Some(ValueRef::Timestamp(moment)) => moment.micros().into(),
    }
}

/// What a column holds, as REST shows the value. What cannot be one of this kind is shown as it is.
fn shown(kind: Kind, kept: &Value) -> Value {
    let number = kept.as_i64();
    match (kind, number) {
        (Kind::Money, Some(number)) => Money::from_ten_thousandths(number).to_string().into(),
        (Kind::Timestamp, Some(number)) => {
            Timestamp::from_micros(number).map_or_else(|_| kept.clone(), |moment| moment.to_string().into())
        }
        _ => kept.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn content(debit: &str, name: Option<&str>) -> EntryContent {
        use crate::domain::field::Value as Held;
        let mut content = EntryContent::from_values(|field| match field {
            Field::Debit => Some(Held::Money(debit.parse().unwrap())),
            Field::AccountName => name.map(|name| Held::Text(name.to_owned())),
            Field::PostingDate => Some(Held::Date("2024-01-31".parse().unwrap())),
            _ => None,
        });
        content.attributes.insert("CostCentre".to_owned(), "410".into());
        content
    }

    #[test]
    fn only_what_changed_is_kept_and_shown_as_rest_shows_it() {
        let old = content("12.50", None);
        assert!(Replaced::between(&old, &old).is_empty());
        let replaced = Replaced::between(&old, &content("13", Some("Sales")));
        assert_eq!(json!(replaced), json!({ "debit_ten_thousandths": 125_000, "account_name": null }));
        let shown: Vec<_> = replaced.values().map(|one| (one.name(), one.value)).collect();
        assert_eq!(shown, [("account_name", Value::Null), ("debit", json!("12.50"))]);
        assert!(replaced.is_material());
        assert!(
            !Replaced::between(&old, &content("12.50", Some("Sales"))).is_material(),
            "a name is no news"
        );
    }

    #[test]
    fn attributes_are_kept_whole() {
        let (old, mut new) = (content("1", None), content("1", None));
        new.attributes.clear();
        let replaced = Replaced::between(&old, &new);
        assert_eq!(json!(replaced), json!({ "attributes": { "CostCentre": "410" } }));
        assert!(!replaced.is_material());
        let names: Vec<_> = replaced.values().map(|one| one.graphql_name()).collect();
        assert_eq!(names, ["attributes"]);
    }
}
