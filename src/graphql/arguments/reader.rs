//! Reads a value as its type asks for it: checked, with single values made lists where a list is wanted.

use std::collections::HashSet;

use async_graphql::indexmap::IndexMap;
use async_graphql::registry::{MetaInputValue, MetaType, MetaTypeName};
use async_graphql::{Name, Number, Pos, Value};
use async_graphql_value::Value as Written;

use super::definitions::Values;
use crate::domain::Code;
use crate::graphql::document_fault::DocumentFault;
use crate::graphql::scalars::how_to_write;
use crate::graphql::types::{is_required, types};

/// Where a value was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the document, in GraphQL's own notation.
    Document,
    /// Among the variables, as JSON: an enum's value is a text, and 1.0 is an integer.
    Variable,
}

/// Most bytes that variables may have together in all places but the first of each. Otherwise a variable of two
/// megabytes, put a thousand times into one list, would become two gigabytes.
const MAX_REPEATED: usize = 1 << 20;
/// Most characters of a value that an error repeats.
const MAX_SHOWN: usize = 60;
/// Most names of values or fields that an error tells.
const MAX_NAMES: usize = 12;

/// Reads values, and collects what is wrong with them.
pub struct Reader<'a> {
    origin: Origin,
    values: &'a Values,
    most: usize,
    /// The argument that is read and the way to the value inside it.
    path: Vec<String>,
    pos: Option<Pos>,
    faults: Vec<DocumentFault>,
    placed: HashSet<Name>,
    repeated: usize,
}

impl<'a> Reader<'a> {
    /// A reader that puts these values in the places of variables and collects at most `most` faults.
    pub fn new(origin: Origin, values: &'a Values, most: usize) -> Self {
        let (path, faults, placed) = (Vec::new(), Vec::new(), HashSet::new());
        Self { origin, values, most, path, pos: None, faults, placed, repeated: 0 }
    }

    /// What is read next is this argument, which stands there.
    pub fn begin(&mut self, argument: Vec<String>, pos: Option<Pos>) {
        (self.path, self.pos) = (argument, pos);
    }

    /// What was wrong.
    pub fn finish(self) -> Result<(), Vec<DocumentFault>> {
        if self.faults.is_empty() { Ok(()) } else { Err(self.faults) }
    }

    /// Says that the value which is being read is at fault.
    pub fn refuse(&mut self, why: &str) {
        self.fault(Code::BadUserInput, why);
    }

    /// Says that the argument is missing, which is a fault of the document and not of a value.
    pub fn refuse_missing(&mut self, ty: &str) {
        self.fault(Code::GraphqlValidationFailed, &missing(ty));
    }

    fn fault(&mut self, code: Code, why: &str) {
        if self.faults.len() < self.most {
            let message = format!("{}: {why}", self.path.join("."));
            let fault = DocumentFault { position: self.pos, ..DocumentFault::new(code, message) };
            self.faults.push(fault.of(self.path.clone()));
        }
    }

    /// Reads a value, which may be a variable; `None` when that is not set.
    pub fn place(&mut self, ty: &str, value: Written) -> Option<Value> {
        let Written::Variable(name) = value else { return Some(self.read(ty, value)) };
        let value = self.value_of(&name)?;
        if value == Value::Null && MetaTypeName::create(ty).is_non_null() {
            self.refuse(&format!("the variable ${name} is null, and {ty} is wanted here"));
        }
        Some(value)
    }

    /// Reads a value that is no variable itself.
    pub fn read(&mut self, ty: &str, value: Written) -> Value {
        match (MetaTypeName::create(ty), value) {
            (MetaTypeName::NonNull(_), Written::Null) => {
                self.refuse(&format!("it is null, and {ty} is wanted here"));
                Value::Null
            }
            (_, Written::Null) => Value::Null,
            (MetaTypeName::NonNull(ty), value) => self.read(ty, value),
            (MetaTypeName::List(item), Written::List(items)) => {
                let items = items.into_iter().enumerate();
                Value::List(items.map(|(index, value)| self.item(item, index, value)).collect())
            }
            (MetaTypeName::List(item), value) => Value::List(vec![self.read(item, value)]),
            (MetaTypeName::Named(name), value) => match types().get(name) {
                Some(MetaType::InputObject { input_fields, .. }) => self.object(name, input_fields, value),
                Some(leaf) => {
                    let value = self.untyped(value);
                    self.leaf(name, leaf, value)
                }
                None => self.untyped(value),
            },
        }
    }

    fn item(&mut self, ty: &str, index: usize, value: Written) -> Value {
        self.path.push(index.to_string());
        let variable = if let Written::Variable(name) = &value { Some(name.clone()) } else { None };
        // A list keeps its length: an item that is not set is null.
        let item = self.place(ty, value).unwrap_or_else(|| {
            if let (true, Some(name)) = (MetaTypeName::create(ty).is_non_null(), variable) {
                self.refuse_unset(&name, ty);
            }
            Value::Null
        });
        self.path.pop();
        item
    }

    /// Says that a variable is not set where a value is wanted.
    pub fn refuse_unset(&mut self, variable: &Name, ty: &str) {
        self.refuse(&format!("the variable ${variable} has no value, and {ty} is wanted here"));
    }

    fn object(&mut self, name: &str, fields: &IndexMap<String, MetaInputValue>, value: Written) -> Value {
        let Written::Object(mut given) = value else {
            let value = self.untyped(value);
            let first = fields.keys().find(|name| !["and", "or", "not"].contains(&name.as_str()));
            let first = first.map_or("", String::as_str);
            self.refuse(&format!("{} is no {name}: write an object such as {{{first}: …}}", shown(&value)));
            return value;
        };
        let mut read = IndexMap::with_capacity(given.len());
        for field in fields.values() {
            let Some((name, value)) = given.shift_remove_entry(field.name.as_str()) else {
                if is_required(field) {
                    self.path.push(field.name.clone());
                    self.refuse(&missing(&field.ty));
                    self.path.pop();
                }
                continue;
            };
            self.path.push(field.name.clone());
            let variable = if let Written::Variable(name) = &value { Some(name.clone()) } else { None };
            match (self.place(&field.ty, value), variable) {
                (Some(value), _) => drop(read.insert(name, value)),
                (None, Some(variable)) if is_required(field) => self.refuse_unset(&variable, &field.ty),
                (None, _) => {}
            }
            self.path.pop();
        }
        for unknown in given.keys() {
            self.path.push(unknown.to_string());
            self.refuse(&format!("{name} has no such field; it has {}", names(fields.keys())));
            self.path.pop();
        }
        Value::Object(read)
    }

    /// Puts variables in their places where the schema takes anything, or knows no such place.
    pub fn untyped(&mut self, value: Written) -> Value {
        match value {
            Written::Variable(name) => self.value_of(&name).unwrap_or_default(),
            Written::List(items) => Value::List(items.into_iter().map(|item| self.untyped(item)).collect()),
            Written::Object(fields) => {
                let is_set = |value: &Written| match value {
                    Written::Variable(name) => self.values.contains_key(name),
                    _ => true,
                };
                let fields: Vec<_> = fields.into_iter().filter(|(_, value)| is_set(value)).collect();
                Value::Object(fields.into_iter().map(|(name, value)| (name, self.untyped(value))).collect())
            }
            Written::Null => Value::Null,
            Written::Number(number) => Value::Number(number),
            Written::String(text) => Value::String(text),
            Written::Boolean(boolean) => Value::Boolean(boolean),
            Written::Binary(bytes) => Value::Binary(bytes),
            Written::Enum(name) => Value::Enum(name),
        }
    }

    /// The value of a variable, for one more place.
    fn value_of(&mut self, name: &Name) -> Option<Value> {
        let value = self.values.get(name)?;
        if !self.placed.insert(name.clone()) {
            self.repeated = self.repeated.saturating_add(size(value));
            if self.repeated > MAX_REPEATED {
                let most = MAX_REPEATED >> 20;
                self.refuse(&format!(
                    "the variable ${name} stands in several places, and all such values together have more than \
                     {most} MiB, once they are written out"
                ));
                return Some(Value::Null);
            }
        }
        Some(value.clone())
    }

    fn leaf(&mut self, name: &str, ty: &MetaType, value: Value) -> Value {
        match read_leaf(self.origin, name, ty, value) {
            Ok(value) => value,
            Err(value) => {
                let how = match ty {
                    MetaType::Enum { enum_values, .. } => {
                        format!(": it is one of {}", names(enum_values.keys()))
                    }
                    _ => how_to_write(name).map(|how| format!(": {how}")).unwrap_or_default(),
                };
                self.refuse(&format!("{} is no {name}{how}", shown(&value)));
                Value::Null
            }
        }
    }
}

/// A value of a scalar or an enum as the engine takes it; `Err` when it is none.
fn read_leaf(origin: Origin, name: &str, ty: &MetaType, value: Value) -> Result<Value, Value> {
    let in_json = origin == Origin::Variable;
    let is_valid = match (ty, &value) {
        (MetaType::Enum { enum_values, .. }, Value::Enum(name)) => {
            !in_json && enum_values.contains_key(name.as_str())
        }
        (MetaType::Enum { enum_values, .. }, Value::String(text)) if in_json => {
            return if enum_values.contains_key(text) {
                Ok(Value::Enum(Name::new(text)))
            } else {
                Err(value)
            };
        }
        (MetaType::Scalar { .. }, Value::Number(number)) if name == "Int" || name == "ID" => {
            let whole = number.as_i64().or_else(|| in_json.then(|| whole(number)).flatten());
            return match whole {
                Some(whole) if name == "ID" || i32::try_from(whole).is_ok() => {
                    Ok(Value::Number(whole.into()))
                }
                None if name == "ID" && number.is_u64() => Ok(value),
                _ => Err(value),
            };
        }
        (MetaType::Scalar { is_valid: Some(is_valid), .. }, value) => is_valid(value),
        (MetaType::Scalar { is_valid: None, .. }, _) => true,
        _ => false,
    };
    if is_valid { Ok(value) } else { Err(value) }
}

/// JSON has one kind of number: 1.0 is the integer 1.
fn whole(number: &Number) -> Option<i64> {
    let number = number.as_f64()?;
    // Up to here every integer is a number of its own.
    let is_whole = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_991.0;
    is_whole.then_some(number as i64)
}

/// About how many bytes a value takes.
fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => 32 + text.len(),
        Value::List(items) => 32 + items.iter().map(size).sum::<usize>(),
        Value::Object(fields) => {
            32 + fields.iter().map(|(name, value)| 32 + name.len() + size(value)).sum::<usize>()
        }
        _ => 32,
    }
}

fn missing(ty: &str) -> String {
    format!("it is not there, and {ty} is wanted")
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::List(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        value => value.to_string(),
    };
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn names<'n>(names: impl ExactSizeIterator<Item = &'n String>) -> String {
    let more = if names.len() > MAX_NAMES { ", …" } else { "" };
    names.take(MAX_NAMES).map(String::as_str).collect::<Vec<_>>().join(", ") + more
}
