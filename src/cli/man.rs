//! `man`: manual pages, from the same words as `--help`.

use super::arguments::{Arguments, ManArguments};
use super::{End, Trouble, terminal};
use crate::engine::suggest;
use clap::{Command, CommandFactory};

pub(super) fn run(arguments: &ManArguments) -> Result<End, Trouble> {
    let mut command = Arguments::command();
    command.build();
    for word in &arguments.command {
        let Some(found) = command.find_subcommand(word).cloned() else { return Err(unknown(word, &command)) };
        command = found;
    }
    let mut page = Vec::new();
    // A command of a command is called `backend-lint-check` by then.
    let rendered = clap_mangen::Man::new(command).render(&mut page);
    rendered.map_err(|error| Trouble::new(format!("the page cannot be written: {error}")))?;
    terminal::write(&String::from_utf8_lossy(&page), false)?;
    Ok(End::Clean)
}

fn unknown(word: &str, command: &Command) -> Trouble {
    let names: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
    Trouble::new(format!("`{word}` is no command of `{}`{}", command.get_name(), suggest::hint(word, &names)))
}
