//! Which column of a file holds what.

use csv::StringRecord;

use super::Format;
use super::column::Column;
use super::error::FileError;
use crate::domain::Field;

/// The header of a table. Columns come in any order; those that are not known become attributes.
pub(super) struct Header {
    /// Of every column, as attributes are called: as in the file, unique.
    names: Vec<String>,
    /// Of every column: what it holds, if that is known.
    known: Vec<Option<Column>>,
    /// Of every known column: where in the file it is.
    places: [Option<usize>; Column::COUNT],
}

impl Header {
    /// Reads a header, of whose names `known` tells what they hold. They are compared without the blanks around
    /// them. Columns without a name at its end do not count: the header may end with a separator.
    pub(super) fn new(record: &StringRecord, known: fn(&str) -> Option<Column>) -> Result<Self, FileError> {
        let named = |column: &usize| record.get(*column).is_some_and(|name| !name.trim().is_empty());
        let width = (0..record.len()).rev().find(named).map_or(0, |last| last + 1);
        let mut header = Header { names: Vec::new(), known: Vec::new(), places: [None; Column::COUNT] };
        let mut taken = std::collections::HashSet::new();
        for (column, name) in record.iter().take(width).map(str::trim).enumerate() {
            let holds = known(name);
            if let Some(known) = holds.filter(|known| !known.is_ignored())
                && header.places[known.index()].replace(column).is_some()
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
            header.known.push(holds);
        }
        Ok(header)
    }

    /// How many columns every row has at least.
    pub(super) fn width(&self) -> usize {
        self.names.len()
    }

    /// Whether the file has this column.
    pub(super) fn has(&self, column: impl Into<Column>) -> bool {
        self.place(column).is_some()
    }

    /// Where in the file this column is.
    pub(super) fn place(&self, column: impl Into<Column>) -> Option<usize> {
        self.places[column.into().index()]
    }

    /// What this column is called in the file.
    pub(super) fn name_of(&self, column: impl Into<Column>) -> Option<&str> {
        self.place(column).and_then(|place| self.names.get(place)).map(String::as_str)
    }

    /// Lets this column become an attribute.
    pub(super) fn release(&mut self, column: impl Into<Column>) {
        if let Some(place) = self.places[column.into().index()].take() {
            self.known[place] = None;
        }
    }

    /// What the attribute is called that the column at this place holds, if it holds one.
    pub(super) fn attribute(&self, place: usize) -> Option<&str> {
        match self.known.get(place) {
            Some(None) => Some(&self.names[place]),
            _ => None,
        }
    }

    /// What the columns hold that are known.
    pub(super) fn known(&self) -> impl Iterator<Item = Column> + '_ {
        self.known.iter().copied().flatten()
    }

    /// What the attributes are called that columns of their own hold.
    pub(super) fn further(&self) -> impl Iterator<Item = &str> {
        let names = self.names.iter().zip(&self.known);
        names.filter(|(_, known)| known.is_none()).map(|(name, _)| name.as_str())
    }

    /// The names of the columns that say what the ledger makes itself. An export of the ledger has all of them, and
    /// nobody expects them to be taken: there none is named.
    pub(super) fn not_taken(&self) -> Vec<String> {
        let own: std::collections::HashSet<_> =
            self.known().filter(|column| column.is_ignored()).map(Column::index).collect();
        if own.len() + Field::CONTENT.len() == Field::ALL.len() {
            return Vec::new();
        }
        let columns = self.names.iter().zip(&self.known);
        let ignored = columns.filter(|(_, known)| known.is_some_and(Column::is_ignored));
        ignored.map(|(name, _)| name.clone()).collect()
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
