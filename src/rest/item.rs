//! One item of a call that writes, or the object that is its whole body, read field by field, so that each fault gets
//! its path.

use serde_json::{Map, Value};

use crate::domain::export::Reference;
use crate::domain::text::quoted;
use crate::domain::{Code, EntryId, Fault, GlobalId, TargetDraft, Timestamp};

/// The fields of an item, and what was found wrong with them.
pub struct ItemFields<'a> {
    object: Option<&'a Map<String, Value>>,
    faults: Vec<Fault>,
}

impl<'a> ItemFields<'a> {
    /// An item that may have fields of these names and no others.
    pub fn of(item: &'a Value, known: &[&str]) -> Self {
        Self::named("an item", item, known)
    }

    /// A body that may have fields of these names and no others.
    pub fn of_body(body: &'a Value, known: &[&str]) -> Self {
        Self::named("the body", body, known)
    }

    fn named(what: &str, value: &'a Value, known: &[&str]) -> Self {
        let Some(object) = value.as_object() else {
            let fault = Fault::new(Code::InvalidBody, format!("{what} is a JSON object"));
            return Self { object: None, faults: vec![fault] };
        };
        // The first one only: the names are a stranger's, and there may be thousands.
        let unknown = object.keys().find(|name| !known.contains(&name.as_str())).map(|name| {
            let message = match known {
                [] => format!("{what} has no fields, and not {name:?}"),
                known => format!("{what} has no field {name:?}; it has: {}", known.join(", ")),
            };
            Fault::new(Code::InvalidBody, message).under(name.as_str())
        });
        Self { object: Some(object), faults: unknown.into_iter().collect() }
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.value(name).filter(|value| !value.is_null())
    }

    /// An entry's id; `None` when it is missing or no 64-bit integer, which the use case refuses. For a number in quotes
    /// the fault says so, since the use case would only know that there is no number.
    pub fn id(&mut self, name: &str) -> Option<EntryId> {
        let value = self.get(name)?;
        if let Some(id) = value.as_str().and_then(|text| text.parse::<EntryId>().ok()) {
            let message = format!("an entry id is a number, and this is a text: write {id} without quotes");
            self.faults.push(Fault::new(Code::InvalidEntryId, message).under(name));
        }
        value.as_i64()
    }

    /// A text; empty when it is missing or no text, which the use case refuses.
    pub fn text(&self, name: &str) -> String {
        self.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// A text that may be left out.
    pub fn optional_text(&mut self, name: &str) -> Option<String> {
        let value = self.get(name)?;
        if !value.is_string() {
            self.faults.push(Fault::new(Code::InvalidBody, format!("a {name} is a string")).under(name));
        }
        value.as_str().map(str::to_owned)
    }

    /// A text that may be left out, or taken away by null: `Some(None)` then.
    pub fn nullable_text(&mut self, name: &str) -> Option<Option<String>> {
        self.value(name)?;
        Some(self.optional_text(name))
    }

    /// A whole number that may be left out.
    pub fn optional_number(&mut self, name: &str) -> Option<i64> {
        let value = self.get(name)?;
        if value.as_i64().is_none() {
            self.faults
                .push(Fault::new(Code::InvalidBody, format!("a {name} is a whole number")).under(name));
        }
        value.as_i64()
    }

    /// A moment that may be left out.
    pub fn optional_moment(&mut self, name: &str) -> Option<Timestamp> {
        let text = self.optional_text(name)?;
        match text.parse::<Timestamp>() {
            Ok(moment) => Some(moment),
            Err(error) => {
                let message = format!("{} {error}", quoted(&text));
                self.faults.push(Fault::new(Code::BadUserInput, message).under(name));
                None
            }
        }
    }

    /// A moment that has to be there.
    pub fn moment(&mut self, name: &str) -> Timestamp {
        let known = self.faults.len();
        let moment = self.optional_moment(name);
        if moment.is_none() && self.faults.len() == known {
            let message = format!("`{name}` is missing: it is a moment such as \"2024-01-31T12:00:00Z\"");
            self.faults.push(Fault::new(Code::BadUserInput, message).under(name));
        }
        moment.unwrap_or_default()
    }

    /// A list that may be left out, with each of its items read.
    pub fn list<T>(
        &mut self,
        name: &str,
        read: fn(&Value) -> Result<T, Vec<Fault>>,
    ) -> Vec<Result<T, Vec<Fault>>> {
        let Some(value) = self.get(name) else { return Vec::new() };
        if !value.is_array() {
            self.faults.push(Fault::new(Code::InvalidBody, format!("{name} is a list")).under(name));
        }
        value.as_array().into_iter().flatten().map(read).collect()
    }

    /// A value as it stands there, also where it is null.
    pub fn value(&self, name: &str) -> Option<&'a Value> {
        self.object.and_then(|object| object.get(name))
    }

    /// A document of the system, which may be left out.
    pub fn reference(&mut self) -> Option<Reference> {
        const NAME: &str = "reference";
        let mut fields = ItemFields::of(self.get(NAME)?, &["document_id", "url"]);
        let read = Reference { document_id: fields.text("document_id"), url: fields.optional_text("url") };
        self.faults.extend(fields.faults.into_iter().map(|fault| fault.under(NAME)));
        Some(read)
    }

    /// The entry or the voucher that the item names.
    pub fn target(&mut self) -> TargetDraft {
        let entry_id = self.get("accounting_entry_id").map(|_| self.id("accounting_entry_id"));
        let voucher_id = self.get("voucher_id").map(|id| id.as_str().and_then(GlobalId::voucher));
        TargetDraft { entry_id, voucher_id }
    }

    /// What was read, if nothing was wrong with it.
    pub fn finish<T>(self, read: T) -> Result<T, Vec<Fault>> {
        if self.faults.is_empty() { Ok(read) } else { Err(self.faults) }
    }
}
