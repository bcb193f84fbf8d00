//! A new migration sorts before one that the base has.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::pending::{Late, LateMigration};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/out-of-order", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    context.head.schema.pending_migrations().for_each(|_| context.consider());
    // The files of one folder that come late are one thing to rename.
    let mut groups: Vec<Vec<LateMigration>> = Vec::new();
    for late in context.head.schema.late_migrations() {
        let folder = |one: &LateMigration| one.migration.database().source.clone();
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| folder(first) == folder(&late))) {
            Some(group) => group.push(late),
            None => groups.push(vec![late]),
        }
    }
    groups.iter().filter_map(|group| report(group)).collect()
}

fn report(group: &[LateMigration]) -> Option<Diagnostic> {
    let (first, others) = group.split_first()?;
    let (name, later, tool) = (first.migration.file_name(), first.overtaken_by.file_name(), first.migration.tool());
    let version = &first.overtaken_by.version;
    let label = match first.migration.when_late() {
        Late::Skips => format!("{tool} never runs it where `{version}` has run"),
        Late::Refuses => format!("{tool} refuses to go on where `{version}` has run"),
        Late::Runs => format!("{tool} runs it after `{version}` on old databases, and before it on new ones"),
        Late::Unknown => format!("databases that have run `{version}` may never run it"),
    };
    let mut diagnostic =
        Diagnostic::new(first.migration.path.clone(), format!("`{name}` sorts before `{later}`, which is merged already"))
            .at(first.migration.place(), label)
            .cause(first.overtaken_by.place(), "merged before this change, and probably applied")
            .help(format!("give it a version after `{version}`, in the names of all its files"));
    for other in others {
        if other.migration.path != first.migration.path {
            diagnostic = diagnostic.occurrence(other.migration.place(), other.migration.path.clone());
        }
    }
    Some(match first.migration.when_late() {
        Late::Skips => diagnostic,
        Late::Refuses => diagnostic.at_most(Severity::Warning, format!("{tool} has a switch that lets late files run")),
        Late::Runs => {
            let setting = first.migration.late_files_run().map(str::to_owned);
            diagnostic.at_most(Severity::Info, setting.unwrap_or_else(|| format!("{tool} makes up for it")))
        }
        Late::Unknown => diagnostic.at_most(Severity::Warning, "what its tool does then is not known"),
    })
}
