//! `export_marks`: the newest mark of an entry for a system.

use sea_orm::entity::prelude::*;

#[allow(missing_docs, reason = "the columns are explained in the migration")]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_marks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub system_key: i64,
    pub marked_at: i64,
    pub note: Option<String>,
    pub actor: Option<String>,
    pub times_marked: i64,
}

#[allow(missing_docs, reason = "SeaORM's convention")]
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
