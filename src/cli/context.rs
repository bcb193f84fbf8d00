//! `context`: what `[context]` says here, and which findings each key changes.

use super::arguments::ContextArguments;
use super::target::Target;
use super::{End, Trouble, run, terminal};
use crate::engine::context::{Change, Facts, OF_TABLES, changes, keys, presets, table_keys};
use crate::engine::{self};
use crate::report::printable;
use std::fmt::Write;

pub(super) fn run(arguments: &ContextArguments) -> Result<End, Trouble> {
    let target = Target::of_path(&arguments.path)?;
    let options = run::options(&arguments.reading)?;
    let path = target.only.first().map_or("", String::as_str);
    let facts = engine::context_of(&target.root, &options, path).map_err(|failure| Trouble(failure.0))?;
    terminal::write(&text(&facts), false)?;
    Ok(End::Clean)
}

fn text(facts: &Facts) -> String {
    let mut out = String::from("# What each key of [context] changes. `*`: it holds here.\n");
    for key in keys() {
        let said = match facts.values.get(&key.name) {
            Some(said) => format!("= {} ({})", printable(&said.value), printable(&said.by)),
            None => "is not said".to_owned(),
        };
        let _ = writeln!(out, "\n{} {said}: {}", key.name, key.about);
        if !key.number {
            let _ = writeln!(out, "    one of {}", key.words.join(", "));
        }
        let own: Vec<&Change> = changes().iter().filter(|change| change.key() == key.name).collect();
        own.iter().for_each(|change| line(&mut out, facts, change));
        if own.is_empty() {
            out.push_str("    no rule asks for it yet\n");
        }
    }
    for key in table_keys() {
        let _ = writeln!(out, "\n[context.tables.NAME] {}: {}", key.name, key.about);
        if !key.number {
            let _ = writeln!(out, "    one of {}", key.words.join(", "));
        }
        for (table, said) in facts.tables.get(&key.name).into_iter().flatten() {
            let _ = writeln!(out, "    {} = {} ({})", printable(table), printable(&said.value), printable(&said.by));
        }
        let own = changes().iter().filter(|change| change.key().strip_prefix(OF_TABLES) == Some(&key.name));
        own.for_each(|change| line(&mut out, facts, change));
    }
    out.push_str("\n# preset = \"...\" in [context] starts from:\n");
    for preset in presets() {
        let values: Vec<String> = preset.values.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        let _ = writeln!(out, "    {}: {} ({})", preset.name, values.join(", "), preset.about);
    }
    out
}

fn line(out: &mut String, facts: &Facts, change: &Change) {
    let holds = facts.in_effect().into_iter().any(|one| std::ptr::eq(one, change));
    let mark = if holds { "*" } else { " " };
    let _ = writeln!(out, "  {mark} {}: {} {}, since {}", change.when(), change.rules.join(", "), change.to.words(), change.why);
}
