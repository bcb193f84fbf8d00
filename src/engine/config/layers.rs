//! Finds the configuration files of a run, and follows `extends`.

use super::reader::{Reader, Section};
use super::{Config, FILE_NAMES, Layer, Scope, sections};
use crate::engine::{ConfigChoice, Failure};
use crate::files::git::Repository;
use crate::files::{self, Files};
use crate::source::{Sources, Spanned};
use toml::de::DeTable;

/// How many files may extend each other in a row.
const LONGEST_CHAIN: usize = 16;

/// A configuration file above the root of the run, which only the caller can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) struct Parent {
    /// Its path, as messages name it: `../backend-lint.toml`.
    pub(in crate::engine) path: String,
    /// The root of the run relative to its folder.
    pub(in crate::engine) below: String,
    /// Its text.
    pub(in crate::engine) text: String,
}

/// The configuration files above a folder, up to the top of the repository that tracks it; outermost first.
pub(in crate::engine) fn parents(repository: Option<&Repository>) -> Vec<Parent> {
    let tracked = repository.filter(|repository| repository.is_tracked());
    let Some((repository, top)) = tracked.and_then(|repository| Some((repository, repository.top()?))) else { return Vec::new() };
    let parts: Vec<&str> = repository.prefix().split('/').filter(|part| !part.is_empty()).collect();
    let mut found = Vec::new();
    for depth in 0..parts.len() {
        let folder = parts.iter().take(depth).fold(top.to_path_buf(), |folder, part| folder.join(part));
        let text = FILE_NAMES.iter().find_map(|name| Some((name, std::fs::read_to_string(folder.join(name)).ok()?)));
        if let Some((name, text)) = text {
            let below = parts.get(depth..).unwrap_or_default().join("/");
            found.push(Parent { path: format!("{}{name}", "../".repeat(parts.len() - depth)), below, text });
        }
    }
    found
}

/// Reads all configuration files. `parents` are those above the root, outermost first. Sources are added to `sources`.
pub(in crate::engine) fn read(
    files: &dyn Files,
    choice: &ConfigChoice,
    parents: &[Parent],
    sources: &mut Sources,
) -> Result<Config, Failure> {
    let mut loader = Loader { files, sources, config: Config::default(), problems: Vec::new() };
    match choice {
        ConfigChoice::Nothing => {}
        ConfigChoice::Text(path, text) => loader.load(path, text.clone(), &Scope::default(), &mut Vec::new()),
        ConfigChoice::Found => {
            for parent in parents {
                let scope = Scope { folder: String::new(), above: parent.below.clone() };
                loader.load(&parent.path, parent.text.clone(), &scope, &mut Vec::new());
            }
            for path in found(files) {
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
                match loader.text(&path) {
                    Ok(text) => loader.load(&path, text, &Scope { folder, above: String::new() }, &mut Vec::new()),
                    Err(reason) => loader.problems.push(format!("{path}: {reason}")),
                }
            }
        }
    }
    match loader.problems.is_empty() {
        true => Ok(loader.config),
        false => Err(Failure(loader.problems)),
    }
}

/// The configuration files of a tree, folders above first. Of two names in one folder, the one without the dot counts.
fn found(files: &dyn Files) -> Vec<String> {
    let mut paths: Vec<String> = files.list().named(&FILE_NAMES).map(str::to_owned).collect();
    let folder = |path: &String| path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    paths.sort_by_key(|path| (path.matches('/').count(), folder(path), path.rsplit('/').next() != Some(FILE_NAMES[0])));
    paths.dedup_by_key(|path| folder(path));
    paths
}

struct Loader<'f, 's> {
    files: &'f dyn Files,
    sources: &'s mut Sources,
    config: Config,
    problems: Vec<String>,
}

impl Loader<'_, '_> {
    fn text(&self, path: &str) -> Result<String, String> {
        let bytes = self.files.read(path).map_err(|error| error.0)?;
        String::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())
    }

    /// Reads one file and, before it, what it extends. `chain` holds the files that led here.
    fn load(&mut self, path: &str, text: String, scope: &Scope, chain: &mut Vec<String>) {
        let source = self.sources.add(path, text.as_str());
        let mut reader = Reader::new(source);
        let (table, errors) = DeTable::parse_recoverable(&text);
        for error in &errors {
            reader.syntax(error.span().unwrap_or(0..0), error.message().trim_end().replace('\n', ", "));
        }
        let root = Section { name: "the file".into(), range: 0..0, entries: table.get_ref() };
        let (layer, allows, extends) = sections::read(&mut reader, &root, scope);
        chain.push(path.to_owned());
        if let Some(extends) = extends {
            self.extend(path, &extends, scope, chain, &mut reader);
        }
        chain.pop();
        self.problems.extend(reader.finish(self.sources));
        self.config.layers.push(Layer { path: path.to_owned(), ..layer });
        self.config.allows.extend(allows);
    }

    fn extend(&mut self, from: &str, extends: &Spanned<String>, scope: &Scope, chain: &mut Vec<String>, reader: &mut Reader) {
        let target = &extends.value;
        let wrong = if target.contains("://") {
            Err(format!("`extends` names a file of this repository; `{target}` is an address"))
        } else {
            match files::resolve(from, target) {
                None => Err(format!("`{target}` lies outside of the root")),
                Some(path) if chain.contains(&path) => Err(match path == from {
                    true => "the file extends itself".to_owned(),
                    false => format!("the file extends itself: {} extends {path}", chain.join(" extends ")),
                }),
                Some(_) if chain.len() >= LONGEST_CHAIN => Err(format!("more than {LONGEST_CHAIN} files extend each other")),
                Some(path) => {
                    self.text(&path).map(|text| (path, text)).map_err(|reason| format!("cannot read `{target}`: {reason}"))
                }
            }
        };
        match wrong {
            Ok((path, text)) => self.load(&path, text, scope, chain),
            Err(problem) => reader.problem(extends.span.range(), problem),
        }
    }
}
