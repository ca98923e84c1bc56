//! The log: text for people when standard error is a terminal, one JSON object a line for machines otherwise.
//!
//! Libraries may log secrets. Such lines are left out, whatever `log.filter` says.

use std::io::{self, IsTerminal};
use std::panic::PanicHookInfo;

use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

use crate::config::{LogFormat, LogSettings};

/// Why the log cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The filter is malformed.
    #[error(
        "setting log.filter: \"{filter}\" is no filter ({cause}); it looks like \"info\" or \"info,ledgate=debug\""
    )]
    Filter {
        /// As it was given.
        filter: String,
        /// What the parser says.
        cause: tracing_subscriber::filter::ParseError,
    },
    /// Something else logs in this process already.
    #[error("the log is set up already: {0}")]
    Twice(#[from] TryInitError),
}

/// Sets up the log of this process, panics included. Once.
pub fn init(settings: &LogSettings) -> Result<(), LogError> {
    let terminal = io::stderr().is_terminal();
    subscriber(settings, terminal, io::stderr)?.try_init()?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// Logs a panic under the id of its request. A message that was put together may hold a value from the ledger, so only a
/// message that is a fixed text in the source is logged.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let location = panic.location().map(ToString::to_string);
    let cause = panic.payload().downcast_ref::<&'static str>().copied();
    tracing::error!(location, cause, "a panic");
}

/// Whether a line with this metadata may be logged: it holds no secret.
fn is_discreet(metadata: &Metadata<'_>) -> bool {
    let is_of = |name: &str| {
        metadata.target().strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    let has = |field| metadata.fields().field(field).is_some();
    // SeaORM's spans hold the database's address with the password; what is logged inside would show it.
    let whole_address = is_of("sea_orm") && *metadata.level() > Level::INFO;
    // A line of PGPASSFILE that cannot be read, and the value of a parameter that is not known.
    let piece_of_address = is_of("sqlx_postgres::options") && (has("line") || has("value"));
    // Repeats what the client sent.
    let request = is_of("axum::rejection");
    !(whole_address || piece_of_address || request)
}

/// The log as it is written for a terminal or for something else.
fn subscriber<W>(
    settings: &LogSettings,
    terminal: bool,
    writer: W,
) -> Result<Box<dyn tracing::Subscriber + Send + Sync>, LogError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&settings.filter)
        .map_err(|cause| LogError::Filter { filter: settings.filter.clone(), cause })?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    let text = match settings.format {
        LogFormat::Text => true,
        LogFormat::Json => false,
        LogFormat::Auto => terminal,
    };
    if text {
        return Ok(Box::new(log.with_ansi(terminal).finish().with(filter_fn(is_discreet))));
    }
    // Every line has the span of its request. The list of all spans would only repeat it.
    let log = log.json().flatten_event(true).with_span_list(false).finish();
    Ok(Box::new(log.with(filter_fn(is_discreet))))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(format: LogFormat, filter: &str, terminal: bool, write: impl FnOnce()) -> String {
        let written = Written::default();
        let writer = written.clone();
        let settings = LogSettings { format, filter: filter.to_owned() };
        let log = subscriber(&settings, terminal, move || writer.clone()).unwrap();
        tracing::subscriber::with_default(log, || {
            let _request = tracing::info_span!("request", id = "r1").entered();
            write();
        });
        let written = written.0.lock().unwrap().clone();
        String::from_utf8(written).unwrap()
    }

    fn logged(format: LogFormat, terminal: bool) -> String {
        written(format, "info,quiet=error", terminal, || {
            tracing::info!(entries = 3, "marked");
            tracing::debug!("beneath the level");
            tracing::info!(target: "quiet", "beneath its module's level");
        })
    }

    #[test]
    fn no_filter_brings_out_what_others_log_with_secrets_in_it() {
        let filter = "trace,sea_orm::driver=trace,sqlx_postgres::options::pgpass=trace,axum::rejection=trace";
        let lines = written(LogFormat::Json, filter, false, || {
            let _connect =
                tracing::trace_span!(target: "sea_orm::driver::x", "connect", url = "secret").entered();
            tracing::debug!(target: "sea_orm::driver::x", "secret");
            tracing::warn!(target: "sqlx_postgres::options::pgpass", line = "secret", "malformed");
            tracing::warn!(target: "sqlx_postgres::options::parse", value = "secret", "unknown");
            tracing::trace!(target: "axum::rejection", body = "secret", "rejecting request");
            tracing::warn!(target: "sqlx_postgres::options::pgpass", path = "x", "permissions");
            tracing::trace!(target: "sea_orm_like", "others as they were");
        });
        let told: Vec<serde_json::Value> =
            lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let told: Vec<&str> = told.iter().map(|line| line["message"].as_str().unwrap()).collect();
        assert_eq!(told, ["permissions", "others as they were"], "{lines}");
        assert!(!lines.contains("secret"), "{lines}");
    }

    #[test]
    fn a_panic_is_a_line_of_the_log_without_the_values_in_its_words() {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(log_panic));
        let lines = written(LogFormat::Json, "info", false, || {
            let secret = "secret".to_owned();
            assert!(std::panic::catch_unwind(|| panic!("it cannot be")).is_err());
            assert!(std::panic::catch_unwind(|| panic!("{secret}")).is_err());
        });
        std::panic::set_hook(before);
        let lines: Vec<serde_json::Value> =
            lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert_eq!((&lines[0]["message"], &lines[0]["cause"]), (&"a panic".into(), &"it cannot be".into()));
        for line in &lines {
            assert!(line["location"].as_str().unwrap().contains("log.rs:"), "{line}");
            assert_eq!(line["span"]["id"], "r1", "{line}");
            assert!(!line.to_string().contains("secret"), "{line}");
        }
    }

    #[test]
    fn machines_get_one_object_a_line_and_people_get_text() {
        for lines in [logged(LogFormat::Auto, false), logged(LogFormat::Json, true)] {
            let line: serde_json::Value = serde_json::from_str(&lines).unwrap();
            assert_eq!((&line["message"], &line["entries"]), (&"marked".into(), &3.into()), "{lines}");
            assert_eq!(line["span"]["id"], "r1", "{lines}");
        }
        let coloured = logged(LogFormat::Auto, true);
        assert!(coloured.contains("marked") && coloured.contains('\x1b'), "{coloured}");
        let plain = logged(LogFormat::Text, false);
        assert!(plain.ends_with("marked entries=3\n") && !plain.contains('\x1b'), "{plain}");
    }

    #[test]
    fn a_malformed_filter_is_told() {
        let settings = LogSettings { format: LogFormat::Text, filter: "ledgate=loud".to_owned() };
        let error = subscriber(&settings, false, io::sink).err().unwrap().to_string();
        assert!(error.starts_with("setting log.filter: \"ledgate=loud\" is no filter"), "{error}");
    }
}
