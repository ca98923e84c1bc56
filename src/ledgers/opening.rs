//! Opening a ledger: its database, and whether the schema is this program's.

use crate::config::DatabaseSettings;
use crate::domain::Clock;
use crate::service::Ledger;
use crate::store::schema::{self, Fit, MigrateError};
use crate::store::{ConnectError, Database};

/// Why the ledger cannot be worked with, in a sentence with a way out.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database cannot be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// It was opened, but a query failed.
    #[error("the database {address} does not answer as it should: {cause}")]
    Failed {
        /// The address, without its password.
        address: String,
        /// What the database said.
        cause: sea_orm::DbErr,
    },
    /// It is empty, and the schema could not be made.
    #[error("the schema of {address} could not be made: {cause}")]
    NotSetUp {
        /// The address, without its password.
        address: String,
        /// Why.
        cause: MigrateError,
    },
    /// It has no ledger in it.
    #[error(
        "there is no ledger in {address} yet. `ledgate import FILE` or `ledgate serve` sets it up; if there \
         should be one, check --database-url"
    )]
    Empty {
        /// The address, without its password.
        address: String,
    },
    /// Migrations are missing.
    #[error(
        "the schema of {address} is older than this program. Make a backup, then run `ledgate migrate up`; \
         `ledgate migrate status` lists what is missing"
    )]
    Behind {
        /// The address, without its password.
        address: String,
    },
    /// A newer program has migrated it.
    #[error(
        "the schema of {address} is newer than this program, which would not keep what it does not know. \
         Update ledgate, or choose another database with --database-url"
    )]
    Newer {
        /// The address, without its password.
        address: String,
    },
}

/// Opens the database for work. One that is not there is made, an empty one gets the schema; one that is older
/// or newer is left alone.
pub async fn open(settings: &DatabaseSettings, clock: Clock) -> Result<Ledger, OpenError> {
    let database = Database::connect(settings).await?;
    if fit(settings, &database).await? == Fit::Empty {
        let failed = |cause| OpenError::NotSetUp { address: settings.url.to_string(), cause };
        schema::up(&database).await.map_err(failed)?;
    }
    Ok(Ledger::new(database, clock))
}

/// Opens a ledger that is there, to read it: where there is none, an answer would be wrong and not empty.
pub async fn open_existing(settings: &DatabaseSettings, clock: Clock) -> Result<Ledger, OpenError> {
    let database = Database::connect_existing(settings).await?;
    match fit(settings, &database).await? {
        Fit::Empty => Err(OpenError::Empty { address: settings.url.to_string() }),
        _ => Ok(Ledger::new(database, clock)),
    }
}

/// Current or empty; older and newer are errors.
async fn fit(settings: &DatabaseSettings, database: &Database) -> Result<Fit, OpenError> {
    let address = settings.url.to_string();
    match schema::fit(database).await {
        Ok(Fit::Behind) => Err(OpenError::Behind { address }),
        Ok(Fit::Extended | Fit::Newer) => Err(OpenError::Newer { address }),
        Ok(fit) => Ok(fit),
        Err(cause) => Err(OpenError::Failed { address, cause }),
    }
}

impl OpenError {
    /// The same for a caller of this ledger, who learns no address and nothing that the database said.
    pub fn to_caller(&self, ledger: &str) -> String {
        let reason = match self {
            Self::Connect(ConnectError::Unreachable { .. }) | Self::Failed { .. } => {
                "its database does not answer; try again in a moment".to_owned()
            }
            Self::Connect(ConnectError::ReadOnly { .. }) => {
                "its database can be read and not written; who runs the server finds the reason in the log"
                    .to_owned()
            }
            Self::Connect(ConnectError::Missing { .. }) => "its database is not there".to_owned(),
            Self::NotSetUp { .. } | Self::Empty { .. } => {
                format!(
                    "it is not set up; who runs the server does that with `ledgate migrate up --ledger {ledger}`"
                )
            }
            Self::Behind { .. } => format!(
                "its schema is older than the server; who runs it brings it up to date with `ledgate migrate up \
                 --ledger {ledger}`"
            ),
            Self::Newer { .. } => {
                "its schema is newer than the server; who runs it updates the server".to_owned()
            }
        };
        format!("the ledger {ledger} cannot be used just now: {reason}")
    }
}
