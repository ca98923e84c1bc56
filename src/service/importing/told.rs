//! Findings in words: some of each kind in full, and how many more there are. A file with a wrong column has as many
//! findings as lines; nobody reads them all on a terminal.

use super::summary::{ImportFinding, ImportSummary, shown};
use crate::domain::SystemId;
use crate::ledger_files::Alike;

/// Vouchers that are told in full, for each thing that can be said of them.
const VOUCHERS: u64 = 20;

/// What is told of the findings of an import.
#[derive(Debug, Default)]
pub struct Told {
    names: Vec<String>,
    alike: Alike,
    kinds: [u64; 5],
}

impl Told {
    /// Names the next file of the import.
    pub fn begins(&mut self, name: &str) {
        self.names.push(name.to_owned());
    }

    /// The finding as a sentence.
    pub fn sentence(&self, finding: &ImportFinding) -> String {
        let lines = |count: u64, one: &str, many: &str| {
            if count == 1 { format!("1 line {one}") } else { format!("{count} lines {many}") }
        };
        match finding {
            ImportFinding::Rejected(place, problem) | ImportFinding::Warned(place, problem) => {
                format!("{}: {problem}", shown(*place, &self.names))
            }
            ImportFinding::Noted { file, note, is_notable: _ } => {
                let name = self.names.get(*file as usize).map_or("", String::as_str);
                format!("{name}: {note}")
            }
            ImportFinding::HeldBack { voucher, lines: count, because: (place, reason) } => {
                let held = match count {
                    0 => "not loaded".to_owned(),
                    count => lines(*count, "held back", "held back"),
                };
                let place = shown(*place, &self.names);
                format!("voucher {voucher}: {held}; line {place}: {reason}")
            }
            ImportFinding::Unbalanced { voucher, currency, debit, credit } => {
                format!("voucher {voucher} does not balance: debit {debit}, credit {credit} {currency}")
            }
            ImportFinding::Missing { voucher, lines: count, is_gone, is_withdrawn } => {
                let what = lines(*count, "of the ledger is", "of the ledger are");
                let place = if *is_gone { "in the files, which do not name it" } else { "in the files" };
                let done = if *is_withdrawn { "; withdrawn" } else { "" };
                format!("voucher {voucher}: {what} no longer {place}{done}")
            }
            ImportFinding::AlreadySent { voucher, systems } => {
                let systems: Vec<&str> = systems.iter().map(SystemId::as_str).collect();
                format!(
                    "voucher {voucher}: a line has changed that was already sent to {}",
                    systems.join(", ")
                )
            }
        }
    }

    /// Whether the finding is one of those that are told in full. Each has to be asked about once.
    pub fn is_shown(&mut self, finding: &ImportFinding) -> bool {
        let kind = match finding {
            ImportFinding::Rejected(_, problem) | ImportFinding::Warned(_, problem) => {
                return self.alike.add(problem);
            }
            ImportFinding::Noted { .. } => return true,
            ImportFinding::HeldBack { .. } => 0,
            ImportFinding::Unbalanced { .. } => 1,
            ImportFinding::Missing { is_gone: false, .. } => 2,
            ImportFinding::Missing { .. } => 3,
            ImportFinding::AlreadySent { .. } => 4,
        };
        self.kinds[kind] += 1;
        // Of what was sent already, the summary has the number for each system.
        kind != 4 && self.kinds[kind] <= VOUCHERS
    }

    /// How many findings were not told in full, in sentences, and what can be done.
    pub fn rest(&self, summary: &ImportSummary) -> Vec<String> {
        let mut sentences = self.alike.rest();
        let of_vouchers =
            ["are held back", "do not balance", "lack lines of the ledger", "are gone from the files"];
        for (count, what) in self.kinds.iter().zip(of_vouchers).filter(|(count, _)| **count > VOUCHERS) {
            sentences.push(format!("{} more vouchers {what}", count - VOUCHERS));
        }
        for (system, count) in &summary.sent_to {
            sentences.push(format!(
                "{count} of the changed entries were already sent to {system}, as they were before"
            ));
        }
        if summary.missing > summary.withdrawn {
            let hint = "entries that are no longer in the files stay as they are: if a voucher goes on in another file, \
                        import all its files in one call; to take the entries back, import again with \
                        --withdraw-missing";
            sentences.push(hint.to_owned());
        }
        if !summary.agrees() {
            let ImportSummary { debit, credit, ledger_debit, ledger_credit, .. } = summary;
            sentences.push(format!(
                "files and ledger do not agree: these vouchers have debit {debit} and credit {credit} in the files, \
                 {ledger_debit} and {ledger_credit} in the ledger"
            ));
        }
        sentences
    }
}
