//! Access tokens: creating, replacing, listing, revoking and checking them.
//!
//! A token is `lgt_HANDLE_SECRET`: the prefix lets a scanner find one that leaked, the handle finds its row, and of
//! the secret, 256 random bits, only a digest is kept. A fast digest is enough: slow ones protect secrets that can be
//! guessed, such as passwords.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::DatabaseTransaction;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Ledger;
use crate::domain::access::{AccessToken, Caller, MAX_TOKEN_NAME, Right, SecretDigest};
use crate::domain::{Code, Error, Fault, Result, SystemId, Timestamp};
use crate::store::tokens::{self, Kept};

const PREFIX: &str = "lgt_";
/// Random bytes of a handle, and of a secret.
const HANDLE: usize = 4;
const SECRET: usize = 32;

/// A token to make.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Who or what will use it.
    pub name: String,
    /// What it may do; at least one.
    pub rights: Vec<Right>,
    /// For these systems only; `None` for all.
    pub systems: Option<Vec<SystemId>>,
    /// When it ends; `None` for never.
    pub expires_at: Option<Timestamp>,
}

impl Ledger {
    /// Makes a token and gives its text, which is not kept and cannot be shown again.
    pub async fn create_token(&self, new: NewToken) -> Result<(AccessToken, String)> {
        self.caller.require(Right::Admin)?;
        let length = new.name.chars().count();
        if !(1..=MAX_TOKEN_NAME).contains(&length) || new.name.chars().any(char::is_control) {
            let message = format!(
                "the name of a token has 1 to {MAX_TOKEN_NAME} characters, none of them control characters"
            );
            return Err(Error::refused(Code::BadUserInput, message));
        }
        let transaction = self.database.begin().await?;
        tokens::release_expired(&transaction, &new.name, self.clock.now()).await?;
        let made = self.keep(&transaction, new).await?;
        transaction.commit().await?;
        Ok(made)
    }

    /// Replaces a token by a new one with the same name, rights and systems, and gives that and its text. The old one
    /// is refused once `keep_old` is over. The new one expires at `expires_at`, or as long from now as the old one was
    /// made for. `None` when no token has this name.
    pub async fn rotate_token(
        &self,
        name: &str,
        expires_at: Option<Timestamp>,
        keep_old: Duration,
    ) -> Result<Option<(AccessToken, String)>> {
        self.caller.require(Right::Admin)?;
        let now = self.clock.now();
        let transaction = self.database.begin().await?;
        let Some(old) = tokens::by_name(&transaction, name).await? else { return Ok(None) };
        let kept_until = now.plus_micros(i64::try_from(keep_old.as_micros()).unwrap_or(i64::MAX));
        tokens::revoke(&transaction, name, kept_until).await?;
        let as_long = old.expires_at.map(|end| now.plus_micros(end.micros() - old.created_at.micros()));
        let new = NewToken {
            name: old.name,
            rights: old.rights,
            systems: old.systems,
            expires_at: expires_at.or(as_long),
        };
        let made = self.keep(&transaction, new).await?;
        transaction.commit().await?;
        Ok(Some(made))
    }

    /// Makes a token under a name that is free, and keeps it.
    async fn keep(&self, transaction: &DatabaseTransaction, new: NewToken) -> Result<(AccessToken, String)> {
        let (handle, secret) = (random::<HANDLE>()?, random::<SECRET>()?);
        let token = AccessToken {
            handle: handle.clone(),
            name: new.name,
            rights: new.rights,
            systems: new.systems,
            created_at: self.clock.now(),
            expires_at: new.expires_at,
            revoked_at: None,
            last_used_at: None,
        };
        let kept = Kept { token: token.clone(), secret_digest: digest(&secret) };
        if !tokens::insert(transaction, kept).await? {
            let message = format!(
                "there is a token \"{}\" already, and timelines tell tokens by name: revoke it first, replace it with \
                 `ledgate token rotate`, or choose another name",
                token.name
            );
            return Err(Error::refused(Code::DuplicateItem, message));
        }
        Ok((token, format!("{PREFIX}{handle}_{secret}")))
    }

    /// Writes down that the token with this handle is used now. Authentication calls it now and then, not at every
    /// request.
    pub async fn note_use(&self, handle: &str) -> Result<()> {
        let transaction = self.database.begin().await?;
        tokens::used(&transaction, handle, self.clock.now()).await?;
        Ok(transaction.commit().await?)
    }

    /// Every token, by name.
    pub async fn tokens(&self) -> Result<Vec<AccessToken>> {
        self.caller.require(Right::Admin)?;
        tokens::all(self.database.reader()).await
    }

    /// Ends the token of this name, for every gateway and from the next request on, and an older one of that name that
    /// is still kept; `false` when there never was one.
    pub async fn revoke_token(&self, name: &str) -> Result<bool> {
        self.caller.require(Right::Admin)?;
        let transaction = self.database.begin().await?;
        let revoked = tokens::revoke(&transaction, name, self.clock.now()).await?;
        transaction.commit().await?;
        Ok(revoked)
    }

    /// Whether any token was ever made.
    pub async fn has_tokens(&self) -> Result<bool> {
        tokens::exist(self.database.reader()).await
    }

    /// The handles among these of tokens that are valid now. One question to the database, however many there are.
    pub async fn valid_tokens(&self, handles: &[String]) -> Result<Vec<String>> {
        tokens::valid_among(self.database.reader(), handles, self.clock.now()).await
    }

    /// The bearer of this token. Every token that is not valid is refused in the same words, so that a stranger cannot
    /// find out which handles exist.
    pub async fn bearer(&self, token: &str) -> Result<Caller> {
        let unknown =
            || Fault::new(Code::Unauthenticated, "the token is not known here, has expired or was revoked");
        let parts = token.strip_prefix(PREFIX).and_then(|rest| rest.split_once('_'));
        let (handle, secret) = parts.ok_or_else(unknown)?;
        let kept = tokens::by_handle(self.database.reader(), handle).await?;
        let kept = kept.ok_or_else(unknown)?;
        let same: bool = digest(secret).0.as_bytes().ct_eq(kept.secret_digest.0.as_bytes()).into();
        if !same || !kept.token.is_valid(self.clock.now()) {
            return Err(unknown().into());
        }
        Ok(Caller::Bearer(Arc::new(kept.token)))
    }
}

/// Whether a text has the form of a token: a prefix, 8 and 64 hexadecimal digits.
pub fn may_be_token(text: &str) -> bool {
    let is_hex = |text: &str, bytes: usize| {
        text.len() == 2 * bytes && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let parts = text.strip_prefix(PREFIX).and_then(|rest| rest.split_once('_'));
    parts.is_some_and(|(handle, secret)| is_hex(handle, HANDLE) && is_hex(secret, SECRET))
}

fn digest(secret: &str) -> SecretDigest {
    SecretDigest(hex(&Sha256::digest(secret)))
}

fn random<const BYTES: usize>() -> Result<String> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
    Ok(hex(&bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
