//! NDJSON: one JSON object a line, with the names of the REST fields, and the end line of an export where there is one.

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::MAX_LINE;
use super::csv_rows::iso_date_text;
use super::end_line::EndLine;
use super::error::{FileError, LineFault, Problem, ReadFault};
use super::field::{self, Field};
use super::lines::{Line, Lines};
use super::text;
use crate::domain::{Attributes, CurrencyCode, EntryContent, Money, Step};

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
            Ok(Value::Object(values)) => Object { values, problems: Vec::new() }.entry(self.currency),
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
        let mut content = EntryContent {
            external_id: self.required("external_id"),
            journal_code: self.required("journal_code"),
            journal_name: self.optional("journal_name"),
            entry_number: self.required("entry_number"),
            posting_date: self.required_date("posting_date"),
            account_number: self.required("account_number"),
            account_name: self.optional("account_name"),
            subledger_account_number: self.optional("subledger_account_number"),
            subledger_account_name: self.optional("subledger_account_name"),
            document_reference: self.optional("document_reference"),
            document_date: self.date("document_date"),
            description: self.required("description"),
            debit: self.required::<Money>("debit"),
            credit: self.required::<Money>("credit"),
            currency: self.optional("currency").unwrap_or(default),
            foreign_amount: self.optional("foreign_amount"),
            foreign_currency: self.optional("foreign_currency"),
            reconciliation_code: self.optional("reconciliation_code"),
            reconciled_on: self.date("reconciled_on"),
            validated_on: self.date("validated_on"),
            attributes: self.optional("attributes").unwrap_or_default(),
        };
        // What is left is no field: it is kept beside the attributes, except what the ledger makes itself.
        for (name, value) in std::mem::take(&mut self.values) {
            if field::by_rest_name(&name) == Some(Field::Ignored) {
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

    /// A field that may be left out or null.
    fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        match self.values.remove(name)? {
            Value::Null => None,
            value => match serde_json::from_value(value) {
                Ok(value) => Some(value),
                Err(error) => {
                    self.problems.push(Problem::of_column(name, error.to_string()));
                    None
                }
            },
        }
    }

    /// A field that must be there. Its default stands in for one that is not.
    fn required<T: DeserializeOwned + Default>(&mut self, name: &str) -> T {
        if matches!(self.values.get(name), None | Some(Value::Null)) {
            self.problems.push(Problem::of_column(name, "is missing"));
        }
        self.optional(name).unwrap_or_default()
    }

    fn date(&mut self, name: &str) -> Option<NaiveDate> {
        let text: String = self.optional(name)?;
        iso_date_text(&text).map_err(|reason| self.problems.push(Problem::of_column(name, reason))).ok()
    }

    fn required_date(&mut self, name: &str) -> NaiveDate {
        if matches!(self.values.get(name), None | Some(Value::Null)) {
            self.problems.push(Problem::of_column(name, "is missing"));
        }
        self.date(name).unwrap_or_default()
    }
}
