//! `ledgate ready`: whether a gateway can work, for what runs it in a container and for scripts.

use std::process::ExitCode;

use clap::Args;

use super::{Common, Failure, Outcome, WITH_FINDINGS, output, probe};
use crate::config::{Overrides, Settings};

#[derive(Debug, Args)]
#[command(
    after_help = "It asks /readyz at the address at which `serve` listens with the same settings, and opens no \
    database.\n\n\
    Exit codes: 0 ready; 1 not ready, or no ledgate answers; 2 could not ask."
)]
pub struct Arguments {
    /// Address and port at which the gateway listens, or unix:/PATH
    /// [env: LEDGATE_HTTP_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
}

pub async fn run(common: &Common, arguments: Arguments) -> Outcome {
    if common.ledger.is_some() {
        return Err(Failure("this is about the gateway and its ledger main: leave --ledger out".to_owned()));
    }
    let settings = Settings::load(&Overrides { listen: arguments.listen, ..common.overrides() })?;
    let address = &settings.http.listen;
    let wrong = match probe::ask(address).await {
        Ok(answer) if answer.ready => {
            output::say(&format!("ledgate {} is ready on {address}", answer.version))?;
            return Ok(ExitCode::SUCCESS);
        }
        Ok(answer) => {
            let reason = answer.reason.unwrap_or_else(|| "it does not say why".to_owned());
            format!("ledgate {} on {address} is not ready: {reason}", answer.version)
        }
        Err(silence) => format!("no ledgate is ready on {address}: {silence}"),
    };
    output::complain(&format!("error: {wrong}"));
    Ok(ExitCode::from(WITH_FINDINGS))
}
