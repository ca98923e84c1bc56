//! NDJSON: one JSON object a line, with the names of the REST fields, and the end line of an export where there is one.

use std::collections::btree_map::Entry;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::MAX_LINE;
use super::csv_rows::is_required;
use super::end_line::EndLine;
use super::error::{FileError, LineFault, Problem, VoucherOfFault};
use super::item::{AttributeNames, Columns, FileItem, FileLine, Note};
use super::lines::{Line, Lines};
use super::text;
use crate::domain::exact::read_object;
use crate::domain::{Attributes, CurrencyCode, EntryContent, Field, Step, Value, json};

/// The name of what is beside the fields.
const ATTRIBUTES: &str = "attributes";

/// The entries of the lines.
pub(super) struct Objects {
    lines: Lines,
    bytes: Vec<u8>,
    currency: CurrencyCode,
    end: EndLine,
    /// Of the line before: most lines have the same fields.
    columns: Arc<Columns>,
}

/// There is no header to read.
pub(super) fn open(lines: Lines, currency: CurrencyCode) -> Objects {
    let columns = Arc::new(Columns::new([], AttributeNames::All));
    Objects { lines, bytes: Vec::new(), currency, end: EndLine::default(), columns }
}

impl Iterator for Objects {
    type Item = Result<FileItem, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.bytes.clear();
            let number = self.lines.next_number();
            match self.lines.append_to(&mut self.bytes) {
                Ok(None) => return None,
                Ok(Some(line)) => {
                    text::take_bom(&mut self.bytes);
                    if !text::is_blank(&self.bytes) {
                        return Some(self.item(line));
                    }
                }
                Err(source) => return Some(Err(FileError::Read { line: number, source })),
            }
        }
    }
}

impl Objects {
    fn item(&mut self, line: Line) -> Result<FileItem, FileError> {
        if self.end.is_this(&self.bytes, line.number)? {
            let note = Note::End { entries: self.end.entries(), line: line.number };
            return Ok(FileItem::Note(note));
        }
        let whole = |reason: String| (vec![Problem::of_line(reason)], self.voucher());
        let read = self.object(line).map_err(whole).and_then(|object| object.entry(self.currency));
        Ok(match read {
            Ok((content, columns)) => {
                if *self.columns != columns {
                    self.columns = Arc::new(columns);
                }
                let columns = Arc::clone(&self.columns);
                FileItem::Line(FileLine { line: line.number, content, columns, warnings: Vec::new() })
            }
            Err((problems, voucher)) => FileItem::Fault(LineFault { line: line.number, problems, voucher }),
        })
    }

    /// What a line that is no good object still tells of its voucher: a key that stands twice is one that counts.
    fn voucher(&self) -> VoucherOfFault {
        match serde_json::from_slice(&self.bytes) {
            Ok(Json::Object(values)) => voucher(&values),
            _ => VoucherOfFault::default(),
        }
    }

    /// The line as an object, or why it is none.
    fn object(&self, line: Line) -> Result<Object<'_>, String> {
        if line.too_long {
            return Err(format!("is longer than {MAX_LINE} bytes"));
        }
        // JSON is UTF-8 by definition: no guessing here.
        let Ok(text) = std::str::from_utf8(&self.bytes) else {
            return Err("is not UTF-8, as JSON is".to_owned());
        };
        let refused = match json::strict(text.as_bytes()) {
            Ok(Json::Object(values)) => return Ok(Object { values, text, problems: Vec::new() }),
            Ok(_) => {
                return Err("is not a JSON object: every line is {…} with the fields of an entry".to_owned());
            }
            Err(refused) => refused,
        };
        let reason = refused.error.to_string().replace("at line 1 column", "at character");
        Err(if refused.is_doubled_key() {
            reason
        } else if refused.error.is_eof() && line.end.is_empty() {
            "is not complete; the file seems to be cut off here".to_owned()
        } else {
            format!("is not JSON: {reason}")
        })
    }
}

/// An object whose fields are taken out one by one.
struct Object<'a> {
    values: Map<String, Json>,
    /// The same as it stands, with all digits of its numbers.
    text: &'a str,
    problems: Vec<Problem>,
}

impl Object<'_> {
    fn entry(
        mut self,
        default: CurrencyCode,
    ) -> Result<(EntryContent, Columns), (Vec<Problem>, VoucherOfFault)> {
        let voucher = voucher(&self.values);
        let columns = self.columns();
        let mut content = EntryContent::from_values(|field| self.value(field, default));
        content.attributes = self.attributes();
        for fault in content.faults() {
            let column = match fault.path.first() {
                Some(Step::Field(name)) => Some(name.clone()),
                _ => None,
            };
            if column.as_deref() == Some(Field::ExternalId.name()) && !columns.has(Field::ExternalId) {
                continue;
            }
            if column.is_none() || self.problems.iter().all(|problem| problem.column != column) {
                self.problems.push(Problem { column, reason: fault.message });
            }
        }
        if self.problems.is_empty() { Ok((content, columns)) } else { Err((self.problems, voucher)) }
    }

    /// What the object says something about. Null says that the value is missing.
    fn columns(&self) -> Columns {
        let is_field = |name: &String| Field::from_name(name).is_some() || name == ATTRIBUTES;
        let fields = Field::CONTENT.iter().copied().filter(|field| self.values.contains_key(field.name()));
        let attributes = if self.values.contains_key(ATTRIBUTES) {
            AttributeNames::All
        } else {
            AttributeNames::These(self.values.keys().filter(|name| !is_field(name)).cloned().collect())
        };
        Columns::new(fields, attributes)
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

    /// The attributes, and what else is no field and nothing that the ledger makes itself.
    fn attributes(&mut self) -> Attributes {
        let is_further = |name: &str| Field::from_name(name).is_none();
        if !self.values.keys().any(|name| is_further(name)) {
            return Attributes::new();
        }
        let mut exact = match read_object(self.text) {
            Ok(exact) => exact,
            Err(error) => {
                self.problems.push(Problem::of_line(error.to_string()));
                return Attributes::new();
            }
        };
        let mut attributes = match (self.values.get(ATTRIBUTES), exact.remove(ATTRIBUTES)) {
            (Some(Json::Object(_)), Some(object)) => read_object(object.text()).unwrap_or_default(),
            (None | Some(Json::Null), _) => Attributes::new(),
            _ => {
                let reason = "is not an object such as {\"CostCentre\": \"410\"}";
                self.problems.push(Problem::of_column(ATTRIBUTES, reason));
                Attributes::new()
            }
        };
        for (name, value) in exact.into_iter().filter(|(name, _)| is_further(name)) {
            match attributes.entry(name) {
                Entry::Vacant(free) => {
                    free.insert(value);
                }
                Entry::Occupied(taken) => {
                    self.problems.push(Problem::of_column(taken.key(), "is in the attributes too"));
                }
            }
        }
        attributes
    }
}

/// What an object tells of its voucher. What no entry can have is left out.
fn voucher(values: &Map<String, Json>) -> VoucherOfFault {
    let bounded = |field: Field| {
        let text = values.get(field.name()).and_then(Json::as_str)?;
        let longest = field.length().map_or(0, |length| *length.end());
        (!text.contains('\0') && text.chars().count() <= longest).then(|| text.to_owned())
    };
    let filled = |field| bounded(field).filter(|text| !text.is_empty());
    VoucherOfFault {
        journal_code: filled(Field::JournalCode),
        entry_number: bounded(Field::EntryNumber),
        posting_date: values
            .get(Field::PostingDate.name())
            .and_then(Json::as_str)
            .and_then(|day| day.parse().ok()),
        document_reference: filled(Field::DocumentReference),
    }
}
