//! `ledgate schema`: the GraphQL schema, printed or compared.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Failure, Outcome, WITH_FINDINGS, output};
use crate::graphql;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    ledgate schema > schema.graphql\n  \
    ledgate schema --check schema.graphql\n\n\
    Exit codes: 0 printed or the same, 1 they differ, 2 the file cannot be read.")]
pub struct Arguments {
    /// Compare this file with the schema instead of printing it
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Outcome {
    let schema = graphql::sdl();
    let Some(path) = &arguments.check else {
        output::say(schema.trim_end())?;
        return Ok(ExitCode::SUCCESS);
    };
    let shown = path.display();
    let kept =
        std::fs::read_to_string(path).map_err(|error| Failure(format!("{shown} cannot be read: {error}")))?;
    if kept == schema {
        output::say(&format!("{shown} is the schema of this program."))?;
        return Ok(ExitCode::SUCCESS);
    }
    let line = kept.lines().zip(schema.lines()).position(|(kept, now)| kept != now);
    let line = line.unwrap_or_else(|| kept.lines().count().min(schema.lines().count())) + 1;
    output::complain(&format!(
        "{shown} differs from the schema of this program, first in line {line}. If the change is meant, run \
         `ledgate schema > {shown}` and commit it: clients are generated from that file."
    ));
    Ok(ExitCode::from(WITH_FINDINGS))
}
