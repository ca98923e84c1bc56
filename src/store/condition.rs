//! A filter as SQL, alike on both databases. [`Filter::matches`] is the meaning; the tests hold the two
//! together, operator by operator.

use sea_orm::DbBackend;
use sea_orm::sea_query::{BinOper, DynIden, Expr, ExprTrait, IntoIden, SimpleExpr};

use crate::domain::field::entry_fields;
use crate::domain::{Field, Filter, Test, Value, fold};
use crate::entities::accounting_entry::{Column, Entity};

/// The filter as one boolean expression that is never NULL, so that NOT is an exact complement.
pub fn condition(filter: &Filter, backend: DbBackend) -> SimpleExpr {
    condition_on(&Entity.into_iden(), filter, backend)
}

/// The same for entries that the query calls by this name.
pub fn condition_on(table: &DynIden, filter: &Filter, backend: DbBackend) -> SimpleExpr {
    match filter {
        Filter::All(parts) => join(table, parts, backend, true),
        Filter::Any(parts) => join(table, parts, backend, false),
        Filter::Not(part) => condition_on(table, part, backend).not(),
        Filter::Field(field, test) => test_condition(table, *field, test, backend),
    }
}

fn join(table: &DynIden, parts: &[Filter], backend: DbBackend, all: bool) -> SimpleExpr {
    parts
        .iter()
        .map(|part| condition_on(table, part, backend))
        .reduce(|left, right| if all { left.and(right) } else { left.or(right) })
        .unwrap_or_else(|| Expr::value(all))
}

fn test_condition(table: &DynIden, field: Field, test: &Test, backend: DbBackend) -> SimpleExpr {
    let column = || Expr::col((table.clone(), column(field)));
    let matches = |pattern: String| {
        let operator = if backend == DbBackend::Postgres { "~" } else { "REGEXP" };
        column().binary(BinOper::Custom(operator), pattern)
    };
    // `holds` is NULL for a missing value; the IS NOT NULL before it makes the whole false.
    let present =
        |holds: SimpleExpr| if field.is_nullable() { column().is_not_null().and(holds) } else { holds };
    let absent_or =
        |holds: SimpleExpr| if field.is_nullable() { column().is_null().or(holds) } else { holds };
    let values = |values: &[Value]| values.iter().map(value).collect::<Vec<_>>();
    match test {
        Test::Eq(operand) => present(column().eq(value(operand))),
        Test::Ne(operand) => absent_or(column().ne(value(operand))),
        Test::Gt(operand) => present(column().gt(value(operand))),
        Test::Gte(operand) => present(column().gte(value(operand))),
        Test::Lt(operand) => present(column().lt(value(operand))),
        Test::Lte(operand) => present(column().lte(value(operand))),
        Test::In(operands) => present(column().is_in(values(operands))),
        Test::NotIn(operands) => absent_or(column().is_not_in(values(operands))),
        Test::Between(low, high) => present(column().between(value(low), value(high))),
        Test::IsNull(true) => column().is_null(),
        Test::IsNull(false) => column().is_not_null(),
        Test::Contains(text) => present(matches(fold::pattern(text))),
        Test::StartsWith(text) => present(matches(format!("^{}", fold::pattern(text)))),
        Test::EndsWith(text) => present(matches(format!("{}$", fold::pattern(text)))),
    }
}

fn value(value: &Value) -> sea_orm::Value {
    match value {
        Value::Id(id) => (*id).into(),
        Value::Integer(number) => (*number).into(),
        Value::Text(text) => text.clone().into(),
        Value::Money(money) => (*money).into(),
        Value::Date(day) => (*day).into(),
        Value::Timestamp(moment) => (*moment).into(),
    }
}

macro_rules! columns {
    ($($(#[doc = $doc:literal])+ $Field:ident $name:ident: $type:ty $(= $default:literal)? { $($row:tt)* })+) => {
        /// The column that holds the field.
        pub fn column(field: Field) -> Column {
            match field {
                $(Field::$Field => Column::$Field,)+
            }
        }
    };
}

entry_fields!(each => columns);
