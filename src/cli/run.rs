//! From the command line to the engine.

use super::Trouble;
use super::arguments::ReadingArguments;
use super::target::Target;
use crate::engine::{self, ConfigChoice, Options, Outcome};
use crate::files::disk::Disk;

/// Options that say how to read; the rest as by default.
pub(super) fn options(reading: &ReadingArguments) -> Result<Options, Trouble> {
    let config = match &reading.config {
        _ if reading.no_config => ConfigChoice::Nothing,
        None => ConfigChoice::Found,
        Some(file) => {
            let text = std::fs::read_to_string(file);
            let text = text.map_err(|error| Trouble::new(format!("--config {}: {error}", file.display())))?;
            ConfigChoice::Text(file.to_string_lossy().into_owned(), text)
        }
    };
    let threads = reading.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    Ok(Options { config, threads, ..Options::default() })
}

/// Runs the engine on what is on disk.
pub(super) fn run(target: &Target, options: &Options) -> Result<Outcome, Trouble> {
    let head = Disk::new(&target.root);
    engine::check(&head, None, None, options).map_err(|failure| Trouble(failure.0))
}

/// What is said where there is nothing to check.
pub(super) fn nothing_found(target: &Target) -> String {
    format!(
        "nothing to check in `{}`: looked for OpenAPI documents (`openapi:` or `swagger:` at the top), SQL migrations, schema and query \
         files, docker-compose files, nginx configuration and .env files; an [[artifact]] in backend-lint.toml names others",
        target.root.display()
    )
}
