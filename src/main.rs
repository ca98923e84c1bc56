//! The `ledgate` program.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    ledgate::cli::run().await
}
