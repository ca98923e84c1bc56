//! Faults of the database, of its network and of its disk.

use std::time::Duration;

use fastrand::Rng;
use sea_orm::{ConnectionTrait, DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait};

use super::{Fault, Fault::*, at_last};
use crate::gateway::Gateway;
use crate::record::About;
use crate::world::World;

/// Why a fault cannot be made here, if so.
pub(super) fn why_not(world: &World, fault: Fault) -> Option<String> {
    let disk = matches!(fault, DiskFull | FilesFrozen | MountedReadOnly);
    if let Some(reason) = world.disk.not_mounted.as_ref().filter(|_| disk) {
        return Some(format!("no file system can be mounted here: {reason}"));
    }
    match fault {
        // A server's files are its own business.
        FilesFrozen | MountedReadOnly if world.settings.postgres => {
            Some("only where the database is a file".to_owned())
        }
        FilesFrozen => {
            let tried = world.disk.freeze(true);
            world.disk.freeze(false).ok();
            tried.err()
        }
        _ => None,
    }
}

pub(super) async fn make(
    world: &World,
    rng: &mut Rng,
    fault: Fault,
    name: &'static str,
    gateway: &Gateway,
    a_while: Duration,
) {
    let behind = gateway.behind.as_ref();
    match (fault, behind, &world.postgres) {
        (DatabaseCut, Some(behind), _) => {
            for _ in 0..rng.u8(1..=5) {
                behind.cut();
                tokio::time::sleep(Duration::from_millis(rng.u64(..600))).await;
            }
        }
        (DatabaseStalled, Some(behind), _) => {
            behind.change(|weather| weather.stalled = true);
            tokio::time::sleep(2 * a_while).await;
        }
        (DatabaseSlowed, Some(behind), _) => {
            let delay = Duration::from_millis(rng.u64(5..100));
            behind.change(|weather| weather.delay = delay);
            tokio::time::sleep(a_while).await;
        }
        (DatabaseRefused, Some(behind), _) => {
            behind.change(|weather| weather.refused = true);
            behind.cut();
            tokio::time::sleep(2 * a_while).await;
        }
        (DatabaseAnswersCut, Some(behind), _) => {
            let bytes = rng.usize(1_000..100_000);
            behind.change(|weather| weather.cut_after = Some(bytes));
            tokio::time::sleep(a_while).await;
        }
        (ServerStopped | ServerKilled | ServerRestarted, _, Some(postgres)) => {
            let word = match fault {
                ServerStopped => "stop",
                ServerKilled => "kill",
                _ => "restart",
            };
            tokio::task::block_in_place(|| postgres.order(word));
            tokio::time::sleep(a_while).await;
        }
        (SessionsTerminated, ..) => {
            let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
            for _ in 0..rng.u8(1..=4) {
                world.other_program_at_last().await.execute_unprepared(sql).await.ok();
                tokio::time::sleep(Duration::from_millis(rng.u64(..800))).await;
            }
        }
        (ConnectionsTaken, ..) => {
            let mut taken = Vec::new();
            while let Ok(connection) = world.other_program().await {
                taken.push(connection);
            }
            // Those that the gateways have are lost too, so that they need new ones.
            gateway.behind.iter().for_each(crate::proxy::Proxy::cut);
            while let Ok(connection) = world.other_program().await {
                taken.push(connection);
            }
            tokio::time::sleep(2 * a_while).await;
        }
        (LockHeld, ..) => {
            let held = 2 * a_while;
            if let Err(error) = hold_lock(world, rng, held).await {
                world.event("fault", About::default(), format!("the lock was lost: {error}"));
            }
        }
        (DiskFull, ..) => {
            tokio::task::block_in_place(|| world.disk.fill());
            tokio::time::sleep(a_while).await;
        }
        (FilesFrozen, ..) => {
            world.disk.freeze(true).ok();
            tokio::time::sleep(2 * a_while).await;
        }
        (MountedReadOnly, ..) => read_only(world, name).await,
        _ => {}
    }
}

/// A lock that keeps others from writing; on a server of one of the tables.
async fn hold_lock(world: &World, rng: &mut Rng, held: Duration) -> Result<(), DbErr> {
    let connection = world.other_program().await?;
    let options = TransactionOptions {
        isolation_level: None,
        access_mode: None,
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
    };
    let transaction = connection.begin_with_options(options).await?;
    if world.settings.postgres {
        let tables =
            ["accounting_entries", "export_marks", "pending_exports", "export_systems", "timeline_events"];
        let table = tables[rng.usize(..tables.len())];
        let mode = if rng.bool() { "ACCESS EXCLUSIVE" } else { "EXCLUSIVE" };
        transaction.execute_unprepared(&format!("LOCK TABLE {table} IN {mode} MODE")).await?;
    }
    tokio::time::sleep(held).await;
    transaction.rollback().await
}

/// A file system can only be made read-only while nobody writes to it: all are stopped, and a gateway that is started
/// then has to say what is wrong and end.
async fn read_only(world: &World, name: &'static str) {
    for gateway in &world.gateways {
        gateway.signal("TERM").await;
    }
    let mut tried = Err("never".to_owned());
    // Other programs may be at it for a moment yet.
    for _ in 0..40 {
        tried = world.disk.read_only(true);
        if tried.is_ok() {
            break;
        }
        world.breathe().await;
    }
    if let Err(why) = tried {
        world.record.not_made(name, why);
        return;
    }
    let gateway = &world.gateways[0];
    match gateway.start_once().await {
        Some(code) if code > 0 => {}
        Some(code) => {
            let text = format!("it ended with {code}");
            world.record.failure("a start on a read-only file ends without a word", About::default(), text);
        }
        None => {
            world.record.failure(
                "a gateway says it can work on a read-only file",
                About::default(),
                "it is ready",
            );
            gateway.signal("KILL").await;
        }
    }
}

/// Room on the disk, files that can be written, and a server that runs.
pub(super) async fn recover(world: &World) {
    world.disk.empty();
    if world.disk.not_mounted.is_none() {
        world.disk.read_only(false).ok();
        world.disk.freeze(false).ok();
    }
    at_last("it answers nothing", world, async || {
        // A server that was killed may be taken for a running one for a moment yet.
        if let Some(postgres) = &world.postgres {
            tokio::task::block_in_place(|| postgres.order("running") || postgres.order("start"));
        }
        let Ok(connection) = world.other_program().await else { return false };
        connection.execute_unprepared("SELECT 1 FROM accounting_entries LIMIT 1").await.is_ok()
    })
    .await;
}
