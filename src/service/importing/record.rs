//! Lines of an import as bytes: so they are staged, sorted and compared without being taken apart.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::bytes::{Rest, damaged, days};
use crate::domain::comparison::{AttributeNames, Columns, ComingLine};
use crate::domain::{CurrencyCode, EntryContent, Field, Money, Result, ValueRef};

/// A digest of the values of a line and of the columns that it has.
pub(super) type Digest = [u8; 16];

/// Where a line stands: the number of its file among those of the import, from 0, and its line there, from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file.
    pub file: u32,
    /// The line.
    pub line: u64,
}

/// What is staged under the key of a voucher.
#[derive(Clone, Debug)]
pub(super) enum Record {
    /// A line that can be read.
    Line(StagedLine),
    /// A line that cannot be: its voucher is held back.
    Fault(Place, String),
    /// One of the lines must not be loaded although it can be read, for this reason.
    Refused(Place, String),
    /// One of the lines says the same as another of the same external id, and counts as that one.
    Repeated(Place),
}

/// A line, not taken apart.
#[derive(Clone, Debug)]
pub(super) struct StagedLine {
    pub(super) place: Place,
    /// Which of the import's sets of columns it has.
    pub(super) columns: u32,
    /// Whether the file gives it an external id.
    pub(super) is_named: bool,
    pub(super) digest: Digest,
    /// The amounts, to be summed without taking the line apart.
    pub(super) debit: Money,
    pub(super) credit: Money,
    pub(super) currency: CurrencyCode,
    content: Box<[u8]>,
}

/// The columns of an import's lines, each set once.
#[derive(Clone, Debug, Default)]
pub(super) struct Shapes(Vec<(Arc<Columns>, Digest)>);

impl Shapes {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn add(&mut self, columns: Arc<Columns>) {
        let mut hash = Sha256::new();
        for field in columns.fields() {
            hash.update(field.name());
            hash.update([0u8]);
        }
        match columns.attributes() {
            AttributeNames::All => hash.update([1u8]),
            AttributeNames::These(names) => names.iter().for_each(|name| {
                hash.update([2u8]);
                hash.update(name);
            }),
        }
        self.0.push((columns, short(hash)));
    }

    pub(super) fn columns(&self, number: u32) -> Result<&Arc<Columns>> {
        let shape = self.0.get(number as usize);
        Ok(&shape.ok_or_else(damaged)?.0)
    }

    fn digest(&self, number: u32) -> Digest {
        self.0.get(number as usize).map_or([0; 16], |shape| shape.1)
    }
}

/// The first half of a SHA-256: no two contents will ever meet in it.
fn short(hash: Sha256) -> Digest {
    let mut digest = [0; 16];
    digest.copy_from_slice(&hash.finalize()[..16]);
    digest
}

impl StagedLine {
    /// A line that has the columns `columns` of `shapes`.
    pub(super) fn new(
        place: Place,
        content: &EntryContent,
        is_named: bool,
        shapes: &Shapes,
        columns: u32,
    ) -> Self {
        let EntryContent { debit, credit, currency, .. } = *content;
        let content = encode(content, is_named).into_boxed_slice();
        let hash = Sha256::new().chain_update(shapes.digest(columns)).chain_update(&content);
        StagedLine { place, columns, is_named, digest: short(hash), debit, credit, currency, content }
    }

    /// The line as the rules compare it.
    pub(super) fn coming(&self, shapes: &Shapes) -> Result<ComingLine> {
        let content = decode(&self.content, self.is_named)?;
        Ok(ComingLine { content, columns: shapes.columns(self.columns)?.clone(), is_named: self.is_named })
    }
}

/// What is kept of an external id: where it stands, what stands for the line, and the voucher.
pub(super) fn name_to_bytes(place: Place, digest: &Digest, voucher: &[u8]) -> Vec<u8> {
    [&place.file.to_be_bytes()[..], &place.line.to_be_bytes()[..], &digest[..], voucher].concat()
}

impl Record {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let start = |tag: u8, place: &Place| {
            let mut bytes = Vec::with_capacity(64);
            bytes.push(tag);
            bytes.extend_from_slice(&place.file.to_be_bytes());
            bytes.extend_from_slice(&place.line.to_be_bytes());
            bytes
        };
        match self {
            Record::Line(line) => {
                let mut bytes = start(0, &line.place);
                bytes.extend_from_slice(&line.columns.to_be_bytes());
                bytes.push(u8::from(line.is_named));
                bytes.extend_from_slice(&line.digest);
                bytes.extend_from_slice(&line.debit.ten_thousandths().to_be_bytes());
                bytes.extend_from_slice(&line.credit.ten_thousandths().to_be_bytes());
                bytes.extend_from_slice(line.currency.as_str().as_bytes());
                bytes.extend_from_slice(&line.content);
                bytes
            }
            Record::Fault(place, reason) | Record::Refused(place, reason) => {
                let mut bytes = start(if let Record::Fault(..) = self { 1 } else { 2 }, place);
                bytes.extend_from_slice(reason.as_bytes());
                bytes
            }
            Record::Repeated(place) => start(3, place),
        }
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut rest = Rest(bytes);
        let tag = rest.byte()?;
        let place =
            Place { file: u32::from_be_bytes(rest.array()?), line: u64::from_be_bytes(rest.array()?) };
        let text = |rest: Rest<'_>| String::from_utf8_lossy(rest.0).into_owned();
        Ok(match tag {
            0 => Record::Line(StagedLine {
                place,
                columns: u32::from_be_bytes(rest.array()?),
                is_named: rest.byte()? != 0,
                digest: rest.array()?,
                debit: rest.money()?,
                credit: rest.money()?,
                currency: CurrencyCode::from_stored(&rest.text(3)?).map_err(|_| damaged())?,
                content: rest.0.into(),
            }),
            1 => Record::Fault(place, text(rest)),
            2 => Record::Refused(place, text(rest)),
            3 => Record::Repeated(place),
            _ => return Err(damaged()),
        })
    }
}

fn encode(content: &EntryContent, is_named: bool) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    for field in Field::CONTENT {
        if *field == Field::ExternalId && !is_named {
            continue;
        }
        match content.value(*field) {
            None => bytes.push(0),
            Some(ValueRef::Text(text)) => append(&mut bytes, text),
            Some(ValueRef::Money(amount)) => {
                bytes.push(2);
                bytes.extend_from_slice(&amount.ten_thousandths().to_be_bytes());
            }
            Some(ValueRef::Date(date)) => {
                bytes.push(3);
                bytes.extend_from_slice(&days(date).to_be_bytes());
            }
            // No field of the content is of another kind.
            Some(_) => bytes.push(0),
        }
    }
    if !content.attributes.is_empty() {
        bytes.extend_from_slice(serde_json::to_string(&content.attributes).unwrap_or_default().as_bytes());
    }
    bytes
}

fn append(bytes: &mut Vec<u8>, text: &str) {
    bytes.push(1);
    bytes.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

fn decode(bytes: &[u8], is_named: bool) -> Result<EntryContent> {
    let mut rest = Rest(bytes);
    let mut fault = None;
    // The values are asked for in the order of the table, in which they were written.
    let mut content = EntryContent::from_values(|field| {
        if field == Field::ExternalId && !is_named {
            return None;
        }
        rest.value(field).unwrap_or_else(|error| {
            fault = Some(error);
            None
        })
    });
    if let Some(error) = fault {
        return Err(error);
    }
    if !rest.0.is_empty() {
        content.attributes = serde_json::from_slice(rest.0).map_err(|_| damaged())?;
    }
    Ok(content)
}
