//! `export_conflicts`: facts about exports that do not fit together.

use sea_orm::entity::prelude::*;

use crate::domain::conflict::ConflictKind;
use crate::domain::{EntryId, Timestamp};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_conflicts")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub kind: ConflictKind,
    pub system_key: i64,
    pub entry_id: EntryId,
    pub found_at: Timestamp,
    pub actor: String,
    pub first_reference_id: Option<String>,
    pub second_reference_id: Option<String>,
    pub claim_id: Option<String>,
    pub resolved_at: Option<Timestamp>,
    pub resolved_by: Option<String>,
    pub note: Option<String>,
    #[sea_orm(belongs_to, from = "system_key", to = "key")]
    pub system: BelongsTo<super::export_system::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
