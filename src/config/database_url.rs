//! The address of the database, which may hold a password.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Which database an address leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    /// SQLite, a file.
    Sqlite,
    /// PostgreSQL, a server.
    Postgres,
}

impl fmt::Display for DatabaseKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DatabaseKind::Sqlite => "SQLite",
            DatabaseKind::Postgres => "PostgreSQL",
        })
    }
}

/// `sqlite://…` or `postgres://…`. Shows itself with the password starred out wherever it is printed, logged
/// or serialised; only [`DatabaseUrl::expose`] gives the whole.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct DatabaseUrl {
    whole: String,
    kind: DatabaseKind,
}

impl DatabaseUrl {
    /// The whole address, for the driver and for nobody else.
    pub fn expose(&self) -> &str {
        &self.whole
    }

    /// Whether it holds something that is not shown, usually a password.
    pub fn has_secret(&self) -> bool {
        self.to_string() != self.whole
    }

    /// The names of its parameters that the PostgreSQL driver does not know and ignores.
    pub fn unknown_parameters(&self) -> Vec<&str> {
        let parameters = self.whole.split_once('?').filter(|_| self.kind == DatabaseKind::Postgres);
        let names = parameters.into_iter().flat_map(|(_, parameters)| parameters.split('&'));
        let names = names.filter_map(|parameter| Some(parameter.split_once('=')?.0));
        names.filter(|name| is_plain(name) && !is_in(&HARMLESS, name) && !SECRET.contains(name)).collect()
    }

    /// Which database it leads to.
    pub fn kind(&self) -> DatabaseKind {
        self.kind
    }
}

impl TryFrom<String> for DatabaseUrl {
    type Error = String;

    /// The error never repeats what was given: a mistyped address has a password too.
    fn try_from(whole: String) -> Result<Self, String> {
        let wanted = "sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME";
        let Some((scheme, rest)) = whole.split_once("://") else {
            return Err(format!("this is no database address; it looks like {wanted}"));
        };
        let kind = match scheme {
            "sqlite" => DatabaseKind::Sqlite,
            "postgres" | "postgresql" => DatabaseKind::Postgres,
            other => {
                let known =
                    other.len() <= 20 && other.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+');
                let other = if known { format!("{other}://") } else { "this scheme".to_owned() };
                return Err(format!("ledgate does not speak {other}; an address looks like {wanted}"));
            }
        };
        if rest.is_empty() {
            return Err(format!("nothing follows {scheme}://; an address looks like {wanted}"));
        }
        // Each connection would have a database of its own.
        if kind == DatabaseKind::Sqlite && (rest.starts_with(":memory:") || rest.contains("mode=memory")) {
            return Err("a SQLite database in memory cannot be shared by connections; name a file".to_owned());
        }
        Ok(Self { whole, kind })
    }
}

impl std::str::FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(whole: &str) -> Result<Self, String> {
        Self::try_from(whole.to_owned())
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            DatabaseKind::Sqlite => f.write_str(&self.whole),
            DatabaseKind::Postgres => f.write_str(&redacted(&self.whole)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl Serialize for DatabaseUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// TOML has no null: an empty text says that there is no address. One that is given has to lead to PostgreSQL.
pub(super) fn postgres_or_none<'de, D: Deserializer<'de>>(from: D) -> Result<Option<DatabaseUrl>, D::Error> {
    let whole = String::deserialize(from)?;
    if whole.is_empty() {
        return Ok(None);
    }
    let url = DatabaseUrl::try_from(whole).map_err(serde::de::Error::custom)?;
    match url.kind() {
        DatabaseKind::Postgres => Ok(Some(url)),
        DatabaseKind::Sqlite => Err(serde::de::Error::custom(
            "it leads to a PostgreSQL database, postgres://USER:PASSWORD@HOST/NAME, or is empty",
        )),
    }
}

/// Parameters of an address that the driver knows and that hold no secret.
const HARMLESS: [&str; 15] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

/// Those that it knows as well.
const SECRET: [&str; 3] = ["password", "ssl-key", "sslkey"];

fn is_in(known: &[&str], name: &str) -> bool {
    known.contains(&name) || name.starts_with("options[")
}

/// Stars out the password of a user, and every parameter that is not known to be harmless. An address that can be
/// read in two ways, because `@ : / ?` in a password were not escaped, is starred out as a whole.
pub(super) fn redacted(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "***".to_owned() };
    shown(rest).map_or_else(|| format!("{scheme}://***"), |shown| format!("{scheme}://{shown}"))
}

fn shown(rest: &str) -> Option<String> {
    let (authority, place) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if place.contains(['@', '#']) {
        return None;
    }
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => (format!("{name}:***@"), host),
            None => (format!("{user}@"), host),
        },
        None => (String::new(), authority),
    };
    // What stands where the port should be may be a password whose host was forgotten.
    let port = host.rsplit_once(':').map(|(_, port)| port).filter(|_| !host.ends_with(']'));
    if port.is_some_and(|port| !port.is_empty() && port.parse::<u16>().is_err()) {
        return None;
    }
    let parameters = match place.split_once('?') {
        Some((_, parameters)) => {
            let parameters: Vec<String> = parameters.split('&').map(redacted_parameter).collect();
            format!("?{}", parameters.join("&"))
        }
        None => String::new(),
    };
    let path = place.split('?').next().unwrap_or_default();
    Some(format!("{user}{host}{path}{parameters}"))
}

fn redacted_parameter(parameter: &str) -> String {
    match parameter.split_once('=') {
        Some((name, _)) if is_in(&HARMLESS, name) => parameter.to_owned(),
        Some((name, _)) if is_plain(name) => format!("{name}=***"),
        _ => "***".to_owned(),
    }
}

fn is_plain(name: &str) -> bool {
    (1..=40).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(url: &str) -> String {
        let url: DatabaseUrl = url.parse().unwrap();
        assert_eq!(format!("{url:?}"), format!("\"{url}\""));
        assert_eq!(serde_json::to_string(&url).unwrap(), format!("\"{url}\""));
        url.to_string()
    }

    #[test]
    fn a_password_is_never_shown() {
        assert_eq!(shown("postgres://user:secret@host:5432/db"), "postgres://user:***@host:5432/db");
        assert_eq!(shown("postgresql://user:s:e@c@host/db"), "postgresql://user:***@host/db");
        assert_eq!(
            shown("postgres://host/db?user=u&password=secret&sslmode=require"),
            "postgres://host/db?user=u&password=***&sslmode=require"
        );
        assert_eq!(shown("postgres://host/db?pass=secret&se%63ret&="), "postgres://host/db?pass=***&***&***");
        for url in [
            "postgres://user:x:e@c/r?e#t-secret@host/db",
            "postgres://user:secret@host/db?x=a@b",
            "postgres://user:a&secret@host/db?a=@secret",
            "postgres://user:a@secret/b@host/db",
            "postgres://host/db?user=u&password=p@secret",
            "postgres://host:5432/db?password=p@secret",
            "postgres://user:secret",
            "postgres://user:secret/db",
            "postgres://user:1234#secret",
        ] {
            assert_eq!(shown(url), "postgres://***", "{url}");
        }
        let exposed: DatabaseUrl = "postgres://user:secret@host/db".parse().unwrap();
        assert_eq!(exposed.expose(), "postgres://user:secret@host/db");
    }

    #[test]
    fn an_address_without_password_is_shown_whole() {
        for url in [
            "sqlite://ledgate.db",
            "sqlite:///var/lib/a@b:c.db?mode=ro",
            "postgres://u@h/db",
            "postgres://u@[::1]/db",
            "postgres://u@[::1]:5433/db?sslmode=verify-full&options[search_path]=books",
            "postgres:///db?host=/run",
        ] {
            assert_eq!(shown(url), url);
        }
    }

    #[test]
    fn parameters_that_the_driver_does_not_know_are_named() {
        let url: DatabaseUrl =
            "postgres://h/db?sslmod=require&password=x&user=u&%70=x&alone".parse().unwrap();
        assert_eq!(url.unknown_parameters(), ["sslmod"]);
        assert!(url.has_secret());
        let url: DatabaseUrl = "sqlite://x.db?sslmod=require".parse().unwrap();
        assert!(url.unknown_parameters().is_empty() && !url.has_secret());
    }

    #[test]
    fn other_addresses_are_refused_without_repeating_them() {
        for url in [
            "mysql://user:secret@host/db",
            "user:secret@host",
            "postgres://",
            "user:secret://x",
            "sqlite://:memory:",
            "sqlite::memory:",
            "sqlite://x?mode=memory",
        ] {
            let error = url.parse::<DatabaseUrl>().unwrap_err();
            assert!(!error.contains("secret") && error.len() > 20, "{url}: {error}");
        }
        assert!("mysql://x".parse::<DatabaseUrl>().unwrap_err().contains("mysql://"));
    }
}
