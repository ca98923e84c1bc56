//! `ledgate settings`: every setting with its default, as a file.

use std::process::ExitCode;

use clap::Args;

use super::{Outcome, output};
use crate::config::DEFAULTS;

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
    ledgate settings > ledgate.toml\n\n\
    ledgate reads ledgate.toml in the working directory. Keep in it what differs from the defaults.")]
pub struct Arguments {}

pub fn run(_: &Arguments) -> Outcome {
    output::say(DEFAULTS.trim_end())?;
    Ok(ExitCode::SUCCESS)
}
