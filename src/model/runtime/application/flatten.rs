//! Files to flat entries: trees and `.properties` give the same keys.

use super::{Entry, squash};
use crate::discover::{Artifact, Kind};
use crate::documents::lines::Line;
use crate::documents::{NodeRef, properties};
use crate::model::Workspace;
use crate::source::Span;

/// No settings file in use has more keys; aliases could make more of them than the file has bytes.
const MOST_ENTRIES: usize = 20_000;

/// Keys nest no deeper in use; the walk is recursive.
const DEEPEST: usize = 48;

/// What a file says for each profile, in order; `None`: for all of them. A file that cannot be read leaves a gap.
pub(super) fn read(
    workspace: &mut Workspace,
    file: &Artifact,
    gap: &mut Option<(String, Span)>,
) -> Vec<(Option<String>, Vec<Entry>)> {
    let found = match file.path.ends_with(".properties") {
        true => from_lines(workspace, file, gap),
        false => from_tree(workspace, file, gap),
    };
    match file.kind {
        Kind::Quarkus => found.into_iter().flat_map(|(_, entries)| of_quarkus(entries)).collect(),
        Kind::Spring => found.into_iter().map(|(_, entries)| (on_profile(&entries), entries)).collect(),
        _ => found,
    }
}

fn from_lines(workspace: &mut Workspace, file: &Artifact, gap: &mut Option<(String, Span)>) -> Vec<(Option<String>, Vec<Entry>)> {
    // Before Java 9 such files were ISO-8859-1: keys and numbers read the same, and only they count here.
    let source = match workspace.source(&file.path) {
        Ok(source) => source,
        Err(why) => {
            let despite = if why.contains("UTF-16") { None } else { workspace.source_despite(&file.path) };
            let Some(source) = despite else {
                workspace.note_unread(&file.path, why, None);
                return Vec::new();
            };
            source
        }
    };
    let parsed = properties::parse(source, &workspace.text(source));
    for problem in parsed.lines.problems.iter().take(5) {
        workspace.note_unread(&file.path, problem.message.clone(), Some(problem.span));
    }
    if let Some(line) = parsed.lines.entries.iter().find(|line| line.key.starts_with("spring.config.import")) {
        gap.get_or_insert(("`spring.config.import` brings in more settings".into(), line.key_span));
    }
    let mut documents: Vec<(Option<String>, Vec<Entry>)> = vec![(None, Vec::new())];
    let mut starts = parsed.documents.iter().peekable();
    for line in parsed.lines.entries.into_iter().take(MOST_ENTRIES) {
        while starts.next_if(|start| **start < line.key_span.start).is_some() {
            documents.push((None, Vec::new()));
        }
        if let Some((_, entries)) = documents.last_mut() {
            entries.push(of_line(line));
        }
    }
    documents
}

fn of_line(line: Line) -> Entry {
    Entry {
        name: squash(&line.key),
        key: line.key,
        is_template: false,
        raw: line.value.trim_end().to_owned(),
        key_span: line.key_span,
        value_span: line.value_span,
    }
}

fn from_tree(workspace: &mut Workspace, file: &Artifact, gap: &mut Option<(String, Span)>) -> Vec<(Option<String>, Vec<Entry>)> {
    let tree = match workspace.tree(&file.path) {
        Ok(tree) => tree,
        Err(why) => {
            workspace.note_unread(&file.path, why, None);
            return Vec::new();
        }
    };
    // Templates of the application's own are no YAML before they are filled in; what could be read of them is no fact.
    let is_template = file.kind == Kind::Application && (tree.holds("{{") || tree.holds("<%"));
    for problem in tree.problems().iter().take(if is_template { 1 } else { 5 }) {
        workspace.note_unread(&file.path, problem.message.clone(), Some(problem.span));
        gap.get_or_insert(("a part of the file could not be read".into(), problem.span));
    }
    let mut found = Vec::new();
    for root in tree.documents() {
        let mut walk = Walk { entries: Vec::new(), left: MOST_ENTRIES, is_template };
        walk.walk(String::new(), root, root.span(), DEEPEST);
        if walk.left == 0 {
            gap.get_or_insert(("it has more keys than are read".into(), root.span()));
        }
        if let Some(entry) = walk.entries.iter().find(|entry| entry.name.starts_with("springconfigimport")) {
            gap.get_or_insert(("`spring.config.import` brings in more settings".into(), entry.key_span));
        }
        found.push((None, walk.entries));
    }
    found
}

struct Walk {
    entries: Vec<Entry>,
    /// How many more nodes are looked at.
    left: usize,
    is_template: bool,
}

impl Walk {
    fn walk(&mut self, key: String, node: NodeRef<'_>, key_span: Span, depth: usize) {
        let (Some(depth), Some(left)) = (depth.checked_sub(1), self.left.checked_sub(1)) else { return };
        self.left = left;
        let below = |part: &str| if key.is_empty() { part.to_owned() } else { format!("{key}.{part}") };
        if node.is_map() {
            for (name, value) in node.merged_entries() {
                let Some(part) = name.text() else { continue };
                self.walk(below(part), value, name.span(), depth);
            }
        } else if node.is_list() {
            for (at, item) in node.items().enumerate() {
                self.walk(below(&at.to_string()), item, item.span(), depth);
            }
        } else if let Some(text) = node.text().filter(|_| !key.is_empty()) {
            let raw = if node.is_null() { String::new() } else { text.to_owned() };
            let is_template = self.is_template || raw.contains("{{") || node.stands_for_another();
            self.entries.push(Entry { name: squash(&key), key, raw, is_template, key_span, value_span: node.span() });
        }
    }
}

/// The profile of a document of Spring. An expression (`prod & eu`) stays as it is written: it is no name of a profile.
fn on_profile(entries: &[Entry]) -> Option<String> {
    let of = |name: &str| entries.iter().rev().find(|entry| entry.name == name);
    let entry =
        of("springconfigactivateonprofile").or_else(|| of("springconfigactivateonprofile0")).or_else(|| of("springprofiles"))?;
    Some(entry.raw.trim().to_owned()).filter(|profile| !profile.is_empty())
}

/// Quarkus: a key that begins with `%prod.` holds for that profile alone.
fn of_quarkus(entries: Vec<Entry>) -> Vec<(Option<String>, Vec<Entry>)> {
    let mut found: Vec<(Option<String>, Vec<Entry>)> = vec![(None, Vec::new())];
    for mut entry in entries {
        let split = entry.key.strip_prefix('%').and_then(|rest| rest.split_once('.'));
        let parts = split.map(|(profiles, key)| (profiles.to_owned(), key.to_owned()));
        let profiles: Vec<Option<String>> = match &parts {
            Some((profiles, _)) => profiles.split(',').map(|profile| Some(profile.trim().to_owned())).collect(),
            None => vec![None],
        };
        if let Some((_, key)) = parts {
            entry.name = squash(&key);
            entry.key = key;
        }
        for profile in profiles {
            match found.iter_mut().find(|(known, _)| *known == profile) {
                Some((_, entries)) => entries.push(entry.clone()),
                None => found.push((profile, vec![entry.clone()])),
            }
        }
    }
    found
}
