//! Reads what an import compares with its files: the entries of vouchers, withdrawn ones too, found by the index over
//! journal, posting date, number and id.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Select,
};

use crate::domain::comparison::VoucherKey;
use crate::domain::{Day, EntryId, Money, Result, SystemId, Timestamp};
use crate::entities::accounting_entry::{Column, Entity};
use crate::entities::{export_mark, export_system};

/// The columns of an entry that an import compares before it reads the whole entry.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Header {
    /// The entry.
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

    /// Whether the entry is withdrawn.
    pub fn is_withdrawn(&self) -> bool {
        self.withdrawn_at.is_some()
    }

    /// The digest of the line that last wrote the entry. `None` when no import wrote it, or when it was changed since.
    pub fn digest(&self) -> Option<&[u8]> {
        let (moment, digest) = self.import_digest.as_deref()?.split_first_chunk::<8>()?;
        (i64::from_be_bytes(*moment) == self.updated_at.micros()).then_some(digest)
    }
}

/// A digest as the database keeps it: after the entry's `updated_at` in eight bytes. Every later change of the entry,
/// also by another program, changes `updated_at`, and the digest then no longer counts.
pub fn bound(digest: &[u8], updated_at: Timestamp) -> Vec<u8> {
    [&updated_at.micros().to_be_bytes(), digest].concat()
}

/// The entries of all vouchers of the ledger from `first` to `last`, both included, ordered by journal, posting date,
/// number and id; `limit` at most. Document references do not count.
pub async fn between(
    connection: &impl ConnectionTrait,
    first: &VoucherKey,
    last: &VoucherKey,
    limit: u64,
) -> Result<Vec<Header>> {
    Ok(in_order(headers().filter(range(first, last))).limit(limit).into_model().all(connection).await?)
}

/// Condition: the entry's voucher is one of those from `first` to `last`.
///
/// A comparison of rows tells PostgreSQL where to begin in an index, but only its first column tells it where to end: for each
/// portion of a file it went on to the end of the journal. So rows are compared only where a portion is of two journals.
fn range(first: &VoucherKey, last: &VoucherKey) -> Condition {
    if first.journal_code != last.journal_code {
        return Condition::all()
            .add(voucher_columns().gte(name(first)))
            .add(voucher_columns().lte(name(last)));
    }
    let [journal, day, number] = VOUCHER.map(Expr::col);
    let (from, to) =
        (number.clone().gte(first.entry_number.as_str()), number.lte(last.entry_number.as_str()));
    let of_journal = Condition::all().add(journal.eq(first.journal_code.as_str()));
    if first.posting_date == last.posting_date {
        return of_journal.add(day.eq(first.posting_date)).add(from).add(to);
    }
    of_journal
        .add(day.clone().gte(first.posting_date))
        .add(day.clone().lte(last.posting_date))
        .add(day.clone().gt(first.posting_date).or(from))
        .add(day.lt(last.posting_date).or(to))
}

/// All entries of these vouchers, which have the same journal, posting date and number. With a blank number there may
/// be many such entries: then only those with the document reference of one of `vouchers`.
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

/// The code of the first journal after this one (`None`: of all) that has an entry; `None` when there is none.
pub async fn next_journal(connection: &impl ConnectionTrait, after: Option<&str>) -> Result<Option<String>> {
    let mut query =
        Entity::find().select_only().column(Column::JournalCode).order_by_asc(Column::JournalCode);
    if let Some(after) = after {
        query = query.filter(Column::JournalCode.gt(after));
    }
    Ok(query.limit(1).into_tuple().one(connection).await?)
}

/// Vouchers of the ledger in this journal with a posting date in `days`, both included, ordered by posting date and
/// number: those after the voucher `after`, `limit` at most. Document references are not told apart, so the entries of
/// a day with the same blank number come as one voucher.
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

/// All entries with the voucher's journal, posting date and number, whatever their document reference, ordered by id.
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

/// What names a voucher, in the order of the index.
const VOUCHER: [Column; 3] = [Column::JournalCode, Column::PostingDate, Column::EntryNumber];

fn voucher_columns() -> Expr {
    Expr::tuple(VOUCHER.map(Expr::col))
}

fn name(voucher: &VoucherKey) -> Expr {
    let VoucherKey { journal_code, posting_date, entry_number, document_reference: _ } = voucher;
    Expr::tuple([journal_code.as_str().into(), (*posting_date).into(), entry_number.as_str().into()])
}

/// Which of the entries are marked for which systems, ordered by entry and system name: one pair for each mark.
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

/// Id, external id, debit and credit of the entries, ordered by id. Of entries that it compares with no line, an import
/// reads only this.
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
