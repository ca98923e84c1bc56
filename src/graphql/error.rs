//! The domain's errors as GraphQL's: a code from the catalogue, a text that is safe to show, and no more.

use async_graphql::{Enum, ErrorExtensionValues, ErrorExtensions, SimpleObject, Value};

use crate::domain::{Code, Error, Fault, Step};

/// An error on its way to the client. The engine shows whatever can be displayed word for word, so this type
/// cannot be: it has a code and a safe text instead.
#[derive(Clone)]
pub struct Failure(Error);

/// What a field that can fail gives back. Nullable by its type, since 7.2 of the engine leaves the key of a
/// failed field out of the answer unless the failure is inside of an `Option`.
pub type Fallible<T> = Option<Result<T, Failure>>;

/// The result of a use case as a field's.
pub fn fallible<T>(result: Result<T, Error>) -> Fallible<T> {
    Some(result.map_err(Failure))
}

/// The same, for a field that may also be null because there is nothing.
pub fn optional<T>(result: Result<Option<T>, Error>) -> Fallible<T> {
    result.map_err(Failure).transpose()
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<Failure> for async_graphql::Error {
    fn from(Failure(error): Failure) -> Self {
        let (code, message) = match &error {
            Error::Refused(faults) => {
                let messages: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
                let code = faults.first().map_or(Code::BadUserInput, |fault| fault.code);
                (code, messages.join("; "))
            }
            Error::Unavailable(cause) => {
                tracing::warn!(%cause, "the database is unavailable");
                (Code::Unavailable, "The database cannot do that just now; try again in a moment.".to_owned())
            }
            Error::Internal(cause) => {
                tracing::error!(%cause, "internal error");
                let message = "Something went wrong on our side; the request id leads to it in the log.";
                (Code::InternalServerError, message.to_owned())
            }
        };
        async_graphql::Error::new(message).extend_with(|_, extensions| {
            extensions.set("code", code.as_str());
            if let Error::Refused(faults) = &error {
                describe(faults, extensions);
            }
        })
    }
}

/// The argument at fault, and each fault when there are several.
fn describe(faults: &[Fault], extensions: &mut ErrorExtensionValues) {
    let path = |fault: &Fault| Value::List(argument(&fault.path).into_iter().map(Value::String).collect());
    if let [fault] = faults {
        extensions.set("argument", path(fault));
        return;
    }
    let each = faults.iter().map(|fault| {
        let mut value = async_graphql::indexmap::IndexMap::new();
        value.insert(async_graphql::Name::new("code"), Value::from(fault.code.as_str()));
        value.insert(async_graphql::Name::new("message"), Value::from(fault.message.as_str()));
        value.insert(async_graphql::Name::new("argument"), path(fault));
        Value::Object(value)
    });
    extensions.set("faults", Value::List(each.collect()));
}

/// A path in GraphQL's spelling.
fn argument(path: &[Step]) -> Vec<String> {
    path.iter()
        .map(|step| match step {
            Step::Index(index) => index.to_string(),
            Step::Field(name) => camel_case(name),
        })
        .collect()
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

/// Why an item of a mutation was refused, or was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum UserErrorCode {
    /// A system id is not 1 to 64 characters of `A–Z a–z 0–9 . _ : -`. Nothing was written.
    InvalidSystemId,
    /// No system of this name is known. Nothing was written.
    SystemNotFound,
    /// The system is retired, so nothing is claimed, reported as failed, parked, requeued or replayed for it. The other items
    /// of the call were carried out.
    SystemRetired,
    /// An entry id is not a 64-bit integer. Nothing was written.
    InvalidEntryId,
    /// No entry has this id. The other items of the call were carried out.
    EntryNotFound,
    /// A voucher id has not the form of one. Nothing was written.
    InvalidVoucherId,
    /// No voucher has this id. The other items of the call were carried out.
    VoucherNotFound,
    /// A value of an entry to record is missing, too long or out of range. Nothing was written.
    InvalidEntry,
    /// The call names no item. Nothing was written.
    NoItems,
    /// The call names more items than one call may, and nothing was written; or a voucher of the call has more entries than
    /// one call marks, and the others were marked.
    TooManyItems,
    /// A note has more than 2,000 characters. Nothing was written.
    NoteTooLong,
    /// A reason is empty, or has more than 2,000 characters. Nothing was written.
    InvalidReason,
    /// An item names no entry and no voucher, or both. Nothing was written.
    InvalidTarget,
    /// A reference has no id, or its id or address has not the form of one. Nothing was written.
    InvalidReference,
    /// An entry never had this version. A version below 1 is refused with the whole call; otherwise the other items were
    /// carried out.
    InvalidVersion,
    /// The entry, or every entry of the voucher, has no mark for the system. The other items of the call were carried out.
    NotExported,
    /// The entry, or every entry of the voucher, has a mark for the system already. The other items of the call were
    /// carried out.
    AlreadyExported,
    /// The entry is withdrawn, so the system is not to be sent it. The other items of the call were carried out.
    EntryWithdrawn,
    /// Nothing of the item failed or is parked. The other items of the call were carried out.
    NothingToRequeue,
    /// A type of failure is none of those there are. Nothing was written.
    InvalidFailureType,
    /// A claim asks for too few or too many entries, or for too short or too long a time, or its worker has no name or
    /// too long a one. Nothing was written.
    InvalidClaim,
    /// A filter is empty, null, unknown, too deep or too long. Nothing was written.
    InvalidFilter,
    /// A setting of a system is out of range or too long. Nothing was written.
    InvalidSetting,
    /// No conflict has this id. Nothing was written.
    ConflictNotFound,
    /// Somebody has resolved the conflict already. Nothing was written.
    ConflictResolved,
    /// The range of time of a replay is empty. Nothing was written.
    InvalidReplay,
    /// No replay has this id. Nothing was written.
    ReplayNotFound,
    /// Another replay of the system is at work. Nothing was written.
    ReplayOpen,
    /// No webhook has this number. Nothing was written.
    WebhookNotFound,
    /// A value of a webhook is not one that it may have, or the ledger has as many webhooks as it may. Nothing was written.
    InvalidWebhook,
    /// A cursor is damaged, or is none of an event. Nothing was written.
    InvalidCursor,
    /// The log of events does not have the event of a cursor: the database is another one, or was restored from a backup.
    /// Nothing was written.
    CursorLost,
    /// No claim has this id. Nothing was written.
    ClaimNotFound,
    /// The claim does not have this any more: its lease has ended, or it was marked, parked or settled already. A failure is
    /// then only written to the timeline.
    ClaimLost,
    /// The call names the same thing twice. Nothing was written.
    DuplicateItem,
    /// The idempotency key is empty or has more than 200 characters. Nothing was written.
    InvalidIdempotencyKey,
    /// The idempotency key was used before, with other items. Nothing was written.
    IdempotencyKeyReused,
}

impl UserErrorCode {
    /// The code as data; `None` for the codes that only top-level errors carry.
    fn from_code(code: Code) -> Option<Self> {
        Some(match code {
            Code::InvalidSystemId => Self::InvalidSystemId,
            Code::SystemNotFound => Self::SystemNotFound,
            Code::SystemRetired => Self::SystemRetired,
            Code::InvalidEntryId => Self::InvalidEntryId,
            Code::EntryNotFound => Self::EntryNotFound,
            Code::InvalidVoucherId => Self::InvalidVoucherId,
            Code::VoucherNotFound => Self::VoucherNotFound,
            Code::InvalidEntry => Self::InvalidEntry,
            Code::NoItems => Self::NoItems,
            Code::TooManyItems => Self::TooManyItems,
            Code::NoteTooLong => Self::NoteTooLong,
            Code::InvalidReason => Self::InvalidReason,
            Code::InvalidTarget => Self::InvalidTarget,
            Code::InvalidReference => Self::InvalidReference,
            Code::InvalidVersion => Self::InvalidVersion,
            Code::NotExported => Self::NotExported,
            Code::AlreadyExported => Self::AlreadyExported,
            Code::EntryWithdrawn => Self::EntryWithdrawn,
            Code::NothingToRequeue => Self::NothingToRequeue,
            Code::InvalidFailureType => Self::InvalidFailureType,
            Code::InvalidClaim => Self::InvalidClaim,
            Code::InvalidFilter => Self::InvalidFilter,
            Code::InvalidSetting => Self::InvalidSetting,
            Code::ConflictNotFound => Self::ConflictNotFound,
            Code::ConflictResolved => Self::ConflictResolved,
            Code::InvalidReplay => Self::InvalidReplay,
            Code::ReplayNotFound => Self::ReplayNotFound,
            Code::ReplayOpen => Self::ReplayOpen,
            Code::WebhookNotFound => Self::WebhookNotFound,
            Code::InvalidWebhook => Self::InvalidWebhook,
            Code::InvalidCursor => Self::InvalidCursor,
            Code::CursorLost => Self::CursorLost,
            Code::ClaimNotFound => Self::ClaimNotFound,
            Code::ClaimLost => Self::ClaimLost,
            Code::DuplicateItem => Self::DuplicateItem,
            Code::InvalidIdempotencyKey => Self::InvalidIdempotencyKey,
            Code::IdempotencyKeyReused => Self::IdempotencyKeyReused,
            _ => return None,
        })
    }
}

/// Something in a mutation's input that the caller can mend.
#[derive(Clone, Debug, SimpleObject)]
pub struct UserError {
    /// The way to the faulty value in the input, such as ["entries", "3", "note"]; null when the call as a
    /// whole is at fault.
    field: Option<Vec<String>>,
    /// Which rule was broken. Codes never change meaning; new ones may come.
    code: UserErrorCode,
    /// A sentence for a person.
    message: String,
    /// The entry it is about, when there is one.
    entry_id: Option<async_graphql::ID>,
}

/// Splits what went wrong: faults that are data go into the payload, everything else stays an error.
pub fn user_errors(error: Error) -> Result<Vec<UserError>, Error> {
    match &error {
        Error::Refused(faults) => faults.iter().map(user_error).collect::<Option<Vec<_>>>().ok_or(error),
        _ => Err(error),
    }
}

/// One fault as data.
pub fn user_error(fault: &Fault) -> Option<UserError> {
    let field = argument(&fault.path);
    Some(UserError {
        field: (!field.is_empty()).then_some(field),
        code: UserErrorCode::from_code(fault.code)?,
        message: fault.message.clone(),
        entry_id: fault.entry_id.map(async_graphql::ID::from),
    })
}

/// Longest text of an error that repeats what the client sent, in characters.
const MAX_MESSAGE: usize = 1_000;

/// A text may repeat a value of the client's, however large.
pub fn clip(message: &mut String) {
    if let Some((end, _)) = message.char_indices().nth(MAX_MESSAGE) {
        message.truncate(end);
        message.push('…');
    }
}
