//! Finds the configuration files of a run, and follows `extends`.

use super::above::Above;
use super::reader::{Reader, Section};
use super::{Config, FILE_NAMES, Layer, Scope, presets, sections, targets, written};
use crate::engine::{ConfigChoice, Failure};
use crate::files::Files;
use crate::source::{Sources, Spanned};
use std::path::{Component, Path, PathBuf};
use toml::de::DeTable;

/// How many files may extend each other in a row.
const LONGEST_CHAIN: usize = 16;

/// Why a configuration is refused: every problem of it, ready to be printed, and what it says apart from them.
#[derive(Debug)]
pub(in crate::engine) struct Refused {
    pub(in crate::engine) config: Config,
    pub(in crate::engine) problems: Vec<String>,
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Failure {
        Failure(refused.problems)
    }
}

/// Reads all configuration files, those above the root too. Sources are added to `sources`.
pub(in crate::engine) fn read(
    files: &dyn Files,
    choice: &ConfigChoice,
    above: &Above,
    sources: &mut Sources,
) -> Result<Config, Refused> {
    let is_named = matches!(choice, ConfigChoice::Text(..));
    let mut loader = Loader { files, above, is_named, sources, config: Config::default(), problems: Vec::new() };
    match choice {
        ConfigChoice::Nothing => {}
        ConfigChoice::Text(path, text) => loader.load(path, text.clone(), &Scope::default(), &mut Vec::new()),
        ConfigChoice::Found => {
            for parent in above.files(&FILE_NAMES) {
                let scope = Scope { folder: String::new(), above: parent.below };
                loader.load(&parent.path, parent.text, &scope, &mut Vec::new());
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
    let Loader { config, problems, .. } = loader;
    if problems.is_empty() { Ok(config) } else { Err(Refused { config, problems }) }
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
    above: &'f Above,
    /// Whether the command line names the file, so that its path is one of the disk and not of the run.
    is_named: bool,
    sources: &'s mut Sources,
    config: Config,
    problems: Vec<String>,
}

impl Loader<'_, '_> {
    fn text(&self, path: &str) -> Result<String, String> {
        if path.starts_with("../") {
            return self.above.read(path);
        }
        let bytes = self.files.read(path).map_err(|error| error.0)?;
        String::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())
    }

    /// Reads one file and, before it, what it starts from and extends. `chain` holds the files that led here.
    fn load(&mut self, path: &str, text: String, scope: &Scope, chain: &mut Vec<String>) {
        let source = self.sources.add(path, text.as_str());
        let mut reader = Reader::new(source);
        let (table, errors) = DeTable::parse_recoverable(&text);
        for error in &errors {
            reader.syntax(error.span().unwrap_or(0..0), error.message().trim_end().replace('\n', ", "));
        }
        let root = Section { name: "the file".into(), range: 0..0, entries: table.get_ref() };
        let read = sections::read(&mut reader, &root, scope, path);
        self.config.layers.extend(read.preset.and_then(|preset| presets::layer(&preset, scope)));
        chain.push(path.to_owned());
        if let Some(extends) = read.extends {
            self.extend(path, &extends, scope, chain, &mut reader);
        }
        chain.pop();
        self.problems.extend(reader.finish(self.sources));
        let (written, targets) = (written::all(source, &root), targets::stated(source, &root));
        self.config.layers.push(Layer { path: path.to_owned(), written, targets, ..read.layer });
        self.config.allows.extend(read.allows);
    }

    fn extend(&mut self, from: &str, extends: &Spanned<String>, scope: &Scope, chain: &mut Vec<String>, reader: &mut Reader) {
        match self.extended(from, &extends.value, chain) {
            Ok((path, text)) => self.load(&path, text, scope, chain),
            Err(problem) => reader.problem(extends.span.range(), problem),
        }
    }

    /// The path and the text of the file that another one extends.
    fn extended(&self, from: &str, target: &str, chain: &[String]) -> Result<(String, String), String> {
        if target.contains("://") {
            return Err(format!("`extends` names a file of this repository; `{target}` is an address"));
        }
        let path = match self.is_named {
            true => beside(from, target),
            false => self.above.resolve(from, target).ok_or_else(|| format!("`{target}` lies outside of the repository"))?,
        };
        if path == from {
            return Err("the file extends itself; take this line out".to_owned());
        }
        if chain.contains(&path) {
            return Err(format!(
                "the file extends itself: {} extends {path}; take one of these lines out",
                chain.join(" extends ")
            ));
        }
        if chain.len() >= LONGEST_CHAIN {
            return Err(format!("more than {LONGEST_CHAIN} files extend each other"));
        }
        let text = match self.is_named {
            true => std::fs::read_to_string(&path).map_err(|error| error.to_string()),
            false => self.text(&path),
        };
        text.map(|text| (path, text)).map_err(|reason| format!("cannot read `{target}`: {reason}"))
    }
}

/// A path of the disk as one file there names another.
fn beside(from: &str, target: &str) -> String {
    let folder = Path::new(from).parent().unwrap_or(Path::new(""));
    let mut parts = PathBuf::new();
    for part in folder.join(target).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(parts.components().next_back(), Some(Component::Normal(_))) => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.to_string_lossy().into_owned()
}
