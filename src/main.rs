//! The program: arguments in, exit code out.

fn main() -> std::process::ExitCode {
    backend_lint::cli::main()
}
