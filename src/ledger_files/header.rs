//! Which column is which field.

use csv::StringRecord;

use super::Format;
use super::error::FileError;
use super::field::Field;

/// The header of a table. Columns come in any order; those that hold no field become attributes.
pub(super) struct Header {
    /// Of every column, as attributes are called: as in the file, unique.
    names: Vec<String>,
    /// The field a column holds.
    fields: Vec<Option<Field>>,
    /// The column a field is in.
    columns: [Option<usize>; Field::COUNT],
}

impl Header {
    /// Reads a header, whose names are compared without case and surrounding blanks. Columns without a name
    /// at its end do not count: the header may end with a separator.
    pub(super) fn new(record: &StringRecord, known: &[(Field, &str)]) -> Result<Self, FileError> {
        let named = |column: &usize| record.get(*column).is_some_and(|name| !name.trim().is_empty());
        let width = (0..record.len()).rev().find(named).map_or(0, |last| last + 1);
        let mut header = Header { names: Vec::new(), fields: Vec::new(), columns: [None; Field::COUNT] };
        let mut taken = std::collections::HashSet::new();
        for (column, name) in record.iter().take(width).map(str::trim).enumerate() {
            let field = known.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(f, _)| *f);
            if let Some(field) = field.filter(|field| *field != Field::Ignored)
                && header.columns[field as usize].replace(column).is_some()
            {
                return Err(FileError::DuplicateColumn { name: name.to_owned() });
            }
            let unique = if name.is_empty() {
                unnamed(column)
            } else if taken.contains(name) {
                format!("{name} ({})", unnamed(column))
            } else {
                name.to_owned()
            };
            taken.insert(unique.clone());
            header.names.push(unique);
            header.fields.push(field);
        }
        Ok(header)
    }

    /// How many columns every row has at least.
    pub(super) fn width(&self) -> usize {
        self.names.len()
    }

    /// Whether a column holds this field.
    pub(super) fn has(&self, field: Field) -> bool {
        self.columns[field as usize].is_some()
    }

    /// The column that holds this field.
    pub(super) fn column(&self, field: Field) -> Option<usize> {
        self.columns[field as usize]
    }

    /// The name in the file of the column that holds this field.
    pub(super) fn name_of(&self, field: Field) -> Option<&str> {
        self.column(field).and_then(|column| self.names.get(column)).map(String::as_str)
    }

    /// Lets the column of this field become an attribute.
    pub(super) fn release(&mut self, field: Field) {
        if let Some(column) = self.columns[field as usize].take() {
            self.fields[column] = None;
        }
    }

    /// What a column is called when it holds no field.
    pub(super) fn attribute(&self, column: usize) -> Option<std::borrow::Cow<'_, str>> {
        match self.fields.get(column) {
            Some(Some(_)) => None,
            Some(None) => Some(self.names[column].as_str().into()),
            None => Some(unnamed(column).into()),
        }
    }

    /// The error for a header that lacks columns.
    pub(super) fn lacks(&self, format: Format, missing: Vec<String>) -> FileError {
        FileError::MissingColumns { format, missing, found: self.names.clone() }
    }
}

/// What a column without a name is called.
fn unnamed(column: usize) -> String {
    format!("column {}", column + 1)
}
