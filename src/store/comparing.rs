//! What an import compares: the lines of vouchers, found by an index over journal, day and number.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Select,
};

use crate::domain::comparison::VoucherKey;
use crate::domain::{Day, EntryId, Money, Result, SystemId, Timestamp};
use crate::entities::accounting_entry::{Column, Entity};
use crate::entities::{export_mark, export_system};

/// What is looked at of a line of the ledger before it is read whole.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Header {
    /// The line.
    pub id: EntryId,
    journal_code: String,
    posting_date: Day,
    entry_number: String,
    document_reference: Option<String>,
    updated_at: Timestamp,
    withdrawn_at: Option<Timestamp>,
    import_digest: Option<Vec<u8>>,
}

impl Header {
    /// The voucher it belongs to.
    pub fn voucher(&self) -> VoucherKey {
        let reference = self.document_reference.as_deref();
        VoucherKey::new(&self.journal_code, self.posting_date, &self.entry_number, reference)
    }

    /// Whether its source took it back.
    pub fn is_withdrawn(&self) -> bool {
        self.withdrawn_at.is_some()
    }

    /// What stands for the line of the file that it was last written from, if nobody has changed it since.
    pub fn digest(&self) -> Option<&[u8]> {
        let (moment, digest) = self.import_digest.as_deref()?.split_first_chunk::<8>()?;
        (i64::from_be_bytes(*moment) == self.updated_at.micros()).then_some(digest)
    }
}

/// A digest as it is kept: bound to the moment at which the entry was written, so that it counts for nothing once
/// anybody has changed the entry, whoever it was.
pub fn bound(digest: &[u8], updated_at: Timestamp) -> Vec<u8> {
    [&updated_at.micros().to_be_bytes(), digest].concat()
}

/// Lines of the vouchers from `first` to `last`, and of those that the ledger has between them, in the order of the
/// vouchers; so many at most.
pub async fn between(
    connection: &impl ConnectionTrait,
    first: &VoucherKey,
    last: &VoucherKey,
    limit: u64,
) -> Result<Vec<Header>> {
    let range =
        Condition::all().add(voucher_columns().gte(name(first))).add(voucher_columns().lte(name(last)));
    Ok(in_order(headers().filter(range)).limit(limit).into_model().all(connection).await?)
}

/// All lines of vouchers that have journal, day and number in common. Where the number is blank there may be many: then
/// only those with one of the document references of `vouchers`.
pub async fn of_vouchers(connection: &impl ConnectionTrait, vouchers: &[VoucherKey]) -> Result<Vec<Header>> {
    let Some(first) = vouchers.first() else { return Ok(Vec::new()) };
    let mut query = headers().filter(voucher_columns().eq(name(first)));
    if first.is_unnumbered() {
        let references = vouchers.iter().map(|voucher| voucher.document_reference.as_str());
        let mut wanted = Condition::any().add(Column::DocumentReference.is_in(references));
        if vouchers.iter().any(|voucher| voucher.document_reference.is_empty()) {
            wanted = wanted.add(Column::DocumentReference.is_null());
        }
        query = query.filter(wanted);
    }
    Ok(in_order(query).into_model().all(connection).await?)
}

/// The journal behind this one that has an entry.
pub async fn next_journal(connection: &impl ConnectionTrait, after: Option<&str>) -> Result<Option<String>> {
    let mut query =
        Entity::find().select_only().column(Column::JournalCode).order_by_asc(Column::JournalCode);
    if let Some(after) = after {
        query = query.filter(Column::JournalCode.gt(after));
    }
    Ok(query.limit(1).into_tuple().one(connection).await?)
}

/// Vouchers of a journal that the ledger has on these days, in their order, from behind one; so many at most. Those
/// without a number come as one a day.
pub async fn vouchers_of_days(
    connection: &impl ConnectionTrait,
    journal: &str,
    days: (Day, Day),
    after: Option<&VoucherKey>,
    limit: u64,
) -> Result<Vec<VoucherKey>> {
    let mut query = Entity::find()
        .select_only()
        .columns([Column::PostingDate, Column::EntryNumber])
        .distinct()
        .filter(ColumnTrait::eq(&Column::JournalCode, journal))
        .filter(Column::PostingDate.gte(days.0))
        .filter(Column::PostingDate.lte(days.1));
    if let Some(after) = after {
        let place = Expr::tuple([Column::PostingDate, Column::EntryNumber].map(Expr::col));
        let behind = Expr::tuple([after.posting_date.into(), after.entry_number.as_str().into()]);
        query = query.filter(place.gt(behind));
    }
    let ordered = query.order_by_asc(Column::PostingDate).order_by_asc(Column::EntryNumber);
    let rows: Vec<(Day, String)> = ordered.limit(limit).into_tuple().all(connection).await?;
    Ok(rows.into_iter().map(|(day, number)| VoucherKey::new(journal, day, &number, None)).collect())
}

/// All lines of journal, day and number of a voucher.
pub async fn of_voucher(connection: &impl ConnectionTrait, voucher: &VoucherKey) -> Result<Vec<Header>> {
    let query = headers().filter(voucher_columns().eq(name(voucher)));
    Ok(query.order_by_asc(Column::Id).into_model().all(connection).await?)
}

fn headers() -> Select<Entity> {
    Entity::find().select_only().columns([
        Column::Id,
        Column::JournalCode,
        Column::PostingDate,
        Column::EntryNumber,
        Column::DocumentReference,
        Column::UpdatedAt,
        Column::WithdrawnAt,
        Column::ImportDigest,
    ])
}

fn in_order(query: Select<Entity>) -> Select<Entity> {
    let voucher = query.order_by_asc(Column::JournalCode).order_by_asc(Column::PostingDate);
    voucher.order_by_asc(Column::EntryNumber).order_by_asc(Column::Id)
}

fn voucher_columns() -> Expr {
    Expr::tuple([Column::JournalCode, Column::PostingDate, Column::EntryNumber].map(Expr::col))
}

fn name(voucher: &VoucherKey) -> Expr {
    let VoucherKey { journal_code, posting_date, entry_number, document_reference: _ } = voucher;
    Expr::tuple([journal_code.as_str().into(), (*posting_date).into(), entry_number.as_str().into()])
}

/// Which of the entries were sent to which systems: one pair a mark.
pub async fn sent(connection: &impl ConnectionTrait, ids: &[EntryId]) -> Result<Vec<(EntryId, SystemId)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = export_mark::Entity::find()
        .select_only()
        .column(export_mark::Column::EntryId)
        .column(export_system::Column::Name)
        .inner_join(export_system::Entity)
        .filter(export_mark::Column::EntryId.is_in(ids.iter().copied()))
        .order_by_asc(export_mark::Column::EntryId)
        .order_by_asc(export_system::Column::Name);
    Ok(query.into_tuple().all(connection).await?)
}

/// Debits and credits are summed by the caller from what it has read; this is what it reads of lines that it does not
/// compare.
pub async fn amounts(
    connection: &impl ConnectionTrait,
    ids: &[EntryId],
) -> Result<Vec<(EntryId, String, Money, Money)>> {
    let query = Entity::find()
        .select_only()
        .columns([Column::Id, Column::ExternalId, Column::Debit, Column::Credit])
        .filter(Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(Column::Id);
    Ok(query.into_tuple().all(connection).await?)
}
