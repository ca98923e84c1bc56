//! Another program, which knows nothing of ledgate: it inserts with plain SQL, in transactions that stay open, commit
//! in any order and are taken back one time in four.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, IsolationLevel, SqliteTransactionMode,
    Statement, TransactionOptions, TransactionTrait,
};

use crate::listing::{cents, description};
use crate::record::About;
use crate::world::World;

/// Writes until the run stops; then finds out what became of the commits that were not answered.
pub async fn work(world: Arc<World>, mut rng: Rng, name: String) {
    let mut unknown: Vec<Vec<String>> = Vec::new();
    let mut number = 0;
    let mut connection: Option<DatabaseConnection> = None;
    while !world.stopped() {
        if !world.settings.postgres {
            // A file system can only be made read-only while nobody has a file open on it.
            connection = None;
        }
        world.pause(&mut rng, 1_500).await;
        if connection.is_none() {
            connection = world.other_program().await.ok();
        }
        let Some(open) = &connection else { continue };
        let entries: Vec<String> =
            (0..rng.usize(1..=12)).map(|row| format!("{name}:{}", number + row)).collect();
        number += entries.len();
        {
            let mut state = world.model.lock();
            state.begin_entries(&entries);
            state.claims.vouchers.push(entries.clone());
        }
        let about = || About { entries: entries.clone(), ..About::default() };
        let transaction = match insert(&world, &mut rng, open, &entries).await {
            Ok(transaction) => transaction,
            Err(error) => {
                world.model.lock().rolled_back(&entries);
                world.event(&name, about(), format!("could not insert: {error}"));
                connection = None;
                continue;
            }
        };
        if rng.u8(..4) == 0 {
            // Taken back, whether or not the answer comes.
            transaction.rollback().await.ok();
            world.model.lock().rolled_back(&entries);
            world.event(&name, about(), "inserted and took back");
            continue;
        }
        match transaction.commit().await {
            Ok(()) => {
                world.model.lock().committed(&entries);
                world.event(&name, about(), "inserted and committed");
            }
            Err(error) => {
                world.event(&name, about(), format!("inserted; the commit was not answered: {error}"));
                unknown.push(entries);
                connection = None;
            }
        }
    }
    settle(&world, &name, unknown).await;
}

async fn insert(
    world: &World,
    rng: &mut Rng,
    connection: &DatabaseConnection,
    entries: &[String],
) -> Result<DatabaseTransaction, DbErr> {
    let levels = [None, None, None, Some(IsolationLevel::RepeatableRead), Some(IsolationLevel::Serializable)];
    let options = TransactionOptions {
        isolation_level: rng.choice(levels).flatten().filter(|_| world.settings.postgres),
        access_mode: None,
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
    };
    let transaction = connection.begin_with_options(options).await?;
    // All of a transaction is one voucher.
    let voucher = &entries[0];
    // A writer of SQLite holds everybody else up.
    let patience = if world.settings.postgres { 2_500 } else { 150 };
    for statement in entries.chunks(rng.usize(1..=6)) {
        let rows: Vec<String> = statement
            .iter()
            .map(|entry| {
                let (debit, description) = (cents(entry) * 100, description(entry, 0));
                format!("('{entry}', 'OD', '{voucher}', '2026-01-31', '512000', '{description}', {debit}, 0)")
            })
            .collect();
        let sql = format!(
            "INSERT INTO accounting_entries (external_id, journal_code, entry_number, posting_date, account_number,
                description, debit_ten_thousandths, credit_ten_thousandths) VALUES {}",
            rows.join(", ")
        );
        transaction.execute_unprepared(&sql).await?;
        tokio::time::sleep(Duration::from_millis(rng.u64(..patience))).await;
    }
    Ok(transaction)
}

async fn settle(world: &World, name: &str, unknown: Vec<Vec<String>>) {
    for entries in unknown {
        let there = committed(world, &entries).await;
        let about = About { entries: entries.clone(), ..About::default() };
        world.event(name, about.clone(), format!("of the unanswered commit {there} rows are there"));
        let mut state = world.model.lock();
        match there {
            0 => state.rolled_back(&entries),
            all if all == entries.len() => state.committed(&entries),
            part => {
                drop(state);
                let text = format!("{part} of {} rows are there", entries.len());
                world.record.failure("another program's transaction is there in part", about, text);
            }
        }
    }
}

/// How many of the entries the database has.
async fn committed(world: &World, entries: &[String]) -> usize {
    let names: Vec<String> = entries.iter().map(|entry| format!("'{entry}'")).collect();
    let sql =
        format!("SELECT count(*) AS n FROM accounting_entries WHERE external_id IN ({})", names.join(", "));
    loop {
        let connection = world.other_program_at_last().await;
        let statement = Statement::from_string(connection.get_database_backend(), &sql);
        match connection.query_one_raw(statement).await {
            Ok(Some(row)) => return row.try_get::<i64>("", "n").unwrap() as usize,
            _ => world.breathe().await,
        }
    }
}
