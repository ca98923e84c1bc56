//! The ids of GraphQL's objects: one text for each thing, whatever its type, so that the cache of a client never takes
//! an entry for a system. They are readable, such as `entry/42`. REST and the database know the plain ids only.

use std::fmt;
use std::str::FromStr;

use super::entry_id::EntryId;
use super::system::SystemId;
use super::voucher::VoucherId;

use uuid::Uuid;

/// The id of one thing among all things that have one.
///
/// A further kind is a variant here with its prefix in both directions, which the compiler and the test below ask for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum GlobalId {
    /// An accounting entry, `entry/42`.
    Entry(EntryId),
    /// An external system, `system/erp`.
    System(SystemId),
    /// The mark of an entry for a system, `export/42/erp`. Marked again it is the same thing with a new time and note,
    /// so that what a client has of it in its cache is replaced and not shown beside it.
    Export(EntryId, SystemId),
    /// The event that an entry was recorded, which is no row of its own, by the entry, `event/recorded/42`.
    Recorded(EntryId),
    /// Any other event of a timeline, by its number, `event/17`.
    Event(i64),
    /// A voucher, by its day, journal and number, `voucher/2024-01-31/VE/17`; where it has no number, by its one entry,
    /// `voucher/entry/42`.
    Voucher(VoucherId),
    /// An import, by its number, `import/7`.
    Import(i64),
    /// A claim, by its id, `claim/0197…`.
    Claim(Uuid),
}

/// The text is the id of nothing that there could be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no id such as \"entry/42\" or \"system/erp\"")]
pub struct GlobalIdError;

impl fmt::Display for GlobalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GlobalId::Entry(id) => write!(f, "entry/{id}"),
            GlobalId::System(id) => write!(f, "system/{id}"),
            GlobalId::Export(entry, system) => write!(f, "export/{entry}/{system}"),
            GlobalId::Recorded(entry) => write!(f, "event/recorded/{entry}"),
            GlobalId::Event(event) => write!(f, "event/{event}"),
            GlobalId::Voucher(voucher) => write!(f, "voucher/{voucher}"),
            GlobalId::Import(import) => write!(f, "import/{import}"),
            GlobalId::Claim(claim) => write!(f, "claim/{claim}"),
        }
    }
}

impl FromStr for GlobalId {
    type Err = GlobalIdError;

    /// Takes the very text that is shown and no other spelling of it, such as `entry/042`: clients compare ids as
    /// texts.
    fn from_str(text: &str) -> Result<Self, GlobalIdError> {
        let number = |digits: &str| -> Result<i64, GlobalIdError> {
            let number: i64 = digits.parse().map_err(|_| GlobalIdError)?;
            if number.to_string() == digits { Ok(number) } else { Err(GlobalIdError) }
        };
        let (kind, id) = text.split_once('/').ok_or(GlobalIdError)?;
        match (kind, id.split_once('/')) {
            ("entry", None) => number(id).map(GlobalId::Entry),
            ("system", None) => id.parse().map(GlobalId::System).map_err(|_| GlobalIdError),
            ("export", Some((entry, system))) => {
                let system = system.parse().map_err(|_| GlobalIdError)?;
                Ok(GlobalId::Export(number(entry)?, system))
            }
            ("event", Some(("recorded", entry))) => number(entry).map(GlobalId::Recorded),
            ("event", None) => number(id).map(GlobalId::Event),
            ("import", None) => number(id).map(GlobalId::Import),
            ("claim", None) => {
                let claim: Uuid = id.parse().map_err(|_| GlobalIdError)?;
                if claim.to_string() == id { Ok(GlobalId::Claim(claim)) } else { Err(GlobalIdError) }
            }
            ("voucher", Some(_)) => id.parse().map(GlobalId::Voucher).map_err(|_| GlobalIdError),
            _ => Err(GlobalIdError),
        }
    }
}

impl GlobalId {
    /// The entry that a text names, in either form: `entry/42`, or its plain number `42`.
    pub fn entry(text: &str) -> Option<EntryId> {
        match text.parse() {
            Ok(GlobalId::Entry(id)) => Some(id),
            Ok(_) => None,
            Err(GlobalIdError) => text.parse().ok(),
        }
    }

    /// The import that a text names, in either form: `import/7`, or its plain number `7`.
    pub fn import(text: &str) -> Option<i64> {
        match text.parse() {
            Ok(GlobalId::Import(id)) => Some(id),
            Ok(_) => None,
            Err(GlobalIdError) => text.parse().ok(),
        }
    }

    /// The id of the claim that a text names, in either form: `claim/0197…`, or the plain id. Any other text is given back:
    /// no claim has it.
    pub fn claim(text: &str) -> &str {
        text.strip_prefix("claim/").unwrap_or(text)
    }

    /// The voucher that a text names, such as `voucher/2024-01-31/VE/17`.
    pub fn voucher(text: &str) -> Option<VoucherId> {
        match text.parse() {
            Ok(GlobalId::Voucher(id)) => Some(id),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_read_as_what_it_is_shown_for() {
        let erp: SystemId = "erp:1.a_b-c".parse().unwrap();
        for (id, text) in [
            (GlobalId::Entry(42), "entry/42"),
            (GlobalId::Entry(i64::MIN), "entry/-9223372036854775808"),
            (GlobalId::System(erp.clone()), "system/erp:1.a_b-c"),
            (GlobalId::Export(42, erp), "export/42/erp:1.a_b-c"),
            (GlobalId::Recorded(42), "event/recorded/42"),
            (GlobalId::Event(17), "event/17"),
            (GlobalId::Import(7), "import/7"),
            (GlobalId::Voucher(VoucherId::Unnumbered(42)), "voucher/entry/42"),
            (GlobalId::Voucher("2024-01-31/VE/17".parse().unwrap()), "voucher/2024-01-31/VE/17"),
        ] {
            assert_eq!(id.to_string(), text);
            assert_eq!(text.parse(), Ok(id));
        }
    }

    #[test]
    fn a_thing_has_one_id() {
        for text in [
            "",
            "42",
            "/42",
            "entry",
            "entry/",
            "entry/042",
            "entry/+42",
            "entry/ 42",
            "entry/42/",
            "Entry/42",
            "entry/9223372036854775808",
            "entry/erp",
            "system/",
            "system/a/b",
            "system/a b",
            "event/recorded/",
            "event/recorded",
            "event/exported/1",
            "event/recorded/042",
            "export/17",
            "export/042/erp",
            "export/42/",
            "export/42/a/b",
            "import/",
            "import/07",
            "import/7/1",
            "voucher/1",
            "voucher/entry/042",
            "voucher/2024-01-31/VE",
            "voucher/2024-01-31/VE/",
        ] {
            assert_eq!(text.parse::<GlobalId>(), Err(GlobalIdError), "{text:?}");
        }
    }

    #[test]
    fn either_form_names_an_entry() {
        assert_eq!((GlobalId::entry("42"), GlobalId::entry("entry/42")), (Some(42), Some(42)));
        for text in ["erp", "system/42", "export/42/erp", "entry/x", "entry/042", "entry/entry/42", "4 2", ""]
        {
            assert_eq!(GlobalId::entry(text), None, "{text:?}");
        }
    }

    #[test]
    fn either_form_names_an_import() {
        assert_eq!((GlobalId::import("7"), GlobalId::import("import/7")), (Some(7), Some(7)));
        for text in ["", "books.txt", "entry/7", "import/x", "import/07", "import/import/7"] {
            assert_eq!(GlobalId::import(text), None, "{text:?}");
        }
    }
}
