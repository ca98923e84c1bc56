//! NDJSON: one JSON object a line, with the names of the REST fields, and the end line of an export where there is one.

use serde_json::Value as Json;

use super::MAX_LINE;
use super::csv_rows::is_required;
use super::end_line::EndLine;
use super::error::{FileError, LineFault, Problem, ReadFault};
use super::lines::{Line, Lines};
use super::text;
use crate::domain::{Attributes, CurrencyCode, EntryContent, Field, Step, Value};

/// The entries of the lines.
pub(super) struct Objects {
    lines: Lines,
    bytes: Vec<u8>,
    currency: CurrencyCode,
    end: EndLine,
}

/// There is no header to read.
pub(super) fn open(lines: Lines, currency: CurrencyCode) -> Objects {
    Objects { lines, bytes: Vec::new(), currency, end: EndLine::default() }
}

impl Iterator for Objects {
    type Item = Result<EntryContent, ReadFault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.bytes.clear();
            let number = self.lines.next_number();
            match self.lines.append_to(&mut self.bytes) {
                Ok(None) => return None,
                Ok(Some(_)) if text::is_blank(&self.bytes) => {}
                Ok(Some(line)) => match self.end.is_this(&self.bytes, line.number) {
                    Ok(true) => {}
                    Ok(false) => {
                        let fault = |problems| LineFault { line: line.number, problems }.into();
                        return Some(self.entry(line).map_err(fault));
                    }
                    Err(fault) => return Some(Err(fault.into())),
                },
                Err(source) => return Some(Err(FileError::Read { line: number, source }.into())),
            }
        }
    }
}

impl Objects {
    fn entry(&self, line: Line) -> Result<EntryContent, Vec<Problem>> {
        let whole = |reason: String| vec![Problem::of_line(reason)];
        if line.too_long {
            return Err(whole(format!("is longer than {MAX_LINE} bytes")));
        }
        // JSON is UTF-8 by definition: no guessing here.
        let Ok(text) = std::str::from_utf8(&self.bytes) else {
            return Err(whole("is not UTF-8, as JSON is".to_owned()));
        };
        match serde_json::from_str(text) {
            Ok(Json::Object(values)) => Object { values, problems: Vec::new() }.entry(self.currency),
            Ok(_) => {
                Err(whole("is not a JSON object: every line is {…} with the fields of an entry".to_owned()))
            }
            Err(error) if error.is_eof() && line.end.is_empty() => {
                Err(whole("is not complete; the file seems to be cut off here".to_owned()))
            }
            Err(error) => {
                let reason = error.to_string().replace("at line 1 column", "at character");
                Err(whole(format!("is not JSON: {reason}")))
            }
        }
    }
}

/// An object whose fields are taken out one by one.
struct Object {
    values: Attributes,
    problems: Vec<Problem>,
}

impl Object {
    fn entry(mut self, default: CurrencyCode) -> Result<EntryContent, Vec<Problem>> {
        let mut content = EntryContent::from_values(|field| self.value(field, default));
        content.attributes = self.attributes();
        // What is left is no field: it is kept beside the attributes, except what the ledger makes itself.
        for (name, value) in std::mem::take(&mut self.values) {
            if Field::from_name(&name).is_some() {
                continue;
            }
            if content.attributes.contains_key(&name) {
                self.problems.push(Problem::of_column(name, "is in the attributes too"));
            } else {
                content.attributes.insert(name, value);
            }
        }
        for fault in content.faults() {
            let column = match fault.path.first() {
                Some(Step::Field(name)) => Some(name.clone()),
                _ => None,
            };
            if column.is_none() || self.problems.iter().all(|problem| problem.column != column) {
                self.problems.push(Problem { column, reason: fault.message });
            }
        }
        if self.problems.is_empty() { Ok(content) } else { Err(self.problems) }
    }

    /// The value of a field, which may be left out or null where a line need not have it.
    fn value(&mut self, field: Field, currency: CurrencyCode) -> Option<Value> {
        let reason = match self.values.remove(field.name()) {
            None | Some(Json::Null) if field == Field::Currency => {
                return Some(Value::Text(currency.to_string()));
            }
            None | Some(Json::Null) if !is_required(field) => return None,
            None | Some(Json::Null) => "is missing".to_owned(),
            Some(value) => match field.kind().from_json(value) {
                Ok(value) => return Some(value),
                Err(reason) => reason,
            },
        };
        self.problems.push(Problem::of_column(field.name(), reason));
        None
    }

    /// The attributes, which may be left out or null.
    fn attributes(&mut self) -> Attributes {
        match self.values.remove("attributes") {
            None | Some(Json::Null) => Attributes::new(),
            Some(Json::Object(attributes)) => attributes,
            Some(_) => {
                let reason = "is not an object such as {\"CostCentre\": \"410\"}";
                self.problems.push(Problem::of_column("attributes", reason));
                Attributes::new()
            }
        }
    }
}
