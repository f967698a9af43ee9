//! Hands over to [`vniah::cli`] and turns its result into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    vniah::cli::main()
}
