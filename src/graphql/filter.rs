//! Filters as GraphQL writes them, typed per field. `filter_reading` turns them into the domain's one form.

use async_graphql::{ID, InputObject, InputType, MaybeUndefined};

use super::scalars::Date;
use crate::domain::{CurrencyCode, Money, Timestamp};

/// Tests on a value. Several in one object must all hold.
#[derive(Clone, Debug, InputObject)]
#[graphql(concrete(name = "DateTimeFilter", params(Timestamp)))]
#[graphql(concrete(name = "DateFilter", params(Date)))]
#[graphql(concrete(name = "DecimalFilter", params(Money)))]
#[graphql(concrete(name = "CurrencyFilter", params(CurrencyCode)))]
#[graphql(concrete(name = "IdFilter", params(ID)))]
pub struct Comparison<T: InputType> {
    /// Equal to this.
    pub(super) eq: MaybeUndefined<T>,
    /// Not equal to this; a missing value is not equal to anything.
    pub(super) ne: MaybeUndefined<T>,
    /// Greater, later than this.
    pub(super) gt: MaybeUndefined<T>,
    /// Greater, later than this or equal to it.
    pub(super) gte: MaybeUndefined<T>,
    /// Less, earlier than this.
    pub(super) lt: MaybeUndefined<T>,
    /// Less, earlier than this or equal to it.
    pub(super) lte: MaybeUndefined<T>,
    /// One of these, 1 to 100.
    pub(super) r#in: MaybeUndefined<Vec<T>>,
    /// None of these, 1 to 100; a missing value is none of them.
    pub(super) not_in: MaybeUndefined<Vec<T>>,
    /// From the first of two values to the second, both included.
    pub(super) between: MaybeUndefined<Vec<T>>,
    /// true: it is missing. false: it is there.
    pub(super) is_null: MaybeUndefined<bool>,
}

/// Tests on a text, at most 256 characters each. Several in one object must all hold. Texts are compared and
/// ordered by code point; only contains, startsWith and endsWith ignore case, for every letter of Unicode.
#[derive(Clone, Debug, InputObject)]
pub struct StringFilter {
    /// Equal to this, case included.
    pub(super) eq: MaybeUndefined<String>,
    /// Not equal to this; a missing value is not equal to anything.
    pub(super) ne: MaybeUndefined<String>,
    /// Behind this, by code point.
    pub(super) gt: MaybeUndefined<String>,
    /// Behind this, by code point, or equal to it.
    pub(super) gte: MaybeUndefined<String>,
    /// Before this, by code point.
    pub(super) lt: MaybeUndefined<String>,
    /// Before this, by code point, or equal to it.
    pub(super) lte: MaybeUndefined<String>,
    /// One of these, 1 to 100.
    pub(super) r#in: MaybeUndefined<Vec<String>>,
    /// None of these, 1 to 100; a missing value is none of them.
    pub(super) not_in: MaybeUndefined<Vec<String>>,
    /// From the first of two texts to the second by code point, both included.
    pub(super) between: MaybeUndefined<Vec<String>>,
    /// true: it is missing. false: it is there.
    pub(super) is_null: MaybeUndefined<bool>,
    /// Has this somewhere in it, whatever its case; `%` and `_` stand for themselves.
    pub(super) contains: MaybeUndefined<String>,
    /// Begins with this, whatever its case.
    pub(super) starts_with: MaybeUndefined<String>,
    /// Ends with this, whatever its case.
    pub(super) ends_with: MaybeUndefined<String>,
}

/// Which entries are meant. All fields of one object must hold. At most 50 tests, and/or/not at most 5 deep.
/// Example: {or: [{description: {contains: "invoice"}}, {debit: {gte: "1000.00"}}]}
#[derive(Clone, Debug, InputObject)]
pub struct AccountingEntryFilter {
    /// Every one of these holds.
    pub(super) and: MaybeUndefined<Vec<AccountingEntryFilter>>,
    /// At least one of these holds.
    pub(super) or: MaybeUndefined<Vec<AccountingEntryFilter>>,
    /// This does not hold. A filter and its `not` always split the ledger in two.
    pub(super) not: MaybeUndefined<Box<AccountingEntryFilter>>,
    /// The ledger's own id.
    pub(super) id: MaybeUndefined<Comparison<ID>>,
    /// The source's own name.
    pub(super) external_id: MaybeUndefined<StringFilter>,
    /// Journal code.
    pub(super) journal_code: MaybeUndefined<StringFilter>,
    /// Journal name.
    pub(super) journal_name: MaybeUndefined<StringFilter>,
    /// Voucher.
    pub(super) entry_number: MaybeUndefined<StringFilter>,
    /// The day the entry counts for.
    pub(super) posting_date: MaybeUndefined<Comparison<Date>>,
    /// General ledger account.
    pub(super) account_number: MaybeUndefined<StringFilter>,
    /// Its name.
    pub(super) account_name: MaybeUndefined<StringFilter>,
    /// Customer or supplier account.
    pub(super) subledger_account_number: MaybeUndefined<StringFilter>,
    /// Its name.
    pub(super) subledger_account_name: MaybeUndefined<StringFilter>,
    /// The document behind the entry.
    pub(super) document_reference: MaybeUndefined<StringFilter>,
    /// The document's date.
    pub(super) document_date: MaybeUndefined<Comparison<Date>>,
    /// What happened, in words.
    pub(super) description: MaybeUndefined<StringFilter>,
    /// Debit.
    pub(super) debit: MaybeUndefined<Comparison<Money>>,
    /// Credit.
    pub(super) credit: MaybeUndefined<Comparison<Money>>,
    /// Debit − credit.
    pub(super) amount: MaybeUndefined<Comparison<Money>>,
    /// The book currency.
    pub(super) currency: MaybeUndefined<Comparison<CurrencyCode>>,
    /// The amount in the document's own currency.
    pub(super) foreign_amount: MaybeUndefined<Comparison<Money>>,
    /// The document's own currency.
    pub(super) foreign_currency: MaybeUndefined<Comparison<CurrencyCode>>,
    /// Reconciliation code.
    pub(super) reconciliation_code: MaybeUndefined<StringFilter>,
    /// The day of the reconciliation.
    pub(super) reconciled_on: MaybeUndefined<Comparison<Date>>,
    /// The day the entry became final.
    pub(super) validated_on: MaybeUndefined<Comparison<Date>>,
    /// When the entry was recorded.
    pub(super) created_at: MaybeUndefined<Comparison<Timestamp>>,
    /// When its content last changed.
    pub(super) updated_at: MaybeUndefined<Comparison<Timestamp>>,
}
