//! `ledgate migrate`, and what other commands do with a schema that is not theirs.

use std::process::Child;

use ledgate::ledger_files::DEMO;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};

use crate::program_on_both_databases;
use crate::support::program::{Program, Ran};

pub const MIGRATIONS: [&str; 9] = [
    "m0001_ledger",
    "m0002_export_tracking",
    "m0003_idempotency_keys",
    "m0004_access_tokens",
    "m0005_background_jobs",
    "m0006_company",
    "m0007_export_events",
    "m0008_webhooks",
    "m0009_open_lists",
];

/// What is printed of the migrations, each in one of these states.
fn table(states: [&str; 9]) -> String {
    let rows = MIGRATIONS.iter().zip(states).map(|(name, state)| format!("{name:<22}  {state}\n"));
    format!("{:<22}  STATE\n{}", "MIGRATION", rows.collect::<String>())
}

program_on_both_databases! {
    async fn up_down_and_up_again_gives_the_same_schema(program: Program) {
        program.ok(&["migrate", "up"]);
        let first = schema(&program).await;
        assert!(first.iter().any(|part| part.contains("accounting_entries")), "{first:#?}");
        for steps in 1..=MIGRATIONS.len() {
            program.ok(&["migrate", "down", "--delete-data", "--steps", &steps.to_string()]);
            assert_eq!(states(&program), std::array::from_fn::<bool, 9, _>(|nth| nth < MIGRATIONS.len() - steps));
            program.ok(&["migrate", "up"]);
            assert_eq!(states(&program), [true; 9]);
            assert_eq!(schema(&program).await, first, "{steps} down and up again");
        }
    }

    async fn all_the_way_down_leaves_nothing_of_ours(program: Program) {
        program.ok(&["migrate", "up"]);
        program.ok(&["migrate", "down", "--delete-data", "--steps", "9"]);
        let left: Vec<String> =
            schema(&program).await.into_iter().filter(|part| !part.contains("seaql_migrations")).collect();
        assert_eq!(left, [""; 0]);
    }

    async fn each_step_is_told(program: Program) {
        assert_eq!(program.ok(&["migrate", "up"]), table(["applied now"; 9]));
        let mut states = ["applied"; 9];
        states[8] = "taken back now";
        assert_eq!(program.ok(&["migrate", "down", "--delete-data"]), table(states));
        states[8] = "missing";
        assert_eq!(program.ok(&["migrate", "status"]), table(states));
    }

    async fn down_asks_to_be_told_that_data_may_go(program: Program) {
        program.write("demo.txt", DEMO);
        program.ok(&["import", "demo.txt"]);
        let ran = program.run(&["migrate", "down", "--steps", "9"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        assert!(ran.stderr.contains("make a backup, and say --delete-data"), "{ran:?}");
        assert_eq!(program.exported("erp").len(), 57);
    }

    async fn an_older_schema_is_left_alone_until_migrate_up(program: Program) {
        program.write("demo.txt", DEMO);
        program.ok(&["import", "demo.txt"]);
        let entries = program.exported("erp");
        program.ok(&["migrate", "down", "--delete-data"]);
        let older = schema(&program).await;
        for command in
            [&["serve", "--listen", "127.0.0.1:0"][..], &["import", "demo.txt"], &["systems"], &["export", "--system", "erp"]]
        {
            let ran = program.run(command);
            assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{command:?}: {ran:?}");
            assert!(ran.stderr.contains("is older than this program. Make a backup, then run `ledgate migrate up`"));
        }
        assert_eq!(schema(&program).await, older);
        program.ok(&["migrate", "up"]);
        assert_eq!(program.exported("erp"), entries);
    }

    async fn a_newer_schema_is_touched_by_no_command(program: Program) {
        program.write("demo.txt", DEMO);
        program.ok(&["import", "demo.txt"]);
        program.execute("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_to_come', 1)").await;
        let newer = schema(&program).await;
        for command in [
            &["serve", "--listen", "127.0.0.1:0"][..],
            &["import", "demo.txt"],
            &["systems"],
            &["export", "--system", "erp"],
            &["migrate", "up"],
            &["migrate", "down", "--delete-data"],
        ] {
            let ran = program.run(command);
            assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{command:?}: {ran:?}");
            assert!(ran.stderr.contains("is newer than this program"), "{command:?}: {ran:?}");
            assert!(ran.stderr.contains("Update ledgate, or choose another database"), "{command:?}: {ran:?}");
            assert_eq!(ran.stderr.lines().count(), 1, "{command:?}: {ran:?}");
        }
        assert_eq!(schema(&program).await, newer);
        assert!(program.ok(&["migrate", "status"]).ends_with("m9999_to_come           applied by a newer ledgate\n"));
    }

    async fn programs_that_migrate_an_empty_database_at_once_take_turns(program: Program) {
        let started: Vec<Child> = (0..6).map(|_| program.command(&["migrate", "up"]).spawn().unwrap()).collect();
        for ran in started.into_iter().map(Ran::of) {
            assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
            assert_eq!(ran.stdout.matches("applied").count(), 9, "{ran:?}");
        }
        assert_eq!(states(&program), [true; 9]);
        let alone = if program.is_sqlite() { Program::on_sqlite() } else { Program::on_postgres().await };
        alone.ok(&["migrate", "up"]);
        assert_eq!(schema(&program).await, schema(&alone).await);
    }

    async fn programs_that_set_up_an_empty_database_at_once_both_work(program: Program) {
        program.write("demo.txt", DEMO);
        let (one, two) = tokio::join!(program.serve(&[]), program.serve(&[]));
        program.ok(&["import", "demo.txt"]);
        for serving in [one, two] {
            assert_eq!(serving.get("/readyz").await.0, 200);
            let (status, body) = serving.get("/v10/accounting-entries?limit=100").await;
            let body: Value = serde_json::from_str(&body).unwrap();
            assert_eq!((status, body["accounting_entries"].as_array().unwrap().len()), (200, 57));
        }
    }
}

/// Which of our migrations are applied, by `migrate status --json`.
fn states(program: &Program) -> Vec<bool> {
    let status: Value = serde_json::from_str(&program.ok(&["migrate", "status", "--json"])).unwrap();
    let migrations = status["migrations"].as_array().unwrap();
    let names: Vec<&str> = migrations.iter().map(|migration| migration["name"].as_str().unwrap()).collect();
    assert_eq!(names, MIGRATIONS);
    assert!(migrations.iter().all(|migration| migration["known"] == json!(true)));
    migrations.iter().map(|migration| migration["applied"].as_bool().unwrap()).collect()
}

/// Everything in the database's catalogue that is not its own.
pub async fn schema(program: &Program) -> Vec<String> {
    let connection = program.other_program().await;
    let query = match connection.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT type || ' ' || name || ': ' || coalesce(sql, '') AS part FROM sqlite_schema
             WHERE name NOT LIKE 'sqlite_%' ORDER BY 1"
        }
        _ => {
            "SELECT concat_ws(' ', table_name, column_name, ordinal_position, data_type, collation_name,
                 is_nullable, column_default, identity_generation, generation_expression) AS part
             FROM information_schema.columns WHERE table_schema = 'public'
             UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
             UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
                 FROM pg_constraint WHERE connamespace = 'public'::regnamespace
             UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
             UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
             UNION ALL SELECT 'sequence ' || sequencename FROM pg_sequences WHERE schemaname = 'public'
             ORDER BY 1"
        }
    };
    let statement = Statement::from_string(connection.get_database_backend(), query);
    let rows = connection.query_all_raw(statement).await.unwrap();
    let parts = rows.iter().map(|row| row.try_get("", "part").unwrap()).collect();
    connection.close().await.unwrap();
    parts
}
