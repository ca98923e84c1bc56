//! `webhooks`: who is told that something happened, and how far each has been told.

use sea_orm::entity::prelude::*;

use super::values::Words;
use crate::domain::webhook::{SwitchedOff, WebhookKind, WebhookSecret};
use crate::domain::{SystemId, Timestamp};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhooks")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub url: String,
    pub system_id: Option<SystemId>,
    pub kinds: Words<WebhookKind>,
    pub description: Option<String>,
    pub secret: WebhookSecret,
    pub previous_secret: Option<WebhookSecret>,
    pub previous_secret_until: Option<Timestamp>,
    pub position: i64,
    pub tag: i64,
    pub signal_number: i64,
    pub lease_number: i64,
    pub leased_until: i64,
    pub failing_since: Option<Timestamp>,
    pub attempts: i32,
    pub next_attempt_at: Option<Timestamp>,
    pub switched_off_at: Option<Timestamp>,
    pub switched_off_because: Option<SwitchedOff>,
    pub created_at: Timestamp,
    pub created_by: String,
}

impl ActiveModelBehavior for ActiveModel {}
