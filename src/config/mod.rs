//! Settings: defaults < file < environment < flags. Addresses and numbers only; what they mean is the
//! business of the modules that use them.
//!
//! A setting is added in one place, `sections.rs`, and used. `config.default.toml` is written by `ledgate settings`.

mod database_url;
mod definition;
mod durations;
mod environment;
mod error;
mod ledgers;
mod listen;
mod log_format;
mod names;
mod rules;
mod sections;

use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Format, Toml};

pub use database_url::{DatabaseKind, DatabaseUrl};
pub use environment::Overrides;
pub use error::ConfigError;
pub use ledgers::{LedgerName, LedgerUrls, MAIN_LEDGER};
pub use listen::ListenAddress;
pub use log_format::LogFormat;
pub use names::{FilePath, HeaderField, HostName, Names, Origin};
pub use sections::{
    BudgetSettings, DEFAULTS, DatabaseSettings, GraphqlSettings, HttpSettings, LedgersSettings, LogSettings,
    MetricsSettings, Settings, SocketsSettings, WebhookSettings,
};

use environment::{CONFIG_VARIABLE, Environment, Flags, PREFIX};

/// The file read when nothing else is named, if the working directory has it.
pub const FILE_NAME: &str = "ledgate.toml";

impl Settings {
    /// Reads all layers, in the process's own environment and working directory.
    pub fn load(overrides: &Overrides) -> Result<Self, ConfigError> {
        // A variable that is not text cannot be one of ours spelled right.
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        });
        Self::load_from(overrides, variables, Path::new(""))
    }

    /// Reads all layers, with the environment and the working directory handed in.
    pub fn load_from(
        overrides: &Overrides,
        variables: impl IntoIterator<Item = (String, String)>,
        directory: &Path,
    ) -> Result<Self, ConfigError> {
        let environment = Environment::new(variables);
        let file = named_file(overrides, &environment, directory)?;

        let mut layers = Figment::from(Toml::string(DEFAULTS));
        if let Some(path) = &file {
            layers = layers.merge(Toml::file_exact(path));
        }
        let layers = layers.merge(environment).merge(Flags(overrides));

        let mut settings: Settings = layers.extract().map_err(ConfigError::from_figment)?;
        let faults: Vec<String> = settings
            .out_of_range()
            .into_iter()
            .map(|fault| error::sentence(fault.setting, layers.find_metadata(fault.setting), &fault.reason))
            .collect();
        if !faults.is_empty() {
            return Err(ConfigError::Settings(faults));
        }
        settings.file = file;
        Ok(settings)
    }
}

/// The file to read: the flag's, the environment's, or the default one when it is there. A file that was asked
/// for by name has to exist.
fn named_file(
    overrides: &Overrides,
    environment: &Environment,
    directory: &Path,
) -> Result<Option<PathBuf>, ConfigError> {
    let (path, named_by) = match (&overrides.config, environment.config()) {
        (Some(path), _) => (directory.join(path), "--config".to_owned()),
        (None, Some(path)) => (directory.join(path), format!("{PREFIX}{CONFIG_VARIABLE}")),
        (None, None) => {
            let path = directory.join(FILE_NAME);
            return Ok(path.is_file().then_some(path));
        }
    };
    match std::fs::File::open(&path) {
        Ok(_) => Ok(Some(path)),
        Err(cause) => Err(ConfigError::File { path, named_by, cause }),
    }
}

/// An argument as it may be repeated, should it be the address of a database.
pub fn without_password(argument: &str) -> String {
    let may_be_one = argument.contains("://") || argument.contains('@');
    if may_be_one { database_url::redacted(argument) } else { argument.to_owned() }
}

#[cfg(test)]
mod tests;
