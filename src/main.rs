//! The `ledgate` program.

use std::process::ExitCode;

/// A page is some thousand small allocations: this allocator makes them in half the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    ledgate::cli::run().await
}
