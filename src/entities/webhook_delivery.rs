//! `webhook_deliveries`: what each attempt to tell a webhook something came to.

use sea_orm::entity::prelude::*;

use super::values::Words;
use crate::domain::webhook::{DeliveryError, WebhookKind};
use crate::domain::{SystemId, Timestamp};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_deliveries")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub webhook_id: i64,
    pub at: Timestamp,
    pub attempt: i32,
    pub signal_id: String,
    pub system_id: Option<SystemId>,
    pub kinds: Words<WebhookKind>,
    pub cursor: Option<String>,
    pub status: Option<i32>,
    pub error: Option<DeliveryError>,
    pub duration_ms: i32,
}

impl ActiveModelBehavior for ActiveModel {}
