//! `export_systems`: the systems somebody has marked for, and how far their history is taken over.

use sea_orm::entity::prelude::*;

use crate::domain::progress::Unit;
use crate::domain::{EntryId, SystemId, Timestamp};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_systems")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub key: i64,
    pub name: SystemId,
    pub known_since: Timestamp,
    /// On PostgreSQL: transactions with a lower number may not know of the system; its history is settled when they
    /// have ended. `None` until the first look after the system's row was committed.
    pub settled_after: Option<i64>,
    /// The last id of what the ledger held before the system was known; `None` while that is not settled.
    pub history_end: Option<EntryId>,
    /// Up to this id, what is unmarked has its pending row.
    pub taken_over_to: EntryId,
    /// `None`: it is not retired.
    pub retired_at: Option<Timestamp>,
    pub display_name: Option<String>,
    pub description: Option<String>,
    pub unit: Unit,
    pub max_attempts: i32,
    pub first_retry_seconds: i32,
    pub longest_retry_seconds: i32,
    pub dispatch_salt: String,
}

impl ActiveModelBehavior for ActiveModel {}
