//! The one catalogue of error codes, and the two shapes a failure can take.
//!
//! GraphQL (`extensions.code`, `userErrors.code`), REST (`code` in problem+json) and the command line all
//! speak these codes; `docs/errors.md` lists them and a test holds the two together.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// Why a call was refused or failed. The wire form is SCREAMING_SNAKE_CASE and never changes meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr, VariantArray)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    /// A system id is not 1 to 64 characters of `A–Z a–z 0–9 . _ : -`.
    InvalidSystemId,
    /// No system of this name is known.
    SystemNotFound,
    /// The system is retired.
    SystemRetired,
    /// An entry id is not a 64-bit integer.
    InvalidEntryId,
    /// No entry has this id.
    EntryNotFound,
    /// A voucher id has not the form of one.
    InvalidVoucherId,
    /// No voucher has this id.
    VoucherNotFound,
    /// A value of an entry to record is missing, too long or out of range.
    InvalidEntry,
    /// A file to import has the number of another company than the ledger's in its name.
    OtherCompany,
    /// A file to import, or a list to reconcile, cannot be read to its end.
    InvalidFile,
    /// An import id is not a 64-bit integer.
    InvalidImportId,
    /// No import has this id.
    ImportNotFound,
    /// Another import into this ledger is at work.
    ImportRunning,
    /// The call names no item.
    NoItems,
    /// The call names more items than one call may.
    TooManyItems,
    /// A note has more than 2,000 characters.
    NoteTooLong,
    /// A reason is missing, or has more than 2,000 characters.
    InvalidReason,
    /// An item names no entry and no voucher, or both.
    InvalidTarget,
    /// A reference has no id, or its id or address has not the form of one.
    InvalidReference,
    /// An entry never had this version.
    InvalidVersion,
    /// The entry is not marked for the system.
    NotExported,
    /// The entry is marked for the system already.
    AlreadyExported,
    /// The entry is withdrawn, so the system is not to be sent it.
    EntryWithdrawn,
    /// Nothing of the item failed or is parked.
    NothingToRequeue,
    /// A type of failure is none of those there are.
    InvalidFailureType,
    /// A state is none of those that an unexported entry may have.
    InvalidState,
    /// A claim asks for too few or too many entries, or for too short or too long a time, or its worker has no name or too
    /// long a one.
    InvalidClaim,
    /// A setting of a system is out of range or too long.
    InvalidSetting,
    /// No conflict has this id.
    ConflictNotFound,
    /// Somebody has resolved the conflict already.
    ConflictResolved,
    /// A replay's range of time is empty.
    InvalidReplay,
    /// No replay has this id.
    ReplayNotFound,
    /// Another replay of the system is at work.
    ReplayOpen,
    /// No webhook has this number.
    WebhookNotFound,
    /// A value of a webhook is not one that it may have, or the ledger has as many webhooks as it may.
    InvalidWebhook,
    /// No claim has this id.
    ClaimNotFound,
    /// The claim does not have this any more: its lease has ended, or somebody else dealt with it.
    ClaimLost,
    /// The call names the same thing twice.
    DuplicateItem,
    /// An idempotency key is empty or has more than 200 characters.
    InvalidIdempotencyKey,
    /// The idempotency key was used before, with other items.
    IdempotencyKeyReused,
    /// A filter is empty, null, unknown, too deep or too long.
    InvalidFilter,
    /// A cursor is damaged, or belongs to other arguments.
    InvalidCursor,
    /// The log of events does not have the event of a cursor.
    CursorLost,
    /// `first`, `last`, `limit` are out of range or exclude each other.
    InvalidPageSize,
    /// A value does not have the form its type asks for.
    BadUserInput,
    /// The request body is not JSON of the expected shape.
    InvalidBody,
    /// The GraphQL document cannot be parsed.
    GraphqlParseFailed,
    /// The GraphQL document does not fit the schema.
    GraphqlValidationFailed,
    /// The GraphQL document has more characters than is allowed.
    QueryTooLong,
    /// The GraphQL document has more tokens than is allowed.
    TooManyTokens,
    /// The GraphQL document expands to more selections than is allowed.
    OperationTooLarge,
    /// An operation has more levels of fields than is allowed.
    QueryTooDeep,
    /// An operation asks for a field inside of itself, time and again.
    CircularQuery,
    /// An operation has more aliases than is allowed.
    TooManyAliases,
    /// An operation has more fields at its root than is allowed.
    TooManyRootFields,
    /// An operation has more directives than is allowed.
    TooManyDirectives,
    /// A list of an argument or a variable has more items than is allowed.
    ListTooLong,
    /// The answer to an operation may cost more than is allowed.
    QueryTooCostly,
    /// An operation has more than one mutation field.
    OneMutationPerOperation,
    /// This server runs the documents in its manifests only, and this is none of them.
    PersistedQueryRequired,
    /// The request names a document by its id, and this server keeps none.
    PersistedQueryNotSupported,
    /// The request brought no token, or one that is not valid.
    Unauthenticated,
    /// The token does not give the right to do this.
    Forbidden,
    /// This server has no ledger of this name.
    LedgerNotFound,
    /// Nothing lives at this address.
    NotFound,
    /// The address does not take this HTTP method.
    MethodNotAllowed,
    /// The address cannot answer in any media type the client accepts.
    NotAcceptable,
    /// The body is larger than the limit.
    PayloadTooLarge,
    /// The body's media type is not `application/json`.
    UnsupportedMediaType,
    /// The body is compressed.
    CompressedBody,
    /// The body did not come within the time for it.
    BodyTimeout,
    /// The request is for a host that is not this server.
    MisdirectedRequest,
    /// The token has used up what it may cost for now.
    Throttled,
    /// The connection has as many subscriptions open as one may.
    TooManySubscriptions,
    /// The request took longer than the limit and was given up.
    Timeout,
    /// The database cannot be reached, or it or this server is too busy, just now.
    Unavailable,
    /// A fault of ours. The request id leads to it in the log.
    InternalServerError,
}

impl Code {
    /// Every code, in the order of the documentation.
    pub const ALL: &'static [Code] = Code::VARIANTS;

    /// The wire form, e.g. `ENTRY_NOT_FOUND`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One step of the way to the faulty value. Field names are the database's (snake_case); each surface
/// renders them in its own spelling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Step {
    /// A position in a list, from 0.
    Index(usize),
    /// A named field.
    Field(String),
}

impl From<&str> for Step {
    fn from(name: &str) -> Self {
        Step::Field(name.to_owned())
    }
}

impl From<String> for Step {
    fn from(name: String) -> Self {
        Step::Field(name)
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Step::Index(index)
    }
}

/// One thing wrong with what the caller sent: which rule, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// Which rule was broken.
    pub code: Code,
    /// A sentence a person can act on. Never holds SQL, file paths or driver text.
    pub message: String,
    /// The way to the faulty value, outermost first; empty when the call as a whole is at fault.
    pub path: Vec<Step>,
    /// The entry it is about, when there is one.
    pub entry_id: Option<i64>,
}

impl Fault {
    /// A fault of the call as a whole.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), path: Vec::new(), entry_id: None }
    }

    /// The same fault, found one level further in: `step` goes in front of its path.
    pub fn under(mut self, step: impl Into<Step>) -> Self {
        self.path.insert(0, step.into());
        self
    }

    /// The same fault, told to be about this entry.
    pub fn about(mut self, entry_id: i64) -> Self {
        self.entry_id = Some(entry_id);
        self
    }
}

/// A call that did not succeed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The caller can mend it. Never empty.
    #[error("refused: {}", .0.iter().map(|f| f.message.as_str()).collect::<Vec<_>>().join("; "))]
    Refused(Vec<Fault>),
    /// The database is away or too busy; the same call may succeed later. The cause is for the log only.
    #[error("the database is unavailable: {0}")]
    Unavailable(Arc<dyn std::error::Error + Send + Sync>),
    /// Our fault. The cause is for the log only.
    #[error("internal error: {0}")]
    Internal(Arc<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// A refusal with one fault.
    pub fn refused(code: Code, message: impl Into<String>) -> Self {
        Fault::new(code, message).into()
    }

    /// The same refusal, found one level further in; any other error stays as it is.
    pub fn under(self, step: &str) -> Self {
        match self {
            Error::Refused(faults) => {
                Error::Refused(faults.into_iter().map(|fault| fault.under(step)).collect())
            }
            other => other,
        }
    }

    /// Another transaction holds what the call needs. The caller is told to try again later.
    pub fn busy(cause: &'static str) -> Self {
        Error::Unavailable(Arc::from(Box::from(cause)))
    }

    /// An internal error told by a sentence instead of a cause.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Error::Internal(Arc::from(cause.into()))
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Error::Refused(vec![fault])
    }
}

/// What a use case gives back.
pub type Result<T, E = Error> = std::result::Result<T, E>;
