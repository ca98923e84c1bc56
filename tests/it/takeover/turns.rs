//! A history is taken over beside those who mark and insert without a pause.

use std::time::{Duration, Instant};

use super::*;

/// Those who mark without a pause, several at once, hold the system's row together all the time. The mover has its turn
/// all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_is_taken_over_while_marks_overlap_without_a_pause() {
    let gateway = Gateway::on_postgres().await;
    gateway.insert_elsewhere(3 * CHUNK).await;
    gateway.stop_background().await;
    // Each call takes so long that another one has begun before it ends.
    let slow = "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_sleep(0.03); RETURN NULL; END $$;
         CREATE TRIGGER slow AFTER INSERT ON export_marks FOR EACH STATEMENT EXECUTE FUNCTION slow()";
    gateway.other_program().await.execute_unprepared(slow).await.unwrap();
    gateway.mark("erp", &[1]).await;
    let keys = unfinished(gateway.database().reader()).await.unwrap();
    let stop = std::sync::atomic::AtomicBool::new(false);
    let mark = async |id: i64| {
        let mut calls = 0;
        while !stop.load(std::sync::atomic::Ordering::SeqCst) {
            gateway.mark("erp", &[id]).await;
            calls += 1;
        }
        calls
    };
    let mark = &mark;
    let marking = futures_util::future::join_all((1..=4).map(|id| async move { mark(id).await }));
    let moving = async {
        // A mover that only ever finds the row taken comes to nothing, however often it looks.
        let mut looks = 0;
        while looks < 100 && step(gateway.database(), keys[0]).await.unwrap() != Step::Finished {
            looks += 1;
        }
        stop.store(true, std::sync::atomic::Ordering::SeqCst);
        looks
    };
    let (calls, looks) = futures_util::future::join(marking, moving).await;
    assert!(looks < 100, "no turn for the mover in {looks} looks, while {calls:?} calls marked");
    assert_eq!(unexported(&gateway, "erp").await.len() as u64, 3 * CHUNK - 4);
    assert_eq!(pending_rows(&gateway).await, i64::try_from(3 * CHUNK - 4).unwrap());
}

/// A transaction that stays open keeps a history from being settled. What lies in front of it is taken over meanwhile, as
/// far as no id is free: an entry that it brings is listed as soon as it is there, wherever its id is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_is_taken_over_up_to_the_first_free_id_while_a_transaction_stays_open() {
    let insert = |name: &str| {
        format!(
            "INSERT INTO accounting_entries (external_id, journal_code, entry_number, posting_date,
                account_number, description, debit_ten_thousandths, credit_ten_thousandths)
             VALUES ('{name}', 'OD', '1', '2026-01-31', '512000', '', 0, 0)"
        )
    };
    let gateway = Gateway::on_postgres().await;
    gateway.stop_background().await;
    gateway.insert_elsewhere(CHUNK + 10).await;
    let other = gateway.other_program().await;
    let open = other.begin().await.unwrap();
    open.execute_unprepared(&insert("OPEN")).await.unwrap();
    gateway.record(entries(20)).await;
    gateway.mark("erp", &[1, 2, 3]).await;
    let keys = unfinished(gateway.database().reader()).await.unwrap();
    let before_gap = i64::try_from(CHUNK + 10).unwrap();
    let reached = async || {
        let system =
            ledgate::store::systems::find(gateway.database().reader(), &"erp".parse().unwrap()).await;
        let history = system.unwrap().unwrap().history.unwrap();
        (history.after, history.to)
    };
    // A step is also busy when the database itself, as in an ANALYZE, is at work with an older view. The next one goes on.
    let begun = Instant::now();
    while reached().await.0 < before_gap {
        step(gateway.database(), keys[0]).await.unwrap();
        assert!(begun.elapsed() < Duration::from_secs(30), "it goes no further than {:?}", reached().await);
    }
    assert_eq!(step(gateway.database(), keys[0]).await.unwrap(), Step::Busy);
    assert_eq!(reached().await, (before_gap, None), "up to the id that is not there yet");
    let mut expected: BTreeSet<i64> = (4..=before_gap + 21).collect();
    expected.remove(&(before_gap + 1));
    assert_eq!(unexported(&gateway, "erp").await, expected);
    gateway.mark("erp", &[4, before_gap + 2]).await;
    open.commit().await.unwrap();
    expected.insert(before_gap + 1);
    for marked in [4, before_gap + 2] {
        expected.remove(&marked);
    }
    assert_eq!(unexported(&gateway, "erp").await, expected);
    gateway.history_taken_over().await;
    assert_eq!(unexported(&gateway, "erp").await, expected);
    assert_eq!(pending_rows(&gateway).await, i64::try_from(expected.len()).unwrap());
}
