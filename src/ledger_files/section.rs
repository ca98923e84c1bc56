//! A header, and whether a row has its columns.

use std::sync::Arc;

use csv::StringRecord;

use super::cells::Cells;
use super::column::Column;
use super::error::FileError;
use super::header::Header;
use super::item::Columns;
use super::table::Shape;
use super::{Format, detect};
use crate::domain::text::quoted;
use crate::domain::{CurrencyCode, EntryContent};

/// Makes entries of the rows under one header of one format.
pub(super) trait RowReader: Sized {
    /// The format.
    const FORMAT: Format;

    /// What a column of this name holds.
    fn known(name: &str) -> Option<Column>;

    /// For rows under this header, of which it may release columns. An error: the header lacks columns.
    fn under(header: &mut Header, currency: CurrencyCode) -> Result<Self, FileError>;

    /// What such rows say something about.
    fn columns(&self, header: &Header) -> Columns;

    /// Whether every row has to have it: one that ends before it is refused.
    fn is_needed(&self, column: Column) -> bool;

    /// The content of a row, or a best guess at it beside the problems noted.
    fn content(&self, cells: &mut Cells<'_>) -> EntryContent;
}

/// A header, and what was seen of the rows under it.
pub(super) struct Section<R> {
    /// The header as it stands.
    pub(super) names: StringRecord,
    pub(super) shape: Shape,
    /// A pair of quotation marks says that a text is empty, and nothing that it is missing.
    pub(super) tells_empty_texts: bool,
    pub(super) header: Header,
    pub(super) columns: Arc<Columns>,
    pub(super) reader: R,
    /// Up to which column every row has to go.
    needed: usize,
    extra: Extra,
}

/// How many empty cells rows have beyond the header: a separator at the end of every line is no fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extra {
    Unknown,
    /// So many, all rows so far.
    Always(usize),
    /// Not all rows have as many.
    No,
}

/// Whether a row has the columns of its header.
pub(super) enum Fit {
    Good,
    /// Only if all others have as many.
    Open,
    Bad(String),
}

/// How rows under this header are cut into cells.
pub(super) fn shape<R: RowReader>(header: &str) -> Shape {
    // By itself a quotation mark means nothing in a FEC. A spreadsheet that saves one may quote every cell.
    let quoting = R::FORMAT == Format::Csv || detect::is_quoted(header);
    Shape { delimiter: detect::separator(header), quoting }
}

impl<R: RowReader> Section<R> {
    pub(super) fn new(
        names: &StringRecord,
        text: &str,
        shape: Shape,
        currency: CurrencyCode,
    ) -> Result<Self, FileError> {
        let mut header = Header::new(names, R::known)?;
        let reader = R::under(&mut header, currency)?;
        let columns = Arc::new(reader.columns(&header));
        let needed = header.known().filter(|column| reader.is_needed(*column));
        let needed = needed.filter_map(|column| header.place(column)).max().map_or(0, |place| place + 1);
        Ok(Section {
            names: names.clone(),
            shape,
            tells_empty_texts: R::FORMAT == Format::Csv && !detect::is_quoted(text),
            header,
            columns,
            reader,
            needed,
            extra: Extra::Unknown,
        })
    }

    /// Whether a row has the columns of the header.
    pub(super) fn fit(&mut self, record: &StringRecord, unfinished: bool, last: bool) -> Fit {
        let (found, expected) = (record.len(), self.header.width());
        let misfit = || {
            let first = quoted(record.get(0).unwrap_or_default());
            format!("has {found} columns where the header has {expected}; it begins {first}")
        };
        if found < expected {
            // Columns that are empty in every row may be missing at the end of one, unless the file ends there.
            return match (unfinished, found < self.needed) {
                (true, _) => Fit::Bad(format!("{}; the file seems to be cut off here", misfit())),
                (false, true) => Fit::Bad(misfit()),
                (false, false) => Fit::Good,
            };
        }
        let extra = found - expected;
        if !last {
            self.extra = match self.extra {
                Extra::Unknown if extra > 0 => Extra::Always(extra),
                Extra::Always(others) if others == extra => Extra::Always(extra),
                _ => Extra::No,
            };
        }
        if extra == 0 {
            return Fit::Good;
        }
        let is_empty = record.iter().skip(expected).all(|cell| cell.trim().is_empty());
        match self.extra {
            Extra::Always(_) if is_empty && last => Fit::Good,
            Extra::Always(_) if is_empty => Fit::Open,
            _ if self.shape.quoting => {
                Fit::Bad(format!("{}; a value with a separator in it wants quotes", misfit()))
            }
            _ => Fit::Bad(format!("{}; a separator within a text moves what stands behind it", misfit())),
        }
    }
}
