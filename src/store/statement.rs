//! Queries as they are sent: limits and offsets stand in their text as numbers, all other values are parameters. With
//! the limit as a parameter, PostgreSQL assumes that a tenth of all rows is wanted and plans every single page anew.

use std::fmt::{self, Write};

use sea_orm::sea_query::{
    PostgresQueryBuilder, QueryBuilder, SelectStatement, SqlWriter, SqlWriterValues, SqliteQueryBuilder,
    Value,
};
use sea_orm::{DbBackend, Statement};

/// The statement of a query.
pub fn statement(query: &SelectStatement, backend: DbBackend) -> Statement {
    let writer = match backend {
        DbBackend::Postgres => build(query, PostgresQueryBuilder),
        _ => build(query, SqliteQueryBuilder),
    };
    let (sql, values) = writer.0.into_parts();
    Statement::from_sql_and_values(backend, sql, values)
}

fn build(query: &SelectStatement, builder: impl QueryBuilder) -> Writer {
    let (placeholder, numbered) = builder.placeholder();
    let mut writer = Writer(SqlWriterValues::new(placeholder, numbered));
    query.build_collect_into(builder, &mut writer);
    writer
}

struct Writer(SqlWriterValues);

impl SqlWriter for Writer {
    fn push_param<T: QueryBuilder>(&mut self, value: Value, builder: &T) {
        match value {
            // Only limits and offsets are unsigned numbers. Writing to a string cannot fail.
            Value::BigUnsigned(Some(size)) => write!(self.0, "{size}").unwrap_or_default(),
            value => self.0.push_param(value, builder),
        }
    }

    fn as_writer(&mut self) -> &mut dyn Write {
        self
    }
}

impl Write for Writer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write_str(text)
    }
}

impl fmt::Display for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
