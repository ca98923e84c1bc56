//! Why settings do not load, in sentences that name the setting and where its value came from.

use std::path::PathBuf;

use figment::error::Kind;
use figment::{Metadata, Profile, Source};

/// Settings that do not load.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file that was asked for cannot be read.
    #[error("the configuration file {} (named by {named_by}) cannot be read: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The flag or variable that names it.
        named_by: String,
        /// What the system says.
        cause: std::io::Error,
    },
    /// A layer is malformed, or a setting unknown, of the wrong kind or out of range. A sentence each.
    #[error("{}", .0.join("\n"))]
    Settings(Vec<String>),
}

impl ConfigError {
    pub(super) fn from_figment(error: figment::Error) -> Self {
        let sentences = error
            .into_iter()
            .map(|error| sentence(&error.path.join("."), error.metadata.as_ref(), &reason(&error.kind)));
        Self::Settings(sentences.collect())
    }
}

fn reason(kind: &Kind) -> String {
    match kind {
        Kind::UnknownField(_, known) => {
            format!("there is no such setting here; there are {}", known.join(", "))
        }
        Kind::UnknownVariant(given, known) => format!("\"{given}\" is none of {}", known.join(", ")),
        Kind::InvalidType(given, wanted) | Kind::InvalidValue(given, wanted) => {
            format!("{} is wanted here, and this is {}", plain(wanted), kind_of(given))
        }
        Kind::Message(message) => without_excerpt(message),
        other => other.to_string(),
    }
}

/// `setting http.listen in ledgate.toml: …`, as far as the setting and its source are known.
pub(super) fn sentence(setting: &str, source: Option<&Metadata>, reason: &str) -> String {
    let path: Vec<&str> = setting.split('.').filter(|step| !step.is_empty()).collect();
    let place = source.map(|metadata| match &metadata.source {
        Some(Source::File(file)) => file.display().to_string(),
        // The other layers put the variable or the flag in the setting's place.
        _ => metadata.interpolate(&Profile::Default, &path),
    });
    match (path.is_empty(), place) {
        (false, Some(place)) => format!("setting {setting} in {place}: {reason}"),
        (false, None) => format!("setting {setting}: {reason}"),
        (true, Some(place)) => format!("{place}: {reason}"),
        (true, None) => reason.to_owned(),
    }
}

/// The reader of TOML shows the faulty line, which may be the one with the password: only its place and the
/// reason are kept.
fn without_excerpt(message: &str) -> String {
    message.lines().filter(|line| !line.contains('|')).map(str::trim).collect::<Vec<_>>().join(": ")
}

fn plain(rust_type: &str) -> &str {
    match rust_type {
        "u64" | "u32" | "usize" => "a whole number",
        "a string" => "a text",
        other if other.starts_with("struct ") => "a section",
        other => other,
    }
}

/// What kind of value was given, but not which: it may be a secret at the wrong place.
fn kind_of(given: &figment::error::Actual) -> &'static str {
    use figment::error::Actual;
    match given {
        Actual::Bool(_) => "true or false",
        Actual::Unsigned(_) | Actual::Signed(_) | Actual::Float(_) => "another number",
        Actual::Char(_) | Actual::Str(_) => "a text",
        Actual::Seq => "a list",
        Actual::Map | Actual::Enum => "a section",
        _ => "something else",
    }
}
