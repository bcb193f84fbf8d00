//! Clients in the repository of an interface that only the house calls: where they call an operation whose answers lost something,
//! where they still name what is lost, and whether anything in the repository does.
//!
//! No code is parsed. A file is a client's where it says the path of the operation beside a word that sends requests, and no word that
//! serves them; what else the client is made of lies in the folder of its project. That nothing names a property is said of every file
//! of the repository, the server's own apart. What is absent: who calls from other repositories.

mod called;
mod lost;

use super::Workspace;
use super::api::{Api, Removal};
use super::boundaries::project;
use super::mentions::{is_code, is_own, may_run};
use crate::discover::generated;
use crate::files::is_within;
use crate::source::Span;
use aho_corasick::AhoCorasick;
use called::{Call, Called};
use lost::{Lost, Names, Told};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Larger files are no code that people write.
const LARGEST: usize = 1 << 20;

/// Files larger than this are not searched for names: they may have any.
const LARGEST_SEARCHED: u64 = 1 << 24;

/// Where more files than these may have a name, they are not searched.
const MOST_FILES: usize = 50_000;

/// So many places are kept for each object.
const MOST_PLACES: usize = 3;

/// What clients in the repository say of objects that lost properties.
#[derive(Debug, Clone, Default)]
pub struct Callers {
    found: BTreeMap<Key, Calls>,
}

/// The document, the operation, and the object.
type Key = (String, String, String);

/// What they say of one.
#[derive(Debug, Clone, Default)]
pub struct Calls {
    /// The first place at which a client calls the operation.
    pub call: Option<Span>,
    /// The first places at which a client names a lost property, in order of path.
    pub named: Vec<Span>,
    /// Whether anything in the repository that may be a client's, or could not be searched, has such a word, whatever it stands for
    /// there.
    pub may_name: bool,
}

impl Callers {
    /// What is said of an object; `None` where nobody looked, or no client was found.
    pub fn of(&self, removal: &Removal) -> Option<&Calls> {
        self.found.get(&key(removal)).filter(|calls| calls.call.is_some())
    }
}

fn key(removal: &Removal) -> Key {
    let operation = removal.operation;
    (operation.document().path().to_owned(), operation.subject(), removal.name.clone())
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    screens: Vec<String>,
    silent: Vec<String>,
    shared: Vec<String>,
    sends: Vec<String>,
    declares: Vec<String>,
    serves: Vec<String>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| toml::from_str(include_str!("../../data/callers.toml")).unwrap_or_default())
}

/// Looks for the clients of what lost something since `base`, in the documents that `is_internal` names.
pub fn read(mut workspace: Workspace, head: &Api, base: &Api, is_internal: &dyn Fn(&str) -> bool) -> Callers {
    let (_, removals) = head.removals_since(base);
    let removals: Vec<Removal> = removals.into_iter().filter(|one| is_internal(one.operation.document().path())).collect();
    if removals.is_empty() {
        return Callers::default();
    }
    let code: Vec<String> =
        workspace.paths().iter().filter(|path| is_code(path) || is_screen(path) && is_own(path)).map(str::to_owned).collect();
    let finder = Finder::of(&removals);
    let seen = workspace.scan(&code, |bytes| finder.looked_at(bytes));
    let clients: Vec<Client> = (0..removals.len()).map(|at| Client::of(at, &code, &seen, &workspace)).collect();
    if clients.iter().all(|client| client.first.is_none()) {
        return Callers::default();
    }
    let serving: Vec<&String> = code.iter().zip(&seen).filter(|(_, seen)| seen.serves).map(|(path, _)| path).collect();
    let servers: BTreeSet<(&str, &str)> = serving.iter().map(|path| (project(path, &workspace), ending(path))).collect();
    let (names, lost) = Names::of(&removals);
    let searched = searched(head, &workspace);
    let told = searched.as_ref().map(|paths| search(paths, &names, &workspace)).unwrap_or_default();
    let is_searched = searched.is_some() && told.iter().all(Option::is_some);
    // Most files say nothing.
    let told: Vec<(&String, &str, Vec<Told>)> = searched
        .iter()
        .flatten()
        .zip(told)
        .filter_map(|(path, told)| Some((path, told?)))
        .filter(|(_, told)| !told.is_empty())
        .map(|(path, told)| (path, project(path, &workspace), told))
        .collect();
    let mut callers = Callers::default();
    for ((removal, client), lost) in removals.iter().zip(&clients).zip(&lost) {
        let Some((first, call)) = client.first else { continue };
        let Ok(source) = workspace.source(first) else { continue };
        let call = Some(Span::new(source, call.start, call.end));
        let mut calls = Calls { call, named: Vec::new(), may_name: !is_searched };
        let own: Vec<&str> =
            client.homes.iter().copied().filter(|home| !serving.iter().any(|path| is_within(home, path))).collect();
        for (path, home, told) in &told {
            let of_it =
                || lost.iter().flat_map(|lost| told.iter().filter(|one| one.name == lost.name).map(move |one| (lost, one)));
            if of_it().next().is_none() {
                continue;
            }
            calls.may_name |= !client.is_server(home, path, &servers);
            if calls.named.len() < MOST_PLACES && client.is_part(path, &own) {
                let Ok(source) = workspace.source(path) else { continue };
                let text = workspace.text(source);
                let meant = of_it().flat_map(|(lost, one)| meant(lost, one, text.as_bytes()));
                let meant: BTreeSet<(usize, usize)> = meant.collect();
                let left = MOST_PLACES - calls.named.len();
                calls.named.extend(meant.into_iter().take(left).map(|(start, end)| Span::new(source, start, end)));
            }
        }
        callers.found.insert(key(removal), calls);
    }
    callers
}

/// The fields that are a lost property.
fn meant<'t>(lost: &'t Lost, told: &'t Told, bytes: &'t [u8]) -> impl Iterator<Item = (usize, usize)> + 't {
    told.fields.iter().copied().filter(|(start, _)| lost.is_meant(bytes, *start))
}

/// The files in which a client may name a property: all that may run, but for the documents themselves. `None`: they are too many.
fn searched(head: &Api, workspace: &Workspace) -> Option<Vec<String>> {
    let documents: BTreeSet<&str> = head.sources().map(|source| workspace.sources().path(source)).collect();
    let may_name =
        |path: &&str| may_run(path) && !documents.contains(path) && !table().silent.iter().any(|one| one == ending(path));
    let paths: Vec<String> = workspace.paths().iter().filter(may_name).map(str::to_owned).collect();
    (paths.len() <= MOST_FILES).then_some(paths)
}

/// What each file says of the names; `None` where it could not be searched.
fn search(paths: &[String], names: &Names, workspace: &Workspace) -> Vec<Option<Vec<Told>>> {
    workspace.scan_up_to(LARGEST_SEARCHED, paths, |path, bytes| {
        let mut told = names.told(bytes?)?;
        // What is generated from the document names what it names until it is made anew.
        let text = || String::from_utf8_lossy(bytes.unwrap_or_default());
        if !told.is_empty() && generated::of(path, &text(), |_| false).is_some() {
            told.clear();
        }
        Some(told)
    })
}

/// The client of an operation, as far as it lies in the repository.
struct Client<'p> {
    /// The first place that calls it for sure.
    first: Option<(&'p str, Call)>,
    /// The files that call it, or one that looks like it.
    calling: BTreeSet<&'p str>,
    /// The projects of these.
    homes: BTreeSet<&'p str>,
}

impl<'p> Client<'p> {
    fn of(at: usize, code: &'p [String], seen: &[Seen], workspace: &Workspace) -> Client<'p> {
        let clients = code.iter().zip(seen).filter(|(_, seen)| !seen.serves);
        let calling: Vec<(&str, Call)> = clients
            .filter_map(|(path, seen)| {
                let named = || seen.names.get(&at).filter(|_| is_screen(path));
                Some((path.as_str(), *seen.calls.get(&at).or_else(named)?))
            })
            .collect();
        let first = calling.iter().find(|(_, call)| call.sure).copied();
        let homes = calling.iter().map(|(path, _)| project(path, workspace)).collect();
        Client { first, calling: calling.into_iter().map(|(path, _)| path).collect(), homes }
    }

    /// Whether a file is a part of it. A project that serves the operation too has a client within it: of that only the files count
    /// that call, and those that draw.
    fn is_part(&self, path: &str, own: &[&str]) -> bool {
        let is_within = |home: &&str| is_within(home, path);
        let is_code = is_code(path) || is_screen(path) && is_own(path);
        let calls = || self.calling.contains(path) || is_screen(path);
        is_code && (own.iter().any(is_within) || self.homes.iter().any(is_within) && calls())
    }

    /// Whether a file is the server's alone: it lies in the project, and is of the language, of a file that serves the operations, and
    /// nothing there calls. In the project of the root stands what others share too.
    fn is_server(&self, home: &str, path: &str, servers: &BTreeSet<(&str, &str)>) -> bool {
        let ending = ending(path);
        let is_shared = || {
            home.is_empty()
                && (table().shared.iter().any(|one| one == ending)
                    || self.calling.iter().any(|path| self::ending(path) == ending))
        };
        servers.contains(&(home, ending)) && !self.homes.contains(home) && !is_shared()
    }
}

/// What one file says.
#[derive(Default)]
struct Seen {
    /// Whether it serves requests, and says one of the paths.
    serves: bool,
    /// Where it says the path of an operation beside a word that sends requests, by removal.
    calls: BTreeMap<usize, Call>,
    /// Where it says the id of an operation, by removal.
    names: BTreeMap<usize, Call>,
}

/// Finds the operations in a file.
struct Finder {
    called: Vec<Called>,
    /// Of each needle, the operation that it belongs to.
    owners: Vec<usize>,
    needles: Option<AhoCorasick>,
}

impl Finder {
    fn of(removals: &[Removal]) -> Finder {
        let called: Vec<Called> = removals.iter().map(|one| Called::of(one.operation)).collect();
        let needles = called.iter().enumerate().flat_map(|(at, one)| one.needles().map(move |needle| (at, needle)));
        let (owners, needles): (Vec<usize>, Vec<&str>) = needles.unzip();
        let needles = AhoCorasick::new(needles).ok();
        Finder { called, owners, needles }
    }

    fn looked_at(&self, bytes: &[u8]) -> Seen {
        let mut seen = Seen::default();
        let Some(needles) = self.needles.as_ref().filter(|_| bytes.len() <= LARGEST) else { return seen };
        let hits = needles.find_overlapping_iter(bytes).filter_map(|hit| self.owners.get(hit.pattern().as_usize()));
        let near: BTreeSet<usize> = hits.copied().collect();
        if near.is_empty() {
            return seen;
        }
        let says = Says::of(bytes);
        for at in near {
            let Some(one) = self.called.get(at) else { continue };
            let call = if says.sends || says.serves { one.path_in(bytes) } else { None };
            seen.serves |= call.is_some() && says.serves;
            seen.calls.extend(call.filter(|_| says.sends).map(|call| (at, call)));
            let name = one.id_in(bytes);
            seen.serves |= name.is_some() && says.serves;
            seen.names.extend(name.map(|name| (at, name)));
        }
        seen
    }
}

/// What the words of a file say that it does.
struct Says {
    sends: bool,
    serves: bool,
}

impl Says {
    fn of(bytes: &[u8]) -> Says {
        static WORDS: OnceLock<Option<AhoCorasick>> = OnceLock::new();
        let Table { sends, declares, serves, .. } = table();
        let words = WORDS.get_or_init(|| AhoCorasick::new(sends.iter().chain(declares).chain(serves)).ok());
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let begins = |at: usize| {
            let before = at.checked_sub(1).and_then(|at| bytes.get(at));
            !before.is_some_and(is_part) || !bytes.get(at).is_some_and(is_part)
        };
        let hits = words.iter().flat_map(|words| words.find_overlapping_iter(bytes)).filter(|hit| begins(hit.start()));
        let found: BTreeSet<usize> = hits.map(|hit| hit.pattern().as_usize()).collect();
        let servers = sends.len() + declares.len();
        let is_declared = found.range(sends.len()..servers).next().is_some();
        Says {
            sends: is_declared || found.range(..sends.len()).next().is_some(),
            serves: !is_declared && found.range(servers..).next().is_some(),
        }
    }
}

fn is_screen(path: &str) -> bool {
    table().screens.iter().any(|one| one == ending(path))
}

fn ending(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, ending)| ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads() {
        let read: Result<Table, _> = toml::from_str(include_str!("../../data/callers.toml"));
        assert!(read.as_ref().is_ok_and(|table| !table.sends.is_empty() && !table.serves.is_empty()), "{read:?}");
    }

    #[test]
    fn words_count_where_they_begin() {
        let says = |text: &str| {
            let Says { sends, serves } = Says::of(text.as_bytes());
            (sends, serves)
        };
        for text in
            ["router.push(x)", "useRouter()", "<BrowserRouter()>", "plugin.Default", "login.New(", "sky.get()", "forgot.get()"]
        {
            assert_eq!(says(text), (false, false), "{text}");
        }
        for text in ["router.get(\"/x\")", "r := gin.Default()", "const a = express.Router()", "@GetMapping", "[HttpGet(\"x\")]"]
        {
            assert_eq!(says(text), (false, true), "{text}");
        }
        for text in
            ["await fetch(x)", "this.$http.get", "window.fetch(x)", "got.get(x)", "@FeignClient interface A { @GetMapping }"]
        {
            assert_eq!(says(text), (true, false), "{text}");
        }
    }
}
