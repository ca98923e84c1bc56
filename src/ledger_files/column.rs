//! The columns of a file that are known, and what each holds.

use crate::domain::Field;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// A field of an entry.
    Field(Field),
    /// All attributes, as one JSON object.
    Attributes,
    /// FEC: the amount, whichever side it is on.
    Unsided,
    /// FEC: the side that the amount is on.
    Side,
}

impl From<Field> for Column {
    fn from(field: Field) -> Self {
        Column::Field(field)
    }
}

impl Column {
    /// How many there are.
    pub(super) const COUNT: usize = Field::ALL.len() + 3;

    /// Its place among all of them.
    pub(super) fn index(self) -> usize {
        match self {
            Column::Field(field) => field as usize,
            Column::Attributes => Field::ALL.len(),
            Column::Unsided => Field::ALL.len() + 1,
            Column::Side => Field::ALL.len() + 2,
        }
    }

    /// The field of the content that it holds, if it holds one.
    pub(super) fn field(self) -> Option<Field> {
        match self {
            Column::Field(field) if field.is_content() => Some(field),
            _ => None,
        }
    }

    /// The column of a FEC by this name, whatever its case: those of the fields, and Montant and Sens, which may
    /// stand in place of Debit and Credit.
    pub(super) fn in_fec(name: &str) -> Option<Column> {
        let is = |known: &str| known.eq_ignore_ascii_case(name);
        let field = Field::ALL.into_iter().find(|field| field.fec_name().is_some_and(is));
        let other = || match name {
            name if name.eq_ignore_ascii_case("Montant") => Some(Column::Unsided),
            name if name.eq_ignore_ascii_case("Sens") => Some(Column::Side),
            _ => None,
        };
        field.map(Column::Field).or_else(other)
    }

    /// The column by its name in REST, whatever its case.
    pub(super) fn in_rest(name: &str) -> Option<Column> {
        let field = Field::ALL.into_iter().find(|field| field.name().eq_ignore_ascii_case(name));
        field
            .map(Column::Field)
            .or_else(|| name.eq_ignore_ascii_case("attributes").then_some(Column::Attributes))
    }

    /// Whether it holds what `ledgate export` says of an entry beyond its content, which the ledger makes itself.
    pub(super) fn is_ignored(self) -> bool {
        matches!(self, Column::Field(field) if !field.is_content())
    }
}
