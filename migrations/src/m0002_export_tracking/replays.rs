//! Replays: all marks that a system was given in a range of time are taken back, in the background, because the system has
//! lost what it was sent. The marks themselves go to `set_aside_marks`.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

const TABLES: &[&str] = &[
    "CREATE TABLE export_replays ( -- One row for each replay
        id {identity}, -- Given by the database
        system_key {integer} NOT NULL, -- The system, by its key
        marked_since {integer} NOT NULL, -- Marks after this moment are taken back, in microseconds since 1970-01-01 00:00 UTC
        marked_until {integer} NOT NULL, -- Marks up to this moment are
        last_event_id {integer} NOT NULL, -- Highest id of a timeline event when the replay was started: later marks are not taken back, whatever their time
        reason {text} NOT NULL, -- Why
        actor {text} NOT NULL, -- Who started it
        started_at {integer} NOT NULL, -- When, in microseconds since 1970-01-01 00:00 UTC
        state {text} NOT NULL DEFAULT 'RUNNING' CHECK (state IN ('RUNNING', 'DONE', 'CANCELLING', 'CANCELLED')), -- How far it is
        passed_at {integer} NOT NULL, -- Marks up to this moment have been looked at
        passed_entry_id {integer} NOT NULL, -- Of the marks of that moment, those of entries up to this id
        set_aside_count {integer} NOT NULL DEFAULT 0, -- How many marks were taken back
        ended_at {integer}, -- When nothing was left to be taken back, or put back
        cancelled_at {integer}, -- When somebody cancelled it
        cancelled_by {text}, -- Who
        put_back_to {integer} NOT NULL DEFAULT 0, -- When it is cancelled: rows of set_aside_marks up to this id have been looked at
        put_back_count {integer} NOT NULL DEFAULT 0 -- How many marks were put back
    ){strict}",
    "CREATE INDEX export_replays_system ON export_replays (system_key, id)",
    "CREATE UNIQUE INDEX export_replays_open ON export_replays (system_key) WHERE state IN ('RUNNING', 'CANCELLING')",
];

pub(super) async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    run(manager, TABLES).await
}

pub(super) async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    run(manager, &["DROP TABLE export_replays"]).await
}
