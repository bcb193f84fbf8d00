//! Files of Python in which settings of Celery stand.

use super::is_worker;
use crate::discover::left_out;
use crate::documents::python::{self, Binding, Script};
use crate::files;
use crate::model::Workspace;
use crate::model::runtime::profile::{Profile, profile};
use crate::model::runtime::service::Service;
use crate::model::runtime::tables::tables;
use crate::source::{SourceId, Span};
use memchr::memmem;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Files of settings that are looked at.
const MOST: usize = 300;
/// Files that are asked whether they name what no file of settings says.
const MOST_ASKED: usize = 20_000;

/// What is asked for, by the words of `[celery]` in `data/defaults.toml`.
const KEYS: [&str; 5] = ["acks_late", "time_limit", "visibility_timeout", "options", "broker"];

/// What a repository says of Celery in Python.
#[derive(Debug, Clone, Default)]
pub(in crate::model::runtime) struct CeleryFiles {
    /// The files, in order of path.
    pub(super) all: Vec<CeleryFile>,
    /// Whether no code at all names what tells the broker when to show a task again, so that its default counts.
    pub(super) has_default: bool,
}

/// A file of Python that sets something of Celery.
#[derive(Debug, Clone)]
pub(super) struct CeleryFile {
    pub(super) path: String,
    pub(super) profile: Profile,
    /// The folder of the application, as far as a file that every project has says it.
    pub(super) root: String,
    /// Whether its names begin with `CELERY_`, as those of Django projects do.
    pub(super) is_prefixed: bool,
    /// Whether it takes settings from where nobody sees them.
    pub(super) is_open: bool,
    /// How many applications of Celery it makes.
    pub(super) applications: usize,
    /// What it says under each of the keys, each time that it does.
    pub(super) said: BTreeMap<&'static str, Vec<Said>>,
}

/// What a file says.
#[derive(Debug, Clone)]
pub(super) enum Said {
    /// A value, and where.
    Value(String, Span),
    /// What a variable holds, else this.
    Variable(String, Option<String>, Span),
    /// Something that is worked out.
    Unread(Span),
}

/// Reads every file, where anything of the repository is Celery's.
pub(in crate::model::runtime) fn read(workspace: &mut Workspace, services: &[Service]) -> CeleryFiles {
    let paths: Vec<String> = workspace.paths_like(may_say).take(MOST + 1).map(str::to_owned).collect();
    let is_used = paths.iter().any(|path| last(path).starts_with("celery")) || services.iter().any(is_worker);
    // Of too many, one that is not read could say another thing.
    if !is_used || paths.len() > MOST {
        return CeleryFiles::default();
    }
    let texts: BTreeMap<String, _> =
        workspace.load_texts(&paths).into_iter().map(|(path, source, text)| (path, (source, text))).collect();
    let is_of_celery = |path: &str, text: &str| {
        last(path).starts_with("celery") || ["celery", "CELERY", "task_acks_late"].iter().any(|word| text.contains(word))
    };
    let mut left: Vec<&str> =
        texts.iter().filter(|(path, (_, text))| is_of_celery(path, text)).map(|(path, _)| path.as_str()).collect();
    let (mut reached, mut all) = (BTreeSet::new(), Vec::new());
    // What such a file takes every name from speaks for it too.
    while let Some(path) = left.pop() {
        let Some((source, text)) = texts.get(path).filter(|_| reached.insert(path)) else { continue };
        let script = python::read(text);
        let taken: Vec<Option<&str>> = script.stars.iter().map(|module| module_path(path, module, &texts)).collect();
        let file = CeleryFile {
            profile: profile(path, &[]),
            root: root(workspace, path),
            is_prefixed: text.contains("CELERY_TASK_") || text.contains("CELERY_ACKS_LATE"),
            is_open: script.is_open || taken.contains(&None) || takes_more(text, &script, &texts),
            applications: script.bindings.iter().filter(|one| calls_celery(one.value)).count(),
            said: said(*source, &script, last(path).starts_with("celery")),
            path: path.to_owned(),
        };
        if !file.said.is_empty() || file.is_open || file.applications > 0 {
            all.push(file);
        }
        left.extend(taken.into_iter().flatten());
    }
    all.sort_by(|a, b| a.path.cmp(&b.path));
    let has_default = texts.len() == paths.len() && is_confirmed_late(&all, services) && !is_named(workspace);
    CeleryFiles { all, has_default }
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What files of settings are called.
struct Names {
    /// One of these words stands in the name of the file, or is that of its folder.
    words: &'static [String],
    in_name: Vec<memmem::Finder<'static>>,
    /// Whole names.
    files: &'static [String],
}

/// Whether a file is one in which settings are kept. Asked of every path of a repository.
fn may_say(path: &str) -> bool {
    static NAMES: OnceLock<Names> = OnceLock::new();
    if !path.ends_with(".py") {
        return false;
    }
    let names = NAMES.get_or_init(|| {
        let [words, files] = ["file_words", "files"].map(|key| tables().words("celery", key));
        Names { words, in_name: words.iter().map(memmem::Finder::new).collect(), files }
    });
    // Byte by byte from the end: names are short.
    let start = |before: &str| before.bytes().rposition(|byte| byte == b'/').map_or(0, |at| at + 1);
    let (above, name) = path.split_at(start(path));
    let above = above.strip_suffix('/').unwrap_or(above);
    let folder = above.get(start(above)..).unwrap_or("");
    let has_word =
        names.in_name.iter().any(|word| word.find(name.as_bytes()).is_some()) || names.words.iter().any(|word| word == folder);
    (has_word || names.files.iter().any(|file| file == name)) && left_out(path).is_none()
}

/// Whether a file is Python of the project itself.
fn is_python(path: &str) -> bool {
    path.ends_with(".py") && left_out(path).is_none()
}

/// Whether anything says that a task is confirmed when it is done: without that nobody asks for the default.
fn is_confirmed_late(files: &[CeleryFile], services: &[Service]) -> bool {
    let names = tables().words("celery", "acks_late");
    files.iter().any(|file| file.said.contains_key("acks_late"))
        || services.iter().any(|service| names.iter().any(|name| service.environment.named(name).is_some()))
}

/// Whether any code names what tells the broker when to show a task again.
fn is_named(workspace: &Workspace) -> bool {
    let paths: Vec<String> = workspace.paths_like(is_python).take(MOST_ASKED + 1).map(str::to_owned).collect();
    let words = ["visibility_timeout", "VISIBILITY_TIMEOUT", "transport_options", "TRANSPORT_OPTIONS"].map(memmem::Finder::new);
    paths.len() > MOST_ASKED
        || workspace.scan(&paths, |bytes| words.iter().any(|word| word.find(bytes).is_some())).contains(&true)
}

/// The folder that a file's application has for its own; the top one where none is seen.
fn root(workspace: &Workspace, path: &str) -> String {
    let marks = tables().words("celery", "roots");
    let folders = path.match_indices('/').rev().filter_map(|(end, _)| path.get(..end));
    let is_root = |folder: &&str| marks.iter().any(|mark| workspace.exists(&format!("{folder}/{mark}")));
    folders.into_iter().find(is_root).unwrap_or("").to_owned()
}

/// The file that a module is, among those that are looked at: `.base`, `shop.settings.base`. `None` where there is none, or several.
fn module_path<'t, T>(from: &str, module: &str, texts: &'t BTreeMap<String, T>) -> Option<&'t str> {
    let name = module.trim_start_matches('.');
    let path = name.replace('.', "/");
    if name.len() == module.len() {
        let is_it = |one: &&str| {
            let stem = one.strip_suffix("/__init__.py").or(one.strip_suffix(".py")).unwrap_or(one);
            stem.strip_suffix(path.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        let mut found = texts.keys().map(String::as_str).filter(is_it);
        return found.next().filter(|_| found.next().is_none());
    }
    let up = "../".repeat(module.len() - name.len() - 1);
    let candidates = [format!("{up}{path}.py"), format!("{up}{path}/__init__.py")];
    candidates.iter().find_map(|one| Some(texts.get_key_value(&files::resolve(from, one)?)?.0.as_str()))
}

/// Whether settings are handed over that stand in no file that is looked at: `app.config_from_object("elsewhere")`,
/// `app.conf.update(options)`.
fn takes_more<T>(text: &str, script: &Script<'_>, texts: &BTreeMap<String, T>) -> bool {
    let arguments = |call: &'static str| {
        text.match_indices(call)
            .map(move |(at, _)| text.get(at + call.len()..).unwrap_or("").split([',', ')']).next().unwrap_or("").trim())
    };
    let stem =
        |path: &String| path.trim_end_matches("/__init__.py").trim_end_matches(".py").rsplit('/').next().map(str::to_owned);
    let stems: BTreeSet<String> = texts.keys().filter_map(stem).collect();
    let is_seen = |name: &str| {
        name == "__name__"
            || stems.contains(name)
            || text.contains(&format!("class {name}"))
            || (name == "settings" && text.contains("django.conf"))
    };
    let is_dictionary = |name: &str| {
        script.bindings.iter().any(|one| one.path == name && (one.value.starts_with('{') || one.value.starts_with("dict(")))
    };
    let is_written = |argument: &str| {
        let argument =
            argument.lines().map(str::trim_start).find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or("");
        argument.is_empty()
            || argument.starts_with('{')
            || (argument.contains('=') && !argument.starts_with('*'))
            || is_dictionary(argument.trim_start_matches('*'))
    };
    text.contains("config_from_envvar(")
        || arguments("config_from_object(").any(|one| !one.trim_matches(['"', '\'']).split(['.', ':']).any(is_seen))
        || arguments(".conf.update(").any(|one| !is_written(one))
}

/// Whether a value is an application of Celery.
fn calls_celery(value: &str) -> bool {
    value.split_once('(').is_some_and(|(name, _)| last_part(name) == "Celery")
}

/// The last part of a name.
fn last_part(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn said(source: SourceId, script: &Script<'_>, is_celerys: bool) -> BTreeMap<&'static str, Vec<Said>> {
    let mut found: BTreeMap<&'static str, Vec<Said>> = BTreeMap::new();
    for one in &script.bindings {
        if let Some(key) = key(one, is_celerys) {
            found.entry(key).or_default().push(value(source, one));
        }
    }
    found
}

/// What a binding is a setting of. `is_celerys`: in a file that is called for Celery every name is one of its settings.
fn key(one: &Binding<'_>, is_celerys: bool) -> Option<&'static str> {
    let is_one = |key: &str, name: &str| tables().words("celery", key).iter().any(|word| word == name);
    let key = KEYS.into_iter().find(|key| is_one(key, one.name()))?;
    let of = last_part(one.of);
    let is_meant = match key {
        "visibility_timeout" if one.in_brackets => is_one("options", of) || one.of.ends_with("conf.update"),
        "visibility_timeout" => is_celerys || one.path.contains("conf.") || one.path.contains("VISIBILITY"),
        "broker" if one.path == "broker" => of == "Celery",
        // What is said of one task says nothing of the others.
        _ => !one.in_brackets || !of.ends_with("task"),
    };
    is_meant.then_some(key)
}

fn value(source: SourceId, one: &Binding<'_>) -> Said {
    let span = Span::new(source, one.start, one.end);
    let literal = |text: &str| {
        let is_truth = matches!(text, "True" | "False");
        let number = python::number(text).map(|number| number.to_string());
        number.or_else(|| python::string(text).map(str::to_owned)).or_else(|| is_truth.then(|| text.to_owned()))
    };
    if one.may_not_run {
        return Said::Unread(span);
    }
    match (literal(one.value), python::variable(one.value)) {
        (Some(text), _) => Said::Value(text, span),
        (None, Some((name, default))) => Said::Variable(name.to_owned(), default.and_then(literal), span),
        (None, None) => Said::Unread(span),
    }
}
