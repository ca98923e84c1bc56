//! Filters as GraphQL writes them, typed per field. `filter_reading` turns them into the domain's one form.

use async_graphql::{ID, InputObject, InputType, MaybeUndefined};

use super::filter_reading::{FieldFilter, Parts};
use crate::domain::field::entry_fields;
use crate::domain::{CurrencyCode, Day, EntryId, Fault, Field, Filter, Money, Timestamp};

/// Tests on a value. Several in one object must all hold.
#[derive(Clone, Debug, InputObject)]
#[graphql(concrete(name = "DateTimeFilter", params(Timestamp)))]
#[graphql(concrete(name = "DateFilter", params(Day)))]
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

/// A type of a field of the entry, by the input object that tests its values.
pub trait Tested {
    /// The input object.
    type Filter: InputType + FieldFilter;
}

impl Tested for EntryId {
    type Filter = Comparison<ID>;
}

impl Tested for String {
    type Filter = StringFilter;
}

impl Tested for Day {
    type Filter = Comparison<Day>;
}

impl Tested for Money {
    type Filter = Comparison<Money>;
}

impl Tested for CurrencyCode {
    type Filter = Comparison<CurrencyCode>;
}

impl Tested for Timestamp {
    type Filter = Comparison<Timestamp>;
}

impl<T: Tested> Tested for Option<T> {
    type Filter = T::Filter;
}

macro_rules! filter {
    ($($(#[doc = $doc:literal])+ $Field:ident $name:ident: $type:ty $(= $default:literal)? { $($row:tt)* })+) => {
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
            $(
                $(#[doc = $doc])+
                pub(super) $name: MaybeUndefined<<$type as Tested>::Filter>,
            )+
        }

        impl AccountingEntryFilter {
            /// Adds what the filter asks of the fields to the parts that must all hold.
            pub(super) fn fields(self, parts: &mut Parts<Filter>) -> Result<(), Fault> {
                $(parts.field(Field::$Field, self.$name)?;)+
                Ok(())
            }
        }
    };
}

entry_fields!(each => filter);
