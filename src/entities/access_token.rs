//! `access_tokens`: who may call. Of the secret only a digest.

use sea_orm::entity::prelude::*;

use super::values::Words;
use crate::domain::access::SecretDigest;
use crate::domain::{Right, SystemId, Timestamp};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_tokens")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub key: i64,
    pub handle: String,
    pub name: String,
    pub secret_digest: SecretDigest,
    pub rights: Words<Right>,
    pub systems: Option<Words<SystemId>>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
