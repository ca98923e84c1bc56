//! The two layers that override the file: environment variables and command-line flags.

use std::path::{Path, PathBuf};

use figment::value::{Dict, Map, Value};
use figment::{Error, Metadata, Profile, Provider};

/// What the name of every variable of ledgate begins with.
pub(super) const PREFIX: &str = "LEDGATE_";

/// A variable that is no setting: it names the file to read.
pub(super) const CONFIG_VARIABLE: &str = "CONFIG";

/// A variable that is no setting: the token with which `ledgate work` calls a server.
const TOKEN_VARIABLE: &str = "TOKEN";

/// The settings that have a flag. `None` leaves the other layers as they are. Not to be printed: there may be a
/// password in them.
#[derive(Clone, Default)]
pub struct Overrides {
    /// `--config FILE`
    pub config: Option<PathBuf>,
    /// `--database-url URL`
    pub database_url: Option<String>,
    /// `--listen ADDR`
    pub listen: Option<String>,
    /// `--serve-anyone-without-a-token`
    pub serve_anyone_without_a_token: bool,
}

/// The flags as a layer.
pub(super) struct Flags<'a>(pub(super) &'a Overrides);

impl Flags<'_> {
    const DATABASE_URL: [&'static str; 2] = ["database", "url"];
    const LISTEN: [&'static str; 2] = ["http", "listen"];
    const ANYONE: [&'static str; 2] = ["http", "serve_anyone_without_a_token"];
}

impl Provider for Flags<'_> {
    fn metadata(&self) -> Metadata {
        Metadata::named("the command line").interpolater(|_: &Profile, path: &[&str]| match path {
            path if path == Flags::DATABASE_URL => "--database-url".to_owned(),
            path if path == Flags::LISTEN => "--listen".to_owned(),
            path if path == Flags::ANYONE => "--serve-anyone-without-a-token".to_owned(),
            other => other.join("."),
        })
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let mut layer = Dict::new();
        let Overrides { config: _, database_url, listen, serve_anyone_without_a_token: anyone } = self.0;
        let given: [(_, Option<Value>); 3] = [
            (Self::DATABASE_URL, database_url.clone().map(Value::from)),
            (Self::LISTEN, listen.clone().map(Value::from)),
            (Self::ANYONE, anyone.then(|| true.into())),
        ];
        for ([section, setting], value) in given {
            if let Some(value) = value {
                put(&mut layer, section, setting, value);
            }
        }
        Ok(Profile::Default.collect(layer))
    }
}

/// The environment as a layer. Figment's own provider reads the process's environment, which parallel tests
/// cannot each have their own of; this one is handed its variables.
pub(super) struct Environment {
    layer: Dict,
    config: Option<PathBuf>,
}

impl Environment {
    pub(super) fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let (mut layer, mut config) = (Dict::new(), None);
        for (name, value) in variables {
            let Some(name) = name.strip_prefix(PREFIX) else { continue };
            if name == CONFIG_VARIABLE {
                config = (!value.is_empty()).then(|| PathBuf::from(value));
            } else if name != TOKEN_VARIABLE && !is_service_link(name) {
                // The first `_` ends the section; a name without one is no setting and is refused as such.
                let lower = name.to_ascii_lowercase();
                match lower.split_once('_') {
                    Some((section, setting)) => put(&mut layer, section, setting, read(value)),
                    None => drop(layer.insert(lower, value.into())),
                }
            }
        }
        Self { layer, config }
    }

    pub(super) fn config(&self) -> Option<&Path> {
        self.config.as_deref()
    }
}

impl Provider for Environment {
    fn metadata(&self) -> Metadata {
        Metadata::named("the environment").interpolater(|_: &Profile, path: &[&str]| variable(path))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Profile::Default.collect(self.layer.clone()))
    }
}

/// The variable of a setting.
fn variable(path: &[&str]) -> String {
    format!("{PREFIX}{}", path.join("_").to_ascii_uppercase())
}

/// A whole number, `true` or `false` where it is one, else the text as it is.
fn read(value: String) -> Value {
    match (value.parse::<u64>(), value.parse::<bool>()) {
        (Ok(number), _) => number.into(),
        (_, Ok(truth)) => truth.into(),
        _ => value.into(),
    }
}

/// Kubernetes gives every container the addresses of its namespace's services: for one named `ledgate` these
/// begin like settings of ours (LEDGATE_SERVICE_HOST, LEDGATE_PORT_8080_TCP) and are none.
fn is_service_link(name: &str) -> bool {
    name == "PORT" || name.starts_with("PORT_") || name.starts_with("SERVICE_")
}

fn put(layer: &mut Dict, section: &str, setting: &str, value: Value) {
    if let Value::Dict(_, settings) =
        layer.entry(section.to_owned()).or_insert_with(|| Value::from(Dict::new()))
    {
        settings.insert(setting.to_owned(), value);
    }
}
