//! The log: text for people when standard error is a terminal, one JSON object a line for machines otherwise.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

use crate::config::{LogFormat, LogSettings};

/// Why there is no log.
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

/// Sets up the log of this process. Once.
pub fn init(settings: &LogSettings) -> Result<(), LogError> {
    let terminal = io::stderr().is_terminal();
    Ok(subscriber(settings, terminal, io::stderr)?.try_init()?)
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
    // SeaORM's spans hold the database's address with the password; what is logged inside would show it.
    let filter = EnvFilter::try_new(format!("{},sea_orm=info", settings.filter))
        .map_err(|cause| LogError::Filter { filter: settings.filter.clone(), cause })?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    let text = match settings.format {
        LogFormat::Text => true,
        LogFormat::Json => false,
        LogFormat::Auto => terminal,
    };
    if text {
        return Ok(Box::new(log.with_ansi(terminal).finish()));
    }
    // The span of the request, with its id, is in every line; the list of all spans would only repeat it.
    Ok(Box::new(log.json().flatten_event(true).with_span_list(false).finish()))
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

    fn logged(format: LogFormat, terminal: bool) -> String {
        let written = Written::default();
        let writer = written.clone();
        let settings = LogSettings { format, filter: "info,quiet=error".to_owned() };
        let log = subscriber(&settings, terminal, move || writer.clone()).unwrap();
        tracing::subscriber::with_default(log, || {
            let _request = tracing::info_span!("request", id = "r1").entered();
            tracing::info!(entries = 3, "marked");
            tracing::debug!("beneath the level");
            tracing::info!(target: "quiet", "beneath its module's level");
        });
        let written = written.0.lock().unwrap().clone();
        String::from_utf8(written).unwrap()
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
