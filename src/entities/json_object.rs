//! How a column holds a JSON object whose numbers keep all their digits.

use std::error::Error;

use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr};
use sea_orm::{ColIdx, DbErr, QueryResult, RuntimeErr, TryGetError, TryGetable, Value};
use sqlx::types::Json;
use sqlx::{Database, Decode, Type};

use crate::domain::Attributes;
use crate::domain::exact::read_object;

/// A JSON object, such as an entry's attributes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JsonObject(pub Attributes);

impl From<JsonObject> for Value {
    fn from(object: JsonObject) -> Self {
        // Names and values are JSON already, so this cannot fail.
        Value::String(Some(serde_json::to_string(&object.0).unwrap_or_else(|_| "{}".to_owned())))
    }
}

impl ValueType for JsonObject {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        match value {
            Value::String(Some(text)) => read_object(&text).map(JsonObject).map_err(|_| ValueTypeErr),
            _ => Err(ValueTypeErr),
        }
    }

    fn type_name() -> String {
        "JsonObject".to_owned()
    }

    fn array_type() -> ArrayType {
        ArrayType::String
    }

    fn column_type() -> ColumnType {
        ColumnType::Text
    }
}

impl Nullable for JsonObject {
    fn null() -> Value {
        Value::String(None)
    }
}

/// As SeaORM reads a row.
impl TryGetable for JsonObject {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        let object: sqlx::Result<Json<Attributes>> = match (row.try_as_pg_row(), row.try_as_sqlite_row()) {
            (Some(row), _) => sqlx::Row::try_get(row, index.as_sqlx_postgres_index()),
            (_, Some(row)) => sqlx::Row::try_get(row, index.as_sqlx_sqlite_index()),
            _ => return Err(DbErr::Type("a row of neither database".to_owned()).into()),
        };
        match object {
            Ok(object) => Ok(JsonObject(object.0)),
            Err(error) => Err(DbErr::Query(RuntimeErr::SqlxError(error.into())).into()),
        }
    }
}

/// As the driver reads a row, which lists do.
impl<DB: Database> Type<DB> for JsonObject
where
    Json<Attributes>: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        <Json<Attributes> as Type<DB>>::type_info()
    }

    fn compatible(info: &DB::TypeInfo) -> bool {
        <Json<Attributes> as Type<DB>>::compatible(info)
    }
}

impl<'r, DB: Database> Decode<'r, DB> for JsonObject
where
    Json<Attributes>: Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, Box<dyn Error + Send + Sync>> {
        <Json<Attributes> as Decode<'r, DB>>::decode(value).map(|object| JsonObject(object.0))
    }
}
