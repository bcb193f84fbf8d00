//! `completions`: what a shell has to know to complete our words.

use super::arguments::{Arguments, CompletionsArguments};
use super::{End, Trouble, terminal};
use clap::CommandFactory;

pub(super) fn run(arguments: &CompletionsArguments) -> Result<End, Trouble> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "backend-lint", &mut script);
    terminal::write(&String::from_utf8_lossy(&script), false)?;
    Ok(End::Clean)
}
