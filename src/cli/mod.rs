//! The commands, one file each.
//!
//! Standard output carries the document that was asked for and nothing else; everything that is said about the run goes to
//! the error stream. Exit codes are the same in every format: 0 nothing at or above `--fail-on`, 1 findings, 2 usage,
//! configuration, git or internal error, 3 no artifacts found.

mod arguments;
mod base_model;
mod baseline;
mod check;
mod completions;
mod config;
mod context;
mod destination;
mod explain;
mod files;
mod first_run;
mod init;
mod man;
mod model;
mod rules;
mod run;
mod stats;
mod target;
mod terminal;
mod why;

use arguments::{Arguments, Command};
use clap::Parser;
use std::process::ExitCode;

/// How a command ends when it does not end in an error.
enum End {
    /// Nothing to complain about.
    Clean,
    /// Findings at or above `--fail-on`.
    Findings,
    /// No artifacts: what was looked for, in one sentence.
    Nothing(String),
}

/// Why a command could not do its work: lines for the error stream. Exit code 2.
struct Trouble(Vec<String>);

impl Trouble {
    fn new(line: impl Into<String>) -> Trouble {
        Trouble(vec![line.into()])
    }
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    terminal::announce_panics();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // A closed pipe is no reason to fail: whoever asked for help has seen enough of it.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let ended = std::panic::catch_unwind(|| match &arguments.command {
        None => check::run(&arguments.check),
        Some(Command::Check(check)) => check::run(check),
        Some(Command::Explain(explain)) => explain::run(explain),
        Some(Command::Rules(rules)) => rules::run(rules),
        Some(Command::Files(files)) => files::run(files),
        Some(Command::Model(model)) => model::run(model),
        Some(Command::Why(why)) => why::run(why),
        Some(Command::Baseline(baseline)) => baseline::run(baseline),
        Some(Command::Init(init)) => init::run(init),
        Some(Command::Config(config)) => config::run(config),
        Some(Command::Context(context)) => context::run(context),
        Some(Command::Stats(stats)) => stats::run(stats),
        Some(Command::Completions(completions)) => completions::run(completions),
        Some(Command::Man(man)) => man::run(man),
    });
    match ended {
        Ok(Ok(End::Clean)) => ExitCode::SUCCESS,
        Ok(Ok(End::Findings)) => ExitCode::from(1),
        Ok(Ok(End::Nothing(sentence))) => {
            terminal::say("note", &sentence);
            ExitCode::from(3)
        }
        Ok(Err(Trouble(lines))) => {
            lines.iter().for_each(|line| terminal::say("error", line));
            ExitCode::from(2)
        }
        // The panic hook has said what happened.
        Err(_) => ExitCode::from(2),
    }
}
