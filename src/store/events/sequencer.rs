//! Gives events of committed transactions their places in the log, on PostgreSQL.
//!
//! Any gateway does it: whoever locks the row of `event_log_head` takes the next step. An event is inserted while its
//! transaction holds the lock on what it speaks of, so for one entry the order of the ids is the order in which things happened,
//! and a later event of an entry is never committed before an earlier one. What a transaction commits late gets a place behind
//! what readers have seen, and so do later events of the same entry.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::domain::{Error, Result};
use crate::store::connect::Database;

/// The most events of one step.
const BATCH: usize = 5_000;

/// The channel on which a gateway tells the others that the log has grown.
pub const CHANNEL: &str = "ledgate_events";

const LOCK_HEAD: &str = "SELECT last_position FROM event_log_head FOR UPDATE SKIP LOCKED";

/// One statement, so that no event is deleted without being inserted. The SQL is written by hand for its RETURNING. The ids are
/// put into an array first: so PostgreSQL looks each up, whatever it believes of the table's size. An event whose entry has an
/// earlier one that was committed late, and is not looked at by this step, waits for the step that begins at 0.
const MOVE: &str = "WITH moved AS (
        DELETE FROM unsequenced_events
        WHERE id = ANY (ARRAY(
            SELECT id FROM unsequenced_events e
            WHERE id > $1 AND NOT EXISTS (
                SELECT 1 FROM unsequenced_events late WHERE late.entry_id = e.entry_id AND late.id <= $1)
            ORDER BY id LIMIT 5000))
        RETURNING *),
    logged AS (
        INSERT INTO export_events (position, tag, kind, at, system_id, entry_id, actor, timeline_event_id, subject)
        SELECT $2 + row_number() OVER (ORDER BY id), tag, kind, at, system_id, entry_id, actor, timeline_event_id, subject
        FROM moved
        RETURNING position)
    SELECT count(*) AS moved, coalesce(max(moved.id), $1) AS last FROM moved";

/// What a step came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sequenced {
    /// How many events were given a place.
    pub events: u64,
    /// The highest id among them.
    pub last_id: i64,
    /// The position of the last event in the log; 0 where nothing was done.
    pub position: i64,
    /// Whether there may be more.
    pub goes_on: bool,
}

/// Tells all gateways that listen, when the transaction is committed. On SQLite they see it by themselves.
pub async fn tell(connection: &impl ConnectionTrait) -> Result<()> {
    if connection.get_database_backend() == DbBackend::Postgres {
        connection.execute_unprepared(&format!("NOTIFY {CHANNEL}")).await?;
    }
    Ok(())
}

/// One step, of events with ids above this one. Does nothing on SQLite, and while another gateway takes a step. Ids are given
/// before transactions commit: now and then a step has to begin at 0, which also passes over what was moved before and is not
/// vacuumed yet.
pub async fn step(database: &Database, above: i64) -> Result<Sequenced> {
    if !database.is_postgres() {
        return Ok(Sequenced::default());
    }
    let transaction = database.begin().await?;
    let head = Statement::from_string(DbBackend::Postgres, LOCK_HEAD);
    let Some(head) = transaction.query_one_raw(head).await? else { return Ok(Sequenced::default()) };
    let position: i64 = head.try_get("", "last_position")?;
    let moved = Statement::from_sql_and_values(DbBackend::Postgres, MOVE, [above.into(), position.into()]);
    let row = transaction.query_one_raw(moved).await?;
    let row = row.ok_or_else(|| Error::internal("a count without a row"))?;
    let (moved, last_id): (i64, i64) = (row.try_get("", "moved")?, row.try_get("", "last")?);
    if moved > 0 {
        let advance = "UPDATE event_log_head SET last_position = $1";
        let values = [(position + moved).into()];
        transaction.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, advance, values)).await?;
        tell(&transaction).await?;
    }
    transaction.commit().await?;
    let events = moved.unsigned_abs();
    Ok(Sequenced { events, last_id, position: position + moved, goes_on: events >= BATCH as u64 })
}
