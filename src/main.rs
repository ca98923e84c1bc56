//! The `ledgate` program.

use std::process::ExitCode;

use tokio::runtime::Builder;

/// A page is some thousand small allocations: this allocator makes them in half the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Stack of a thread, in bytes. The futures of a nested operation lie on it, and are large in a debug build: a filter of
/// five levels takes more than 1.5 MiB. Memory that is not touched costs nothing.
const STACK: usize = 8 << 20;

fn main() -> std::io::Result<ExitCode> {
    let runtime = Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build()?;
    Ok(runtime.block_on(ledgate::cli::run()))
}
