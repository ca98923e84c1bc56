//! Filters as GraphQL writes them, typed per field. `filter_reading` turns them into the domain's one form.

use async_graphql::{ID, InputObject, InputType, MaybeUndefined};

use super::filter_reading::{FieldFilter, Parts};
use crate::domain::field::entry_fields;
use crate::domain::{CurrencyCode, Day, EntryId, Fault, Field, Filter, Money, Timestamp};

/// Conditions on the value of a field. Where one object has several, all of them must hold. A field without a value meets
/// only `ne`, `notIn` and `isNull: true`.
#[derive(Clone, Debug, InputObject)]
#[graphql(concrete(name = "DateTimeFilter", params(Timestamp)))]
#[graphql(concrete(name = "DateFilter", params(Day)))]
#[graphql(concrete(name = "DecimalFilter", params(Money)))]
#[graphql(concrete(name = "CurrencyFilter", params(CurrencyCode)))]
#[graphql(concrete(name = "IdFilter", params(ID)))]
#[graphql(concrete(name = "IntFilter", params(i32)))]
pub struct Comparison<T: InputType> {
    /// The value is equal to this.
    pub(super) eq: MaybeUndefined<T>,
    /// The value is not equal to this, or there is no value.
    pub(super) ne: MaybeUndefined<T>,
    /// The value is greater than this; a day or a moment is later.
    pub(super) gt: MaybeUndefined<T>,
    /// The value is greater than this or equal to it; a day or a moment is not earlier.
    pub(super) gte: MaybeUndefined<T>,
    /// The value is less than this; a day or a moment is earlier.
    pub(super) lt: MaybeUndefined<T>,
    /// The value is less than this or equal to it; a day or a moment is not later.
    pub(super) lte: MaybeUndefined<T>,
    /// The value is one of these: 1 to 100 values.
    pub(super) r#in: MaybeUndefined<Vec<T>>,
    /// The value is none of these, 1 to 100 values, or there is no value.
    pub(super) not_in: MaybeUndefined<Vec<T>>,
    /// The value lies between the two values of this list, or is equal to one of them.
    pub(super) between: MaybeUndefined<Vec<T>>,
    /// With true, the field has no value. With false, it has one.
    pub(super) is_null: MaybeUndefined<bool>,
}

/// Conditions on a text, with at most 256 characters each. Where one object has several, all of them must hold. Texts are
/// compared by code point, so that case counts; only `contains`, `startsWith` and `endsWith` ignore case, for every
/// letter of Unicode.
#[derive(Clone, Debug, InputObject)]
pub struct StringFilter {
    /// The text is equal to this. Case counts.
    pub(super) eq: MaybeUndefined<String>,
    /// The value is not equal to this, or there is no value.
    pub(super) ne: MaybeUndefined<String>,
    /// The text comes after this in the order of code points.
    pub(super) gt: MaybeUndefined<String>,
    /// The text comes after this in the order of code points, or is equal to it.
    pub(super) gte: MaybeUndefined<String>,
    /// The text comes before this in the order of code points.
    pub(super) lt: MaybeUndefined<String>,
    /// The text comes before this in the order of code points, or is equal to it.
    pub(super) lte: MaybeUndefined<String>,
    /// The value is one of these: 1 to 100 values.
    pub(super) r#in: MaybeUndefined<Vec<String>>,
    /// The value is none of these, 1 to 100 values, or there is no value.
    pub(super) not_in: MaybeUndefined<Vec<String>>,
    /// The text lies between the two texts of this list in the order of code points, or is equal to one of them.
    pub(super) between: MaybeUndefined<Vec<String>>,
    /// With true, the field has no value. With false, it has one.
    pub(super) is_null: MaybeUndefined<bool>,
    /// The text contains this; case does not count. `%` and `_` have no special meaning.
    pub(super) contains: MaybeUndefined<String>,
    /// The text begins with this; case does not count.
    pub(super) starts_with: MaybeUndefined<String>,
    /// The text ends with this; case does not count.
    pub(super) ends_with: MaybeUndefined<String>,
}

/// The type of a field of the entry, with the input object that has the conditions for it.
pub trait Tested {
    /// The input object.
    type Filter: InputType + FieldFilter;
}

impl Tested for EntryId {
    type Filter = Comparison<ID>;
}

impl Tested for i32 {
    type Filter = Comparison<i32>;
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
        /// A filter of accounting entries. All fields of one object must hold. A filter has at most 50 conditions, and
        /// `and`, `or` and `not` are nested at most 5 deep.
        /// Example: {or: [{description: {contains: "invoice"}}, {debit: {gte: "1000.00"}}]}
        #[derive(Clone, Debug, InputObject)]
        pub struct AccountingEntryFilter {
            /// Entries that pass all of these filters.
            pub(super) and: MaybeUndefined<Vec<AccountingEntryFilter>>,
            /// Entries that pass at least one of these filters.
            pub(super) or: MaybeUndefined<Vec<AccountingEntryFilter>>,
            /// Entries that do not pass this filter. Every entry passes either a filter or its `not`.
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
