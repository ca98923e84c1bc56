//! Who calls, and what they may do.
//!
//! The answer to a call that may not be made depends on nothing but the token and the call, so that nobody learns
//! from it what is there.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::Serialize;

use super::error::{Code, Fault};
use super::system::SystemId;
use super::time::Timestamp;

/// Longest name of a token, in characters.
pub const MAX_TOKEN_NAME: usize = 100;

/// What may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Right {
    /// See the ledger: entries, their marks and timelines.
    Read,
    /// See what a system has not been sent, and how far behind it is.
    Export,
    /// Say that entries have been sent.
    Mark,
    /// Take back that entries have been sent.
    Unmark,
    /// Park what cannot be sent, and have it tried again.
    Manage,
    /// Write entries.
    Record,
    /// All of that.
    Admin,
}

impl Right {
    /// Every right.
    pub const ALL: [Right; 7] =
        [Right::Read, Right::Export, Right::Mark, Right::Unmark, Right::Manage, Right::Record, Right::Admin];

    /// Its name on the command line and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Right::Read => "read",
            Right::Export => "export",
            Right::Mark => "mark",
            Right::Unmark => "unmark",
            Right::Manage => "manage",
            Right::Record => "record",
            Right::Admin => "admin",
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no right; the rights are read, export, mark, unmark, manage, record and admin")]
pub struct UnknownRight(String);

impl FromStr for Right {
    type Err = UnknownRight;

    fn from_str(text: &str) -> Result<Self, UnknownRight> {
        Right::ALL
            .into_iter()
            .find(|right| right.as_str() == text)
            .ok_or_else(|| UnknownRight(text.to_owned()))
    }
}

/// The digest of a token's secret: what is kept of it. Never shown, not even to who debugs.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretDigest(pub String);

impl fmt::Debug for SecretDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretDigest(…)")
    }
}

/// What a token stands for. Its secret is not in here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccessToken {
    /// The part of the token that is no secret.
    pub handle: String,
    /// Who or what uses it. No two tokens that are not revoked have the same name.
    pub name: String,
    /// What it may do.
    pub rights: Vec<Right>,
    /// The systems it may do it for; `None` means all.
    pub systems: Option<Vec<SystemId>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From then on it is refused.
    pub expires_at: Option<Timestamp>,
    /// From then on it is refused. Lies ahead for a while when the token was replaced and the old one is kept.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute or so; `None` when it never was.
    pub last_used_at: Option<Timestamp>,
}

impl AccessToken {
    /// Whether it opens the door at this moment.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none_or(|end| now < end) && self.expires_at.is_none_or(|end| now < end)
    }
}

/// Who calls.
#[derive(Clone, Debug)]
pub enum Caller {
    /// The program itself, or the person at its command line.
    Operator,
    /// Whoever reaches a gateway that asks for no token.
    Anyone,
    /// The bearer of a token.
    Bearer(Arc<AccessToken>),
}

impl Caller {
    /// Refuses what the caller may not do.
    pub fn require(&self, right: Right) -> Result<(), Fault> {
        let Caller::Bearer(token) = self else { return Ok(()) };
        if token.rights.contains(&right) || token.rights.contains(&Right::Admin) {
            return Ok(());
        }
        let rights: Vec<&str> = token.rights.iter().map(|right| right.as_str()).collect();
        let message = format!(
            "the token \"{}\" may not do this: it has the right to {}, and this takes the right to {right}",
            token.name,
            rights.join(", ")
        );
        Err(Fault::new(Code::Forbidden, message))
    }

    /// Refuses who has neither of two rights, in the words for the first.
    pub fn require_either(&self, right: Right, other: Right) -> Result<(), Fault> {
        self.require(right).or_else(|fault| self.require(other).map_err(|_| fault))
    }

    /// Refuses what the caller may not do for this system.
    pub fn require_for(&self, right: Right, system: &SystemId) -> Result<(), Fault> {
        self.require(right)?;
        if self.knows(system) {
            return Ok(());
        }
        Err(Fault::new(Code::Forbidden, format!("the token is not for the system \"{system}\"")))
    }

    /// Whether the caller may know of this system.
    pub fn knows(&self, system: &SystemId) -> bool {
        self.systems().is_none_or(|systems| systems.contains(system))
    }

    /// The name that the caller goes by: the token's, or what stands for a caller without one.
    pub fn name(&self) -> &str {
        match self {
            Caller::Operator => "operator",
            Caller::Anyone => "anonymous",
            Caller::Bearer(token) => &token.name,
        }
    }

    /// Everything that the caller may do.
    pub fn rights(&self) -> Vec<Right> {
        Right::ALL.into_iter().filter(|right| self.require(*right).is_ok()).collect()
    }

    /// The systems that the caller may know of; `None` means all.
    pub fn systems(&self) -> Option<&[SystemId]> {
        match self {
            Caller::Bearer(token) => token.systems.as_deref(),
            Caller::Operator | Caller::Anyone => None,
        }
    }

    /// What tells this caller from others in what is kept for it: the handle of its token, which is given once. Empty
    /// for those who bring no token.
    pub fn handle(&self) -> &str {
        match self {
            Caller::Bearer(token) => &token.handle,
            Caller::Operator | Caller::Anyone => "",
        }
    }

    /// Who the timeline says it was, when the call came through this door.
    pub fn actor(&self, door: &str) -> String {
        match self {
            Caller::Bearer(token) => format!("token:{}", token.name),
            Caller::Operator | Caller::Anyone => door.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(rights: &[Right], systems: Option<&[&str]>) -> Caller {
        let systems = systems.map(|names| names.iter().map(|name| name.parse().unwrap()).collect());
        Caller::Bearer(Arc::new(AccessToken {
            handle: "0123abcd".to_owned(),
            name: "ERP sync".to_owned(),
            rights: rights.to_vec(),
            systems,
            created_at: Timestamp::from_micros(0).unwrap(),
            expires_at: None,
            revoked_at: None,
            last_used_at: None,
        }))
    }

    #[test]
    fn a_token_may_do_what_it_names_for_the_systems_it_names() {
        let caller = bearer(&[Right::Export, Right::Mark], Some(&["erp"]));
        let (erp, crm) = ("erp".parse().unwrap(), "crm".parse().unwrap());
        for right in Right::ALL {
            let named = matches!(right, Right::Export | Right::Mark);
            assert_eq!(caller.require(right).is_ok(), named, "{right}");
            assert_eq!(caller.require_for(right, &erp).is_ok(), named, "{right}");
            assert!(caller.require_for(right, &crm).is_err(), "{right}");
            assert!(bearer(&[Right::Admin], None).require_for(right, &crm).is_ok(), "{right}");
            assert!(Caller::Anyone.require_for(right, &crm).is_ok(), "{right}");
        }
    }

    #[test]
    fn a_token_ends_when_it_expires_or_is_revoked() {
        let Caller::Bearer(token) = bearer(&[Right::Read], None) else { panic!("no token") };
        let moment = |micros| Timestamp::from_micros(micros).unwrap();
        let with = |expires_at, revoked_at| AccessToken { expires_at, revoked_at, ..(*token).clone() };
        assert!(with(None, None).is_valid(moment(5)));
        assert!(with(Some(moment(6)), None).is_valid(moment(5)));
        assert!(!with(Some(moment(5)), None).is_valid(moment(5)));
        assert!(!with(None, Some(moment(4))).is_valid(moment(5)));
        assert!(with(None, Some(moment(6))).is_valid(moment(5)), "kept for a while after it was replaced");
    }
}
