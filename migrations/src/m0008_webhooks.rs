//! Webhooks: who is told that something happened, how far each has been told, and what each attempt came to.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let webhooks = "CREATE TABLE webhooks ( -- One row for each address that is told when something happens
            id {identity}, -- Number of the webhook
            url {text} NOT NULL CHECK (length(url) BETWEEN 1 AND 2000), -- Address that is told. It holds no user name and no password
            system_id {text}, -- Name of the system that the webhook is for. NULL means all systems
            kinds {text} NOT NULL, -- What the webhook tells of: some of READY, FAILED, PARKED, CONFLICT, CHANGED, EXPORTED, UNMARKED, REQUEUED, CLAIMED and REPLAYED, with spaces between
            description {text} CHECK (length(description) <= 2000), -- What there is to know about the webhook. NULL when nobody has said
            secret {text} NOT NULL, -- The secret that signs. It is kept as it is, since it is needed to sign
            previous_secret {text}, -- The secret before that. NULL when there is none
            previous_secret_until {integer}, -- Until then the previous secret signs too, in microseconds since 1970-01-01 00:00 UTC. NULL when there is none
            position {integer} NOT NULL, -- Events up to this place in the log are dealt with. 0 before the first event
            tag {integer} NOT NULL, -- Tag of the event at this place. 0 before the first event
            signal_number {integer} NOT NULL DEFAULT 0, -- Grows when signals were delivered, and when old ones are to be told again. It makes the id of a signal
            lease_number {integer} NOT NULL DEFAULT 0, -- Grows each time that a gateway takes the webhook to deliver, or a person moves its place: who holds an older number has lost it
            leased_until {integer} NOT NULL DEFAULT 0, -- Until then a gateway delivers, by the clock of the database, in microseconds since 1970-01-01 00:00 UTC
            failing_since {integer}, -- When the first attempt failed since the last one that did not, in microseconds since 1970-01-01 00:00 UTC. NULL when the last one did not fail
            attempts {number} NOT NULL DEFAULT 0, -- How many attempts have failed since then
            next_attempt_at {integer}, -- Not before then is the next attempt, in microseconds since 1970-01-01 00:00 UTC. NULL: at once
            switched_off_at {integer}, -- Since when the webhook is switched off, in microseconds since 1970-01-01 00:00 UTC. NULL when it is not
            switched_off_because {text}, -- Why: FAILED after three days of failures, GONE after an answer 410. NULL when it is not switched off
            created_at {integer} NOT NULL, -- When the webhook was made, in microseconds since 1970-01-01 00:00 UTC
            created_by {text} NOT NULL -- Who made it
        ){strict}";
        let levels = "CREATE TABLE webhook_levels ( -- One row for each webhook and system of whose backlog the webhook was told
            webhook_id {integer} NOT NULL, -- The webhook, by its number
            system_id {text} NOT NULL, -- Name of the system
            entry_id {integer} NOT NULL, -- The highest id of an unexported entry that the webhook was told of. 0 when the system had been sent everything
            PRIMARY KEY (webhook_id, system_id)
        ){strict_keyed}";
        let deliveries = "CREATE TABLE webhook_deliveries ( -- One row for each attempt to tell a webhook something. Rows are deleted after 30 days
            id {identity}, -- Number of the attempt: a later one has a higher number
            webhook_id {integer} NOT NULL, -- The webhook, by its number
            at {integer} NOT NULL, -- When the attempt began, in microseconds since 1970-01-01 00:00 UTC
            attempt {number} NOT NULL, -- Which attempt it was since the last one that did not fail, from 1
            signal_id {text} NOT NULL, -- Id of what was told: the same for each attempt to tell it
            system_id {text}, -- Name of the system that it was about. NULL for a test of a webhook for all systems
            kinds {text} NOT NULL, -- What it told of, with spaces between. Empty for a test
            cursor {text}, -- Cursor of the event up to which it told. NULL when the log had no event
            status {number}, -- HTTP status of the answer. NULL when none came
            error {text}, -- Why none came. NULL when one came
            duration_ms {number} NOT NULL -- How long the attempt took, in milliseconds
        ){strict}";
        let of_webhook = "CREATE INDEX webhook_deliveries_of_webhook ON webhook_deliveries (webhook_id, id)";
        let by_time = "CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (at)";
        run(manager, &[webhooks, levels, deliveries, of_webhook, by_time]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["DROP TABLE webhook_deliveries", "DROP TABLE webhook_levels", "DROP TABLE webhooks"];
        run(manager, &tables).await
    }
}
