//! Migrations against the base: those that were edited after they were merged, and those that sort before one that was.

use crate::discover::code;
use crate::discover::migrations::{self, Edited, Late};
use crate::model::FileStatus;
use crate::model::schema::{MigrationRef, Role, Schema};
use crate::source::Span;

/// A new migration that sorts before one that the base has.
#[derive(Debug, Clone, Copy)]
pub struct LateMigration<'m> {
    /// The new one.
    pub migration: MigrationRef<'m>,
    /// The last one after it that the base has.
    pub overtaken_by: MigrationRef<'m>,
}

impl Schema {
    /// Every new migration that sorts before one that the base has, in the order of application.
    pub fn late_migrations(&self) -> Vec<LateMigration<'_>> {
        let mut late = Vec::new();
        let mut last: Option<MigrationRef> = None;
        let all: Vec<MigrationRef> = self.migrations().filter(|one| !one.is_repeatable()).collect();
        for migration in all.into_iter().rev() {
            let overtaken_by = last.filter(|last| std::ptr::eq(last.database(), migration.database()));
            match (migration.status, overtaken_by) {
                (FileStatus::New, Some(overtaken_by)) => late.push(LateMigration { migration, overtaken_by }),
                (FileStatus::New, None) => {}
                (_, Some(_)) => {}
                (_, None) => last = Some(migration),
            }
        }
        late.reverse();
        late
    }
}

impl<'m> MigrationRef<'m> {
    /// Whether its tool runs it again whenever it changes.
    pub fn is_repeatable(&self) -> bool {
        self.role == Role::Repeatable
    }

    /// What its tool says of a file that changed after it had run.
    pub fn when_edited(&self) -> Edited {
        self.database().tool.as_deref().map(migrations::edited).unwrap_or_default()
    }

    /// What its tool does with a file that sorts before one that has run.
    pub fn when_late(&self) -> Late {
        if self.database().late_files_run.is_some() {
            return Late::Runs;
        }
        let tool = self.database().tool.as_deref();
        tool.map(|tool| code::late(tool).unwrap_or_else(|| migrations::late(tool))).unwrap_or_default()
    }

    /// The setting that lets the tool run such a file, and where it stands.
    pub fn late_files_run(&self) -> Option<&'m str> {
        self.database().late_files_run.as_deref()
    }

    /// Its tool, as people call it.
    pub fn tool(&self) -> &'m str {
        match self.database().tool.as_deref() {
            None | Some("unknown") => "the migration tool",
            Some(tool) => tool,
        }
    }

    /// Where it first differs from what the base has; `None` where the base has the same, or has no such file. The flag says
    /// whether what it runs leads elsewhere.
    pub fn edit(&self) -> Option<(Span, bool)> {
        let (at, anew) = match self.status {
            FileStatus::Changed(at) => (at, true),
            FileStatus::Rearranged(at) | FileStatus::Reworded(at) => (at, false),
            FileStatus::Same | FileStatus::New => return None,
        };
        let around = self.migration().statements.iter().find(|one| one.span.start <= at && at < one.span.end);
        let span = Span { source: self.source, start: at, end: at.saturating_add(1) };
        Some((around.filter(|_| anew).map_or(span, |statement| statement.head), anew))
    }
}
