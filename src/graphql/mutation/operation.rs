//! What every mutation has in common.

use async_graphql::Context;

use crate::domain::Result;
use crate::graphql::connection::ledger;
use crate::graphql::error::{Fallible, UserError, fallible, user_errors};
use crate::service::{Ledger, Operation};

/// Carries a call out, and makes its payload. What the caller can mend becomes the payload's `userErrors`; everything
/// else is an error of the field.
pub async fn perform<O: Operation, P: From<Vec<UserError>>>(
    context: &Context<'_>,
    call: Result<O>,
    payload: impl FnOnce(&Ledger, O::Answer) -> P,
) -> Fallible<P> {
    let performed = async { ledger(context)?.perform(call, crate::graphql::ACTOR).await };
    answer(context, performed.await, payload)
}

/// Makes payloads of what is wrong with a call that was refused: everything else in them is then empty.
macro_rules! of_user_errors {
    ($($payload:ty),+) => {$(
        impl From<Vec<$crate::graphql::error::UserError>> for $payload {
            fn from(user_errors: Vec<$crate::graphql::error::UserError>) -> Self {
                Self { user_errors, ..Self::default() }
            }
        }
    )+};
}

pub(super) use of_user_errors;

/// The payload of a call that was carried out, or refused.
pub fn answer<A, P: From<Vec<UserError>>>(
    context: &Context<'_>,
    performed: Result<A>,
    payload: impl FnOnce(&Ledger, A) -> P,
) -> Fallible<P> {
    let ledger = match ledger(context) {
        Ok(ledger) => ledger,
        Err(error) => return fallible(Err(error)),
    };
    fallible(match performed {
        Ok(answer) => Ok(payload(ledger, answer)),
        Err(error) => user_errors(error).map(P::from),
    })
}
