//! Many readers, several markers and an import by another process on one SQLite file: nobody is told of a lock.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::{join, join_all};
use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};

use super::disk::record_much;
use crate::scaling::number;
use crate::support::program::{Program, Ran, Serving, fec};

const LINES: usize = 20_000;
const MARKERS: i64 = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_import_by_another_process_keeps_nobody_from_reading_and_marking() {
    let program = Program::on_sqlite();
    program.write("first.fec.txt", fec(4_000));
    program.ok(&["import", "first.fec.txt", "--json"]);
    program.write(
        "more.fec.txt",
        fec(LINES)
            .replace("VE\t", "VT\t")
            .replace("\t20260131\t4", "\t20260228\t4")
            .replace("\t20260131\t7", "\t20260228\t7"),
    );
    let serving = program.serve(&[]).await;
    let over = AtomicBool::new(false);
    let read = AtomicUsize::new(0);
    let reader = async |lane: usize| {
        while !over.load(Ordering::SeqCst) {
            let path = match lane {
                0..4 => "/v10/accounting-entries/export?system_id=erp&limit=50",
                4..7 => "/v10/accounting-entries?limit=50",
                _ => "/v10/accounting-entries/export?system_id=erp",
            };
            let (status, body) = serving.get(path).await;
            assert_eq!(status, 200, "{body}");
            read.fetch_add(1, Ordering::SeqCst);
        }
    };
    let marker = async |lane: i64| mark_until(&serving, lane, &over).await;
    let import = async {
        let child = program.command(&["import", "more.fec.txt", "--json"]).spawn().unwrap();
        let ran = tokio::task::spawn_blocking(move || Ran::of(child)).await.unwrap();
        over.store(true, Ordering::SeqCst);
        ran
    };
    let work = join(join_all((0..MARKERS).map(marker)), join_all((0..8).map(reader)));
    let (ran, (marked, _)) = join(import, work).await;
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let marked: usize = marked.iter().sum();
    let other = program.other_program().await;
    assert_eq!(number(&other, "SELECT count(*) AS n FROM export_marks").await, marked as i64);
    assert!(marked > 8 && read.load(Ordering::SeqCst) > 50, "{marked} marks, {read:?} reads");
}

/// Marks one entry after the other; every call has to succeed.
async fn mark_until(serving: &Serving, lane: i64, over: &AtomicBool) -> usize {
    let mut marked = 0;
    while !over.load(Ordering::SeqCst) && marked < 900 {
        let answer = serving.mark(1 + lane + MARKERS * marked as i64, "erp").send().await.unwrap();
        let status = answer.status();
        assert_eq!(status, 200, "{}", answer.text().await.unwrap());
        marked += 1;
    }
    marked
}

/// A ledger that takes large calls.
async fn with_two_entries() -> (Program, Serving) {
    let mut program = Program::on_sqlite();
    program.set("LEDGATE_HTTP_BODY_LIMIT_BYTES", "10000000");
    program.write("first.fec.txt", fec(2));
    program.ok(&["import", "first.fec.txt", "--json"]);
    let serving = program.serve(&[]).await;
    (program, serving)
}

fn wal_bytes(program: &Program) -> u64 {
    std::fs::metadata(program.path("ledger.db-wal")).map_or(0, |file| file.len())
}

/// Records until the -wal file is as large as this.
async fn write_until(program: &Program, serving: &Serving, bytes: u64) {
    let mut round = 0;
    while wal_bytes(program) < bytes {
        assert!(round < 200, "the -wal file does not grow: {} bytes", wal_bytes(program));
        assert_eq!(record_much(serving, round).await, 200);
        round += 1;
    }
}

/// Whether the -wal file becomes as small as this, while somebody marks.
async fn is_cut_to(program: &Program, serving: &Serving, bytes: u64) -> bool {
    let small = async {
        while wal_bytes(program) > bytes {
            serving.mark(1, "erp").send().await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), small).await.is_ok()
}

/// What an export reads cannot be put back into the file while it lasts, so the -wal file grows. It is cut when it
/// begins anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_wal_file_is_small_again_after_a_long_export() {
    let (program, serving) = with_two_entries().await;
    // A reader that begins and takes its time.
    let reader = program.other_program().await;
    let reading = reader.begin().await.unwrap();
    let entries = "SELECT count(*) AS n FROM accounting_entries";
    let statement = || Statement::from_string(DbBackend::Sqlite, entries);
    reading.query_one_raw(statement()).await.unwrap();
    write_until(&program, &serving, 80 << 20).await;
    reading.rollback().await.unwrap();
    assert!(is_cut_to(&program, &serving, 64 << 20).await, "the -wal file stays as large as it was");
}

/// Where somebody reads at every moment, the log is never used anew by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_wal_file_stays_small_while_somebody_reads_at_every_moment() {
    let (program, serving) = with_two_entries().await;
    let over = AtomicBool::new(false);
    let reader = async |lane: u64| {
        let reader = program.other_program().await;
        tokio::time::sleep(Duration::from_millis(12 * lane)).await;
        while !over.load(Ordering::SeqCst) {
            let reading = reader.begin().await.unwrap();
            let entries = "SELECT count(*) AS n FROM export_systems";
            reading.query_one_raw(Statement::from_string(DbBackend::Sqlite, entries)).await.unwrap();
            tokio::time::sleep(Duration::from_millis(50)).await;
            reading.rollback().await.unwrap();
        }
    };
    let written = async {
        write_until(&program, &serving, 20 << 20).await;
        let is_cut = is_cut_to(&program, &serving, 16 << 20).await;
        over.store(true, Ordering::SeqCst);
        assert!(is_cut, "the -wal file stays as large as it was");
    };
    join(join_all((0..6).map(reader)), written).await;
}
