//! What the person at the terminal is told.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ledgate_client::{Event, Summary};

use super::output;
use crate::domain::SystemId;

/// Most characters of what a command has said that become the reason of a failure.
const MAX_REASON: usize = 2_000;
/// Most lines of one run's standard error that are passed on.
const MAX_PASSED_ON: usize = 1_000;
/// How often the line on the terminal moves.
const TICK: Duration = Duration::from_millis(200);

/// Messages on standard error, and a line of progress while that is a terminal.
pub struct Telling {
    system: String,
    bar: ProgressBar,
    exported: AtomicU64,
    failed: AtomicU64,
}

impl Telling {
    /// For this system. Where a machine reads the summary, there is no progress.
    pub fn new(system: &SystemId, is_json: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        if is_json {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        } else if !bar.is_hidden() {
            bar.enable_steady_tick(TICK);
        }
        Self { system: system.to_string(), bar, exported: AtomicU64::new(0), failed: AtomicU64::new(0) }
    }

    /// Takes the line of progress away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// Prints a line.
    pub fn complain(&self, sentence: &str) {
        self.bar.suspend(|| output::complain(sentence));
    }

    /// A line of the command's output that says nothing.
    pub fn unread(&self, number: usize, reason: &str, line: &str) {
        let (reason, line) = (output::one_line(reason), output::one_line(line));
        self.complain(&format!("line {number} of the command's output is no result: {reason}: {line}"));
    }

    /// A line that the command said on standard error, after so many others.
    pub fn pass_on(&self, before: usize, line: &str) {
        if before < MAX_PASSED_ON {
            let visible: String =
                line.chars().filter(|c| !c.is_control() || *c == '\t').take(MAX_REASON).collect();
            self.complain(&visible);
        } else if before == MAX_PASSED_ON {
            self.complain("the command says more, which is left out here");
        }
    }

    /// What a worker tells.
    pub fn happened(&self, event: &Event<'_>) {
        match event {
            Event::Settled { exported, failed } => {
                self.exported.fetch_add(*exported, Ordering::Relaxed);
                self.failed.fetch_add(*failed, Ordering::Relaxed);
                self.progress("");
            }
            Event::Claimed { .. } => self.progress(", at work"),
            Event::Waiting { .. } => self.progress(", nothing to send"),
            Event::Retrying { error, pause } => {
                self.complain(&format!("{error}; the call is made again in {:.1} s", pause.as_secs_f64()));
            }
            Event::NotWoken { error, .. } => {
                self.complain(&format!(
                    "nothing wakes the workers up for now, so they ask by themselves: {error}"
                ));
            }
            Event::Lost { error } => {
                self.complain(&format!(
                    "the claim may be another worker's now, so the command is ended: {error}"
                ));
            }
            Event::NotReleased { error } => {
                self.complain(&format!(
                    "what was not sent could not be given back, and comes back later: {error}"
                ));
            }
            // Those are told at the end.
            _ => {}
        }
    }

    fn progress(&self, doing: &str) {
        let (exported, failed) = (self.exported.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed));
        self.bar.set_message(format!("{}: {exported} vouchers sent, {failed} failed{doing}", self.system));
    }
}

/// What a command has said last.
#[derive(Default)]
pub struct Words {
    text: String,
    count: usize,
}

impl Words {
    /// Adds a line.
    pub fn add(&mut self, line: &str) {
        self.count += 1;
        self.text.push_str(line);
        self.text.push('\n');
        if self.text.len() > 8 * MAX_REASON {
            self.text = last(&self.text, MAX_REASON).to_owned();
        }
    }

    /// How many lines there were.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The reason of a failure that begins so: with the last words behind it, as many as there is room for.
    pub fn after(&self, begin: &str) -> String {
        let words = self.text.trim();
        if words.is_empty() {
            return begin.to_owned();
        }
        let room = MAX_REASON.saturating_sub(begin.chars().count() + 2);
        format!("{begin}: {}", last(words, room))
    }
}

/// The last characters of a text.
fn last(text: &str, count: usize) -> &str {
    let skipped = text.chars().count().saturating_sub(count);
    text.char_indices().nth(skipped).map_or("", |(start, _)| &text[start..])
}

/// A sentence for each voucher of which the server could not be told what became of it.
pub fn unsettled(summary: &Summary) -> impl Iterator<Item = String> {
    summary.unsettled.iter().map(|one| {
        let became = match (&one.document_id, one.exported) {
            (Some(document), _) => format!("was sent as {}", output::one_line(document)),
            (None, true) => "was sent".to_owned(),
            (None, false) => "was refused".to_owned(),
        };
        format!(
            "{} {became}, and the server could not be told: {}",
            output::one_line(&one.voucher_id),
            one.reason
        )
    })
}

/// Whether all that was claimed was sent.
pub fn is_in_order(summary: &Summary) -> bool {
    summary.failed == 0 && summary.lost == 0 && summary.conflicts == 0 && summary.unsettled.is_empty()
}

/// The summary for a person.
pub fn in_words(summary: &Summary) -> String {
    let Summary { vouchers, claims, exported, failed, .. } = summary;
    let counted =
        |count: &u64, one: &str| if *count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
    let (vouchers, claims) = (counted(vouchers, "voucher"), counted(claims, "claim"));
    let mut words = format!("{vouchers} in {claims}: {exported} sent, {failed} failed");
    for (count, what) in [
        (summary.released, "given back"),
        (summary.lost, "lost to other workers"),
        (summary.unsettled.len() as u64, "not settled"),
    ] {
        if count > 0 {
            words.push_str(&format!(", {count} {what}"));
        }
    }
    words.push('.');
    if summary.conflicts > 0 {
        words.push_str(&format!(" {} entries do not fit together: `ledgate conflicts`.", summary.conflicts));
    }
    words
}
