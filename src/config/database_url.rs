//! The address of the database, which may hold a password.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// Which database an address leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    /// A file of ours.
    Sqlite,
    /// A server.
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
        // Each connection would have a database of its own: entries would come and go.
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

/// Stars out the password of a user and any `password` parameter. Where a password holds characters that
/// should have been escaped (`@ / ?`), rather too much is starred out than too little.
fn redacted(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "***".to_owned() };
    let (user, rest) = match rest.rsplit_once('@') {
        Some((user, rest)) => match user.split_once(':') {
            Some((name, _)) => (format!("{name}:***@"), rest),
            None => (format!("{user}@"), rest),
        },
        None => (String::new(), rest),
    };
    let rest = match rest.split_once('?') {
        Some((place, parameters)) => {
            let parameters: Vec<String> = parameters.split('&').map(redacted_parameter).collect();
            format!("{place}?{}", parameters.join("&"))
        }
        None => rest.to_owned(),
    };
    format!("{scheme}://{user}{rest}")
}

fn redacted_parameter(parameter: &str) -> String {
    match parameter.split_once('=') {
        Some((name, _)) if name.to_ascii_lowercase().contains("password") => format!("{name}=***"),
        _ => parameter.to_owned(),
    }
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
        assert_eq!(shown("postgresql://user:s:e@c/r?e#t@host/db"), "postgresql://user:***@host/db");
        assert_eq!(
            shown("postgres://host/db?user=u&password=secret&sslmode=require"),
            "postgres://host/db?user=u&password=***&sslmode=require"
        );
        for url in ["postgres://user:secret@host/db?x=a@b", "postgres://user:a&secret@host/db?a=@secret"] {
            assert!(!shown(url).contains("user:secret") && shown(url).contains("***"), "{}", shown(url));
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
            "postgres:///db?host=/run",
        ] {
            assert_eq!(shown(url), url);
        }
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
