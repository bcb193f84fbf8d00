//! `config`: what is in effect for a path and who says so, and the JSON Schema of the file.

use super::arguments::{ConfigCommand, ConfigShowArguments, ListFormat};
use super::target::Target;
use super::{End, Trouble, run, terminal};
use crate::engine::config::show::{Effective, Origin, Table, Value};
use crate::engine::{self, config};
use crate::report::json::to_text;
use crate::report::printable;
use serde_json::json;
use std::fmt::Write;

pub(super) fn run(command: &ConfigCommand) -> Result<End, Trouble> {
    let text = match command {
        ConfigCommand::Show(arguments) => show(arguments)?,
        ConfigCommand::Schema => to_text(&config::schema::document()),
    };
    terminal::write(&text, false)?;
    Ok(End::Clean)
}

fn show(arguments: &ConfigShowArguments) -> Result<String, Trouble> {
    let target = Target::of_path(&arguments.path)?;
    let options = run::options(&arguments.reading)?;
    let path = target.only.first().map_or("", String::as_str);
    // What a file says of its folder, it says of all in it.
    let asked = if !path.is_empty() && target.root.join(path).is_dir() { format!("{path}/") } else { path.to_owned() };
    let effective = engine::configuration(&target.root, &options, &asked).map_err(|failure| Trouble(failure.0))?;
    Ok(match arguments.format {
        ListFormat::Text => text(&effective, path, arguments.origin),
        ListFormat::Json => to_text(&document(&effective, path)),
    })
}

/// Who says a value, in words.
fn words(origin: &Origin) -> String {
    match origin {
        Origin::File(path, line) => format!("{path}:{line}"),
        Origin::Preset(name) => name.clone(),
        Origin::Default => "default".to_owned(),
    }
}

/// TOML that can be read again. Without origins, rules that are as their pages say are left out.
fn text(effective: &Effective, path: &str, with_origin: bool) -> String {
    let place = if path.is_empty() { "." } else { path };
    let from = if effective.files.is_empty() { "no configuration file".to_owned() } else { effective.files.join(", ") };
    let mut out = format!("# in effect for {}: {}\n", printable(place), printable(&from));
    for Table { head, values } in &effective.tables {
        let is_shown = |one: &&Value| with_origin || head != "[rules]" || one.origin != Origin::Default;
        let shown: Vec<&Value> = values.iter().filter(is_shown).collect();
        let _ = writeln!(out, "\n{}", printable(head));
        let lines: Vec<String> = shown.iter().map(|one| format!("{} = {}", one.key, one.value)).collect();
        let width = lines.iter().map(|line| line.chars().count()).filter(|width| *width <= 60).max().unwrap_or(0);
        for (line, one) in lines.iter().zip(&shown) {
            match with_origin {
                true => _ = writeln!(out, "{:<width$}  # {}", printable(line), printable(&words(&one.origin))),
                false => _ = writeln!(out, "{}", printable(line)),
            }
        }
        let rest = values.len() - shown.len();
        if rest > 0 {
            let _ = writeln!(out, "# and {rest} rules as their pages say, listed by `backend-lint rules` and by --origin");
        }
    }
    if with_origin && effective.tables.iter().all(|table| table.head != "[migrations]") {
        out.push_str(
            "\n# [migrations], [versions], [links]: nothing is said, so what the files show counts (`backend-lint files`)\n",
        );
    }
    if with_origin {
        let presets: Vec<String> = config::presets::all().map(|(name, about)| format!("#   {name}: {about}\n")).collect();
        let _ = write!(out, "\n# presets (`preset = \"...\"`):\n{}", presets.concat());
    }
    out
}

fn document(effective: &Effective, path: &str) -> serde_json::Value {
    let origin = |origin: &Origin| match origin {
        Origin::File(path, line) => json!({ "path": path, "line": line }),
        Origin::Preset(name) => json!({ "preset": name.split('`').nth(1) }),
        Origin::Default => json!("default"),
    };
    let table = |table: &Table| {
        let values = table.values.iter().map(|one| json!({ "key": one.key, "value": one.value, "origin": origin(&one.origin) }));
        json!({ "head": table.head, "values": values.collect::<Vec<_>>() })
    };
    let tables: Vec<_> = effective.tables.iter().map(table).collect();
    json!({ "schema": 1, "path": path, "files": effective.files, "tables": tables })
}
