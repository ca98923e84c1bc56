//! The statement that inserts many rows. On PostgreSQL it has one parameter for each column: an array. With a parameter for
//! each cell, as on SQLite, a thousand entries are 28,000 parameters in a text of 200 KB; the driver and the server then have
//! as much work with the statement as with its rows.

use sea_orm::sea_query::{ArrayType, CaseStatement, Expr, ExprTrait, Func, InsertStatement, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbBackend, EntityName, EntityTrait, Iterable, QueryTrait, Value,
};

use crate::domain::{Error, Result};

/// The arrays side by side, as rows.
const ROWS: &str = "of_arrays";
/// For each row, a bit for each column that is NULL there.
const NULLS: &str = "nulls";

/// So many rows are inserted with a parameter for each cell on PostgreSQL too: ten marks take 7 % longer by arrays.
const FEW: usize = 20;

/// Inserts these rows in their order. All of them set the same columns.
pub(super) fn insert<A: ActiveModelTrait>(rows: Vec<A>, backend: DbBackend) -> Result<InsertStatement> {
    match backend {
        DbBackend::Postgres if rows.len() > FEW => of_arrays(rows),
        _ => Ok(A::Entity::insert_many(rows).into_query()),
    }
}

fn of_arrays<A: ActiveModelTrait>(mut rows: Vec<A>) -> Result<InsertStatement> {
    type Column<A> = <<A as ActiveModelTrait>::Entity as EntityTrait>::Column;
    let is_set = |column: &Column<A>| rows.first().is_some_and(|row| !row.is_not_set(*column));
    let columns: Vec<Column<A>> = Column::<A>::iter().filter(is_set).collect();
    let mut nulls = vec![0_i64; rows.len()];
    let (mut arrays, mut cells) = (Query::select(), Query::select());
    for (place, column) in columns.iter().copied().enumerate() {
        let bit = 1_i64 << place;
        let mut array = Vec::with_capacity(rows.len());
        for (row, nulls) in rows.iter_mut().zip(&mut nulls) {
            let cell = row.take(column).into_value();
            let cell = cell.ok_or_else(|| Error::internal("the rows of an insert set different columns"))?;
            // The driver's arrays hold no NULL: any value stands for it.
            if cell == cell.as_null() {
                *nulls |= bit;
                array.push(cell.dummy_value());
            } else {
                array.push(cell);
            }
        }
        arrays.expr_as(unnested(array), column);
        let mut cell = Expr::col((ROWS, column));
        if column.def().is_null() {
            let is_there = Expr::col((ROWS, NULLS)).bit_and(bit).eq(0_i64);
            cell = CaseStatement::new().case(is_there, cell).into();
        }
        cells.expr(column.save_as(cell));
    }
    arrays.expr_as(unnested(nulls.into_iter().map(Value::from).collect()), NULLS);
    cells.from_subquery(arrays, ROWS);
    let mut insert = Query::insert();
    insert
        .into_table(A::Entity::default().table_ref())
        .columns(columns)
        .select_from(cells)
        .map_err(Error::internal)?;
    Ok(insert)
}

/// The values of an array as rows. All of them are of one type.
fn unnested(values: Vec<Value>) -> Expr {
    let kind = values.first().map_or(ArrayType::BigInt, Value::array_type);
    Func::cust("unnest").arg(Value::Array(kind, Some(Box::new(values)))).into()
}
