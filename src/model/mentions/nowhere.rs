//! What no code of the project names, neither at the head nor at the base: then nothing that runs can miss it.

use super::{LARGEST, Mentions, Wanted, as_word, declares, table, wanted};
use crate::files::Files;
use crate::model::schema::Schema;
use crate::model::workspace::in_threads;
use crate::model::{Pending, Settings};
use std::collections::BTreeSet;

/// What one file says of each thing that is wanted: whether it names it, and whether it works with the same database.
type Said = Vec<(bool, bool)>;

impl Mentions {
    /// The same, knowing what neither tree names. `unchanged` says of a path whether both have the same file.
    pub fn against(
        &self,
        (head, base): (&dyn Files, &dyn Files),
        unchanged: &dyn Fn(&str) -> bool,
        schema: &Schema,
        settings: &Settings,
    ) -> Mentions {
        let wanted = if matches!(settings.pending, Pending::Changed(_)) { wanted(schema) } else { Vec::new() };
        if wanted.is_empty() {
            return self.clone();
        }
        let all = |files: &dyn Files| files.list().iter().filter(|path| may_name(path)).map(str::to_owned).collect::<Vec<_>>();
        let mut before = all(base);
        before.retain(|path| !unchanged(path));
        let mut said = read(head, &all(head), &wanted, settings.threads);
        said.extend(read(base, &before, &wanted, settings.threads));
        let is_nowhere = |number: usize| {
            let of_it = || said.iter().filter_map(|file| file.get(number));
            of_it().any(|(_, beside)| *beside) && !of_it().any(|(named, _)| *named)
        };
        let nowhere: BTreeSet<String> =
            wanted.iter().enumerate().filter(|(number, _)| is_nowhere(*number)).map(|(_, one)| one.subject.clone()).collect();
        Mentions { nowhere, ..self.clone() }
    }
}

fn read(files: &dyn Files, paths: &[String], wanted: &[Wanted], threads: usize) -> Vec<Said> {
    in_threads(threads, paths, |path| {
        // What cannot be read may name anything.
        let Ok(bytes) = files.read_up_to(path, LARGEST as u64) else { return vec![(true, false); wanted.len()] };
        if declares(&bytes) {
            return Vec::new();
        }
        let any = |names: &[String]| names.iter().any(|name| as_word(&bytes, name).next().is_some());
        wanted.iter().map(|one| (any(&one.names), any(&one.beside))).collect()
    })
}

/// Whether a file may name a column or a table for something that runs.
fn may_name(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (_, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let table = table();
    table.endings.iter().chain(&table.also_naming).any(|one| one == ending)
        && !folders.split('/').any(|folder| table.never_run.iter().any(|one| one == folder))
}
