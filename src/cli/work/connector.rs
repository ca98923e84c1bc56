//! One claim, sent by one run of the command.

use std::ffi::OsString;
use std::io;
use std::pin::pin;
use std::process::ExitStatus;
use std::sync::OnceLock;
use std::time::Duration;

use ledgate_client::{Claim, FailureType, Next, Outcome};
use tokio::io::{AsyncRead, AsyncWriteExt};
use tokio::process::ChildStdin;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::lines::Lines;
use super::process::{Pipes, Process};
use super::results::{Places, Unreadable};
use super::telling::{Telling, Words};
use super::voucher_line;

/// The variable that the token stands in. The command does not get it.
pub const TOKEN_VARIABLE: &str = "LEDGATE_TOKEN";

/// How long a command may go on when this program is to stop.
const GRACE: Duration = Duration::from_secs(30);
/// How long the outputs are read after the end of the command, while something it has started holds them open.
const LEFT_OPEN: Duration = Duration::from_secs(2);
/// Most lines that one run may write.
const MAX_LINES: usize = 100_000;
/// Most bytes that one run may write.
const MAX_BYTES: usize = 64 << 20;
/// Most lines of one run that are told of because they say nothing.
const MAX_COMPLAINTS: usize = 20;

/// What sends claims.
pub struct Connector<'a> {
    /// The command with its arguments.
    pub command: &'a [OsString],
    /// Whether the worker ends when there is nothing to do.
    pub is_once: bool,
    pub telling: &'a Telling,
    /// Why the command cannot be started, once that was tried.
    pub broken: &'a OnceLock<String>,
}

/// Why a command was ended before it ended itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// The lease may have ended: another worker may have what is left.
    Lost,
    /// It did not finish in time after this program was asked to stop.
    Late,
    /// It wrote more than anybody reads.
    Flood,
}

impl Connector<'_> {
    /// Runs the command with a claim, to its end.
    pub async fn send(&self, claim: Claim) -> Next {
        if claim.stop().is_cancelled() {
            return Next::Claim;
        }
        let (mut process, pipes) = match Process::start(self.command, TOKEN_VARIABLE) {
            Ok(started) => started,
            Err(error) => {
                let name = self.command.first().map(|name| name.to_string_lossy()).unwrap_or_default();
                // The first reason counts.
                self.broken
                    .set(format!("{name} cannot be started: {error}; what was claimed is given back"))
                    .ok();
                return Next::Stop;
            }
        };
        let Pipes { stdin, stdout, stderr } = pipes;
        let (flood, mut results, mut words) = (CancellationToken::new(), 0, Words::default());
        let ended = {
            let talk = async {
                tokio::join!(
                    write(&claim, stdin),
                    self.read(&claim, stdout, &mut results, &flood),
                    self.listen(stderr, &mut words)
                );
            };
            run(&mut process, talk, &claim, &flood).await
        };
        let (status, cut) = match ended {
            Ok(ended) => ended,
            Err(error) => {
                return self.fail_rest(&claim, &format!("its end is not known: {error}"), &words).await;
            }
        };
        let has_failed = cut.is_none() && !status.success();
        match cut {
            Some(Cut::Lost | Cut::Late) => return Next::Claim,
            Some(Cut::Flood) => {
                let reason =
                    format!("it was ended: it wrote more than {MAX_LINES} lines or {MAX_BYTES} bytes");
                self.fail_rest(&claim, &reason, &words).await;
            }
            None if has_failed => {
                self.fail_rest(&claim, &format!("it ended with {status}"), &words).await;
            }
            // What it left when it was to stop is given back.
            None if claim.stop().is_cancelled() => {}
            None => {
                self.fail_rest(&claim, "it ended without saying what became of this voucher", &words).await;
            }
        }
        match (has_failed && results == 0, self.is_once) {
            (false, _) => Next::Claim,
            // It fails whatever it is given: the backlog is not to fail with it.
            (true, false) => Next::Pause,
            (true, true) => Next::Stop,
        }
    }

    /// Reads results until there are no more. Counts those that were taken.
    async fn read(
        &self,
        claim: &Claim,
        stdout: impl AsyncRead + Unpin,
        results: &mut usize,
        flood: &CancellationToken,
    ) {
        let (places, mut lines) = (Places::new(claim.vouchers()), Lines::new(stdout));
        let (mut count, mut bytes, mut complaints) = (0, 0, 0);
        while let Ok(Some(line)) = lines.line().await {
            count += 1;
            bytes += line.length;
            if count > MAX_LINES || bytes > MAX_BYTES {
                flood.cancel();
                break;
            }
            if line.bytes.trim_ascii().is_empty() {
                continue;
            }
            let complaint = match places.read(&line) {
                Ok((named, outcome)) => {
                    let mut is_news = false;
                    for place in named {
                        is_news |= claim.answer(place, outcome.clone()).await;
                    }
                    *results += usize::from(is_news);
                    if is_news { None } else { Some("its voucher was answered before".to_owned()) }
                }
                Err(Unreadable { places, reason }) => {
                    let failed = format!("the command's result cannot be read: {reason}");
                    for place in places {
                        claim.answer(place, Outcome::failed(FailureType::Other, failed.clone())).await;
                    }
                    Some(reason)
                }
            };
            let Some(reason) = complaint else { continue };
            complaints += 1;
            if complaints <= MAX_COMPLAINTS {
                self.telling.unread(count, &reason, &line.text());
            }
        }
        if complaints > MAX_COMPLAINTS {
            let rest = complaints - MAX_COMPLAINTS;
            self.telling.complain(&format!("the command wrote {rest} more lines that say nothing"));
        }
    }

    /// Passes on what the command says on standard error, and keeps its last words.
    async fn listen(&self, stderr: impl AsyncRead + Unpin, words: &mut Words) {
        let mut lines = Lines::new(stderr);
        while let Ok(Some(line)) = lines.line().await {
            let text = line.text();
            self.telling.pass_on(words.count(), &text);
            words.add(&text);
        }
    }

    /// Everything that was not answered has failed.
    async fn fail_rest(&self, claim: &Claim, what: &str, words: &Words) -> Next {
        let rest: Vec<usize> =
            (0..claim.vouchers().len()).filter(|place| !claim.is_answered(*place)).collect();
        if !rest.is_empty() {
            self.telling
                .complain(&format!("the command: {what}; {} vouchers have failed with it", rest.len()));
        }
        let reason = words.after(&format!("the command: {what}"));
        for place in rest {
            claim.answer(place, Outcome::failed(FailureType::Other, reason.clone())).await;
        }
        Next::Claim
    }
}

/// Waits until the command has ended and its outputs are read, or ends it. Gives how it ended.
async fn run(
    process: &mut Process,
    talk: impl Future<Output = ()>,
    claim: &Claim,
    flood: &CancellationToken,
) -> io::Result<(ExitStatus, Option<Cut>)> {
    let mut talk = pin!(talk);
    let mut reason = pin!(reason(claim, flood));
    let (mut is_silent, mut cut) = (false, None);
    let status = loop {
        tokio::select! {
            () = &mut talk, if !is_silent => is_silent = true,
            found = &mut reason, if cut.is_none() => {
                cut = Some(found);
                process.kill();
            }
            status = process.wait() => break status?,
        }
    };
    // What it said before its end counts.
    if !is_silent && timeout(LEFT_OPEN, talk).await.is_err() {
        process.kill();
    }
    Ok((status, cut))
}

/// Waits until there is a reason to end the command.
async fn reason(claim: &Claim, flood: &CancellationToken) -> Cut {
    let late = async {
        claim.stop().cancelled().await;
        sleep(GRACE).await;
    };
    tokio::select! {
        () = claim.lost().cancelled() => Cut::Lost,
        () = late => Cut::Late,
        () = flood.cancelled() => Cut::Flood,
    }
}

/// Writes the vouchers, a line each, until all are written, the command reads no more, or nothing new is to be begun.
async fn write(claim: &Claim, mut stdin: ChildStdin) {
    for voucher in claim.vouchers() {
        let is_over = claim.stop().is_cancelled() || claim.lost().is_cancelled();
        let Some(line) = voucher_line::line(voucher).ok().filter(|_| !is_over) else { return };
        // What it has not read it will not answer, which is found at its end.
        if stdin.write_all(&line).await.is_err() {
            return;
        }
    }
}
