//! What the terminal wants and can, and writing to it: a closed pipe is not an error, and nothing here panics.

use super::Trouble;
use super::arguments::Color;
use crate::report::pretty::Style;
use crate::report::printable;
use anstream::{AutoStream, ColorChoice};
use std::io::{ErrorKind, IsTerminal, Write};

/// Width where there is no terminal to ask: logs and files.
const WIDTH: usize = 120;

/// How standard output wants a report.
pub(super) fn style(color: Color) -> Style {
    let out = std::io::stdout();
    let terminal = out.is_terminal();
    let width = terminal_size::terminal_size_of(&out).map_or(WIDTH, |(width, _)| usize::from(width.0));
    let color = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => AutoStream::choice(&out) != ColorChoice::Never,
    };
    Style { width, color, links: color && terminal, ascii: terminal && ascii_only() }
}

/// Whether the locale says that the terminal knows no Unicode. Files and pipes are UTF-8 whatever the locale says.
fn ascii_only() -> bool {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if variable("TERM").as_deref() == Some("dumb") {
        return true;
    }
    let locale = variable("LC_ALL").or_else(|| variable("LC_CTYPE")).or_else(|| variable("LANG"));
    locale.is_some_and(|locale| !locale.to_lowercase().replace('-', "").contains("utf8"))
}

/// Writes a document to standard output.
pub(super) fn write(text: &str, color: bool) -> Result<(), Trouble> {
    let mut out = std::io::stdout().lock();
    // Old Windows consoles have no escape sequences: there, the stream turns them into calls.
    let written = if color { AutoStream::always(&mut out).write_all(text.as_bytes()) } else { out.write_all(text.as_bytes()) };
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Trouble::new(format!("standard output: {error}"))),
        _ => Ok(()),
    }
}

/// Says something about the run on the error stream.
pub(super) fn say(level: &str, text: &str) {
    let lines: Vec<_> = text.lines().map(printable).collect();
    let _ = writeln!(std::io::stderr(), "{level}: {}", lines.join("\n  "));
}

/// A panic is a fault of ours: one line that can be reported, instead of a trace. A rule that panics becomes a finding too.
pub(super) fn announce_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or(String::new(), |at| format!(" at {}:{}", at.file(), at.line()));
        let payload = panic.payload();
        let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let reason = text.unwrap_or("no reason given");
        say("internal error", &format!("{reason}{place}; this is a fault of backend-lint, please report it"));
    }));
}
