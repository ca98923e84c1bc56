//! The layers against each other. Each test hands in its own environment and folder, so none can see another's.

use std::path::Path;
use std::time::Duration;

use super::*;

fn load(file: &str, variables: &[(&str, &str)], overrides: Overrides) -> Result<Settings, String> {
    let folder = tempfile::tempdir().unwrap();
    if !file.is_empty() {
        std::fs::write(folder.path().join(FILE_NAME), file).unwrap();
    }
    load_in(folder.path(), variables, overrides)
}

fn load_in(folder: &Path, variables: &[(&str, &str)], overrides: Overrides) -> Result<Settings, String> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::load_from(&overrides, variables, folder)
        .map_err(|error| error.to_string().replace(&format!("{}/", folder.display()), ""))
}

fn refusal(file: &str, variables: &[(&str, &str)]) -> String {
    load(file, variables, Overrides::default()).unwrap_err()
}

#[test]
fn the_documented_defaults_load() {
    let settings = load("", &[], Overrides::default()).unwrap();
    assert_eq!(settings.database.url.expose(), "sqlite://ledgate.db");
    assert_eq!(settings.database.max_connections, 8);
    assert_eq!(settings.database.acquire_timeout(), Duration::from_secs(3));
    assert!(!settings.database.transaction_pooling);
    assert_eq!(settings.database.listen_url, None);
    assert_eq!(settings.http.listen.as_str(), "127.0.0.1:8080");
    assert_eq!(settings.http.request_timeout(), Duration::from_secs(30));
    assert_eq!(settings.http.body_limit_bytes, 2 * 1024 * 1024);
    assert_eq!(settings.http.shutdown_deadline(), Duration::from_secs(20));
    assert_eq!(settings.graphql.max_query_characters, 15_000);
    assert_eq!(settings.graphql.max_selections, 2_000);
    assert_eq!(settings.graphql.max_errors, 20);
    assert!(settings.http.hosts.is_empty() && settings.http.allowed_origins.is_empty());
    assert_eq!(settings.log.format, LogFormat::Auto);
    assert_eq!(settings.metrics.listen, None);
    assert_eq!(settings.file, None);
}

#[test]
fn the_file_of_defaults_is_what_the_settings_say() {
    let file = include_str!("../../config.default.toml");
    let same = file.lines().eq(DEFAULTS.lines());
    assert!(same, "the settings have changed: run `ledgate settings > config.default.toml`, and commit it");
}

#[test]
fn each_layer_covers_the_ones_below() {
    let file = "[http]\nlisten = \"[::1]:1\"\nrequest_timeout_seconds = 5\nbody_limit_bytes = 4096\n\
        serve_anyone_without_a_token = false";
    let variables = [
        ("LEDGATE_HTTP_LISTEN", "localhost:2"),
        ("LEDGATE_HTTP_REQUEST_TIMEOUT_SECONDS", "6"),
        ("LEDGATE_DATABASE_TRANSACTION_POOLING", "true"),
        ("PATH", "x"),
    ];
    let flags = Overrides {
        listen: Some("0.0.0.0:3".to_owned()),
        serve_anyone_without_a_token: true,
        ..Overrides::default()
    };
    let settings = load(file, &variables, flags).unwrap();
    assert_eq!(settings.http.listen.as_str(), "0.0.0.0:3");
    assert!(settings.http.serve_anyone_without_a_token);
    assert_eq!(settings.http.request_timeout_seconds, 6);
    assert!(settings.database.transaction_pooling);
    assert_eq!(settings.http.body_limit_bytes, 4096);
    assert_eq!(settings.http.shutdown_deadline_seconds, 20);
    assert_eq!(settings.file.unwrap().file_name().unwrap(), FILE_NAME);
}

#[test]
fn the_file_is_the_flag_s_then_the_variable_s_then_the_default_one() {
    let folder = tempfile::tempdir().unwrap();
    for (name, port) in [(FILE_NAME, 1), ("variable.toml", 2), ("flag.toml", 3)] {
        std::fs::write(folder.path().join(name), format!("[http]\nlisten = \"h:{port}\"")).unwrap();
    }
    let listen = |variable: &str, flag: Option<&str>| {
        let overrides = Overrides { config: flag.map(PathBuf::from), ..Overrides::default() };
        load_in(folder.path(), &[("LEDGATE_CONFIG", variable)], overrides)
            .map(|settings| settings.http.listen.to_string())
    };
    assert_eq!(listen("", None).unwrap(), "h:1");
    assert_eq!(listen("variable.toml", None).unwrap(), "h:2");
    assert_eq!(listen("variable.toml", Some("flag.toml")).unwrap(), "h:3");

    let error = listen("", Some("gone.toml")).unwrap_err();
    assert!(
        error.starts_with("the configuration file gone.toml (named by --config) cannot be read: "),
        "{error}"
    );
    let error = listen("gone.toml", None).unwrap_err();
    assert!(error.contains("(named by LEDGATE_CONFIG)"), "{error}");
}

#[test]
fn a_refusal_names_the_setting_and_where_it_came_from() {
    assert_eq!(
        refusal("[http]\nrequest_timeout_seconds = 0", &[]),
        "setting http.request_timeout_seconds in ledgate.toml: 0 is not between 1 and 3600"
    );
    assert_eq!(
        refusal("", &[("LEDGATE_DATABASE_MAX_CONNECTIONS", "5000")]),
        "setting database.max_connections in LEDGATE_DATABASE_MAX_CONNECTIONS: 5000 is not between 1 and 1000"
    );
    let flags = Overrides { listen: Some("8080".to_owned()), ..Overrides::default() };
    let error = load("", &[], flags).unwrap_err();
    assert!(error.starts_with("setting http.listen in --listen: \"8080\" is no address"), "{error}");
    let flags = Overrides { database_url: Some("mysql://u:secret@h/d".to_owned()), ..Overrides::default() };
    let error = load("", &[], flags).unwrap_err();
    assert!(
        error.starts_with("setting database.url in --database-url: ledgate does not speak mysql"),
        "{error}"
    );
    assert!(!error.contains("secret"), "{error}");
    assert_eq!(
        refusal("[log]\nformat = \"xml\"", &[]),
        "setting log.format in ledgate.toml: \"xml\" is none of auto, text, json"
    );
    assert_eq!(
        refusal("[http]\nbody_limit_bytes = \"2 MB\"", &[]),
        "setting http.body_limit_bytes in ledgate.toml: a whole number is wanted here, and this is a text"
    );
    assert_eq!(
        refusal("", &[("LEDGATE_HTTP_BODY_LIMIT_BYTES", "-1")]),
        "setting http.body_limit_bytes in LEDGATE_HTTP_BODY_LIMIT_BYTES: \
         a whole number is wanted here, and this is a text"
    );
    assert_eq!(
        refusal("[metrics]\nlisten = \"9464\"", &[]).split(';').next().unwrap(),
        "setting metrics.listen in ledgate.toml: \"9464\" is no address to listen on"
    );
}

#[test]
fn all_numbers_out_of_range_are_told_at_once() {
    let error =
        refusal("[graphql]\nmax_errors = 0\nmax_selections = 1", &[("LEDGATE_HTTP_BODY_LIMIT_BYTES", "1")]);
    assert_eq!(error.lines().count(), 3, "{error}");
}

#[test]
fn an_unknown_setting_is_refused_and_the_known_ones_named() {
    let error = refusal("[http]\nlisen = \"h:1\"", &[]);
    assert!(error.starts_with("setting http.lisen in ledgate.toml: there is no such setting"), "{error}");
    assert!(error.contains("listen, serve_anyone_without_a_token, hosts"), "{error}");
    let error = refusal("[htp]\nlisten = \"h:1\"", &[]);
    assert!(
        error.starts_with("setting htp in ledgate.toml: ") && error.contains("database, ledgers, http"),
        "{error}"
    );
    let error = refusal("", &[("LEDGATE_HTTP_LISEN", "h:1")]);
    assert!(error.starts_with("setting http.lisen in LEDGATE_HTTP_LISEN: "), "{error}");
    let error = refusal("", &[("LEDGATE_LISTEN", "h:1")]);
    assert!(error.starts_with("setting listen in LEDGATE_LISTEN: "), "{error}");
    let error = refusal("file = \"x\"", &[]);
    assert!(error.starts_with("setting file in ledgate.toml: "), "{error}");
}

#[test]
fn the_addresses_kubernetes_adds_are_not_taken_for_settings() {
    let variables = [
        ("LEDGATE_SERVICE_HOST", "10.0.0.1"),
        ("LEDGATE_PORT", "tcp://10.0.0.1:8080"),
        ("LEDGATE_PORT_8080_TCP_ADDR", "10.0.0.1"),
    ];
    load("", &variables, Overrides::default()).unwrap();
}

#[test]
fn a_text_setting_that_looks_like_a_number_or_a_list_stays_a_text() {
    let settings =
        load("", &[("LEDGATE_DATABASE_URL", "postgres://u:[1]{2}#@h/db")], Overrides::default()).unwrap();
    assert_eq!(settings.database.url.expose(), "postgres://u:[1]{2}#@h/db");
    load("", &[("LEDGATE_LOG_FILTER", "[span{field=1}]=debug")], Overrides::default()).unwrap();
    let empty = [("LEDGATE_METRICS_LISTEN", ""), ("LEDGATE_DATABASE_LISTEN_URL", "")];
    load("", &empty, Overrides::default()).unwrap();
}

#[test]
fn names_are_a_list_in_the_file_and_parted_by_commas_in_the_environment() {
    let hosts = |file: &str, variables: &[(&str, &str)]| {
        let settings = load(file, variables, Overrides::default())?;
        Ok::<_, String>(settings.http.hosts.iter().map(|host| host.as_str().to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(hosts("[http]\nhosts = [\"a.lan\", \"B.lan\"]", &[]).unwrap(), ["a.lan", "b.lan"]);
    assert_eq!(hosts("", &[("LEDGATE_HTTP_HOSTS", "a.lan, b.lan")]).unwrap(), ["a.lan", "b.lan"]);
    assert_eq!(hosts("", &[("LEDGATE_HTTP_HOSTS", "10.0.0.1")]).unwrap(), ["10.0.0.1"]);
    assert_eq!(hosts("[http]\nhosts = [\"a\"]", &[("LEDGATE_HTTP_HOSTS", "")]).unwrap(), [""; 0]);
    let error = refusal("[http]\nhosts = [\"http://a\"]", &[]);
    assert!(error.starts_with("setting http.hosts") && error.contains("is no name of a host"), "{error}");
    let error = refusal("", &[("LEDGATE_HTTP_ALLOWED_ORIGINS", "*")]);
    assert!(error.contains("LEDGATE_HTTP_ALLOWED_ORIGINS") && error.contains("is no origin"), "{error}");
}

#[test]
fn a_broken_file_is_placed_without_showing_its_secrets() {
    let error = refusal("[database]\nurl = \"postgres://u:secret@h/db\n", &[]);
    assert!(error.starts_with("ledgate.toml: ") && error.contains("line 2"), "{error}");
    assert!(!error.contains("secret") && error.lines().count() == 1, "{error}");
    let error = refusal("[database]\nmax_connections = \"postgres://u:secret@h/db\"", &[]);
    assert!(!error.contains("secret"), "{error}");
    let error = refusal("database = \"postgres://u:secret@h/db\"", &[]);
    assert!(!error.contains("secret"), "{error}");
}

#[test]
fn settings_are_printed_without_the_password() {
    let file = "[database]\nurl = \"postgres://u:secret@h/db\"";
    let listen = [("LEDGATE_DATABASE_LISTEN_URL", "postgres://u:secret@h/listened")];
    let settings = load(file, &listen, Overrides::default()).unwrap();
    let printed = format!("{settings:?}{}", serde_json::to_string(&settings).unwrap());
    assert!(!printed.contains("secret"), "{printed}");
    for shown in ["postgres://u:***@h/db", "postgres://u:***@h/listened"] {
        assert_eq!(printed.matches(shown).count(), 2, "{printed}");
    }
}

#[test]
fn only_a_postgresql_database_is_listened_to_and_that_of_main_for_main_alone() {
    for wrong in ["sqlite://secret.db", "mysql://u:secret@h/db", "secret"] {
        let error = refusal("", &[("LEDGATE_DATABASE_LISTEN_URL", wrong)]);
        let begin = "setting database.listen_url in LEDGATE_DATABASE_LISTEN_URL: ";
        assert!(error.starts_with(begin) && !error.contains("secret"), "{error}");
    }
    let listen = [("LEDGATE_DATABASE_LISTEN_URL", "postgres://h/db")];
    let settings = load("[database]\nmax_connections = 3", &listen, Overrides::default()).unwrap();
    let beside = settings.database.beside_main("postgres://h/acme".parse().unwrap());
    assert_eq!(
        (beside.url.expose(), beside.listen_url, beside.max_connections),
        ("postgres://h/acme", None, 3)
    );
}
