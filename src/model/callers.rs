//! Clients in the repository of an interface that only the house calls: where they call an operation whose answers lost something, and
//! where they still name what is lost.
//!
//! No code is parsed. A file is a client's where it says the path of the operation beside a word that sends requests, and no word that
//! serves them; what else the client is made of lies in the folder of its project. What is absent: who calls from other repositories.

use super::api::{Api, OperationRef, Removal};
use super::mentions::{as_word, is_code, is_own, is_telling, spellings};
use super::{Workspace, words};
use crate::discover::generated;
use crate::discover::names::listed;
use crate::source::Span;
use memchr::memmem;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Larger files are no code that people write.
const LARGEST: usize = 1 << 20;

/// So many places are kept for each object.
const MOST_PLACES: usize = 3;

/// How far behind the type of its object a property with a plain name may stand, in bytes.
const NEAR: usize = 600;

/// How far apart the parts of a path may stand where code puts a value between them, in bytes.
const APART: usize = 80;

/// What clients in the repository say of objects that lost properties.
#[derive(Debug, Clone, Default)]
pub struct Callers {
    found: BTreeMap<(String, String), Calls>,
}

/// What they say of one.
#[derive(Debug, Clone, Default)]
pub struct Calls {
    /// The first place at which a client calls the operation.
    pub call: Option<Span>,
    /// The first places at which a client names a lost property, in order of path.
    pub named: Vec<Span>,
    /// Whether a client has such a word anywhere, whatever it stands for there.
    pub may_name: bool,
}

impl Callers {
    /// What is said of an object; `None` where nobody looked, or no client was found.
    pub fn of(&self, removal: &Removal) -> Option<&Calls> {
        self.found.get(&key(removal)).filter(|calls| calls.call.is_some())
    }
}

fn key(removal: &Removal) -> (String, String) {
    (removal.operation.subject(), removal.name.clone())
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    screens: Vec<String>,
    sends: Vec<String>,
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
    let mut callers = Callers::default();
    if removals.is_empty() {
        return callers;
    }
    let code: Vec<String> =
        workspace.paths().iter().filter(|path| is_code(path) || is_screen(path) && is_own(path)).map(str::to_owned).collect();
    let paths: Vec<Called> = removals.iter().map(|one| Called::of(one.operation)).collect();
    let seen = workspace.scan(&code, |bytes| looked_at(bytes, &paths));
    for (at, removal) in removals.iter().enumerate() {
        let clients = code.iter().zip(&seen).filter(|(_, seen)| !seen.serves);
        let calling: Vec<(&String, Call)> = clients
            .filter_map(|(path, seen)| {
                let named = || seen.names.get(at).copied().flatten().filter(|_| is_screen(path));
                Some((path, seen.calls.get(at).copied().flatten().or_else(named)?))
            })
            .collect();
        let Some((first, call)) = calling.iter().find(|(_, call)| call.sure).copied() else { continue };
        let Ok(source) = workspace.source(first) else { continue };
        let mut calls = Calls { call: Some(Span::new(source, call.start, call.end)), ..Calls::default() };
        let homes: BTreeSet<&str> = calling.iter().map(|(path, _)| project(path, &workspace)).collect();
        // A project that serves the operation too has a client within it: of that only the files are looked at that call.
        let serves = |home: &str| code.iter().zip(&seen).any(|(path, seen)| seen.serves && is_within(path, home));
        let (mixed, own): (BTreeSet<&str>, BTreeSet<&str>) = homes.into_iter().partition(|home| serves(home));
        let is_client = |path: &String| {
            let calls = calling.iter().any(|(calling, _)| *calling == path);
            own.iter().any(|home| is_within(path, home))
                || mixed.iter().any(|home| is_within(path, home)) && (calls || is_screen(path))
        };
        let client: Vec<String> = code.iter().filter(|path| is_client(path)).cloned().collect();
        let lost: Vec<Lost> = removal.lost.iter().map(|property| Lost::new(property.name, removal)).collect();
        let told = workspace.scan(&client, |bytes| if bytes.len() <= LARGEST { mentions(bytes, &lost) } else { Vec::new() });
        for (path, places) in client.iter().zip(told).filter(|(_, places)| !places.is_empty()) {
            let Ok(source) = workspace.source(path) else { continue };
            // What is generated from the document names what it names until it is made anew.
            if generated::of(path, &workspace.text(source), |_| false).is_some() {
                continue;
            }
            calls.may_name = true;
            let sure = places.into_iter().filter(|place| place.sure).map(|place| Span::new(source, place.start, place.end));
            calls.named.extend(sure.take(MOST_PLACES - calls.named.len()));
        }
        callers.found.insert(key(removal), calls);
    }
    callers
}

/// How code names an operation.
struct Called {
    /// The words of its path between parameters: `/users` and `/orders` of `/users/{id}/orders`.
    runs: Vec<String>,
    /// Whether a parameter comes last.
    goes_on: bool,
    /// Its id, where that says by itself what it is.
    id: Option<String>,
}

impl Called {
    fn of(operation: OperationRef) -> Called {
        let path = operation.path();
        let mut runs: Vec<String> = Vec::new();
        let mut is_new = true;
        for part in path.split('/').filter(|part| !part.is_empty()) {
            match runs.last_mut().filter(|_| !is_new) {
                _ if part.contains('{') => is_new = true,
                Some(run) => *run = format!("{run}/{part}"),
                None => {
                    runs.push(format!("/{part}"));
                    is_new = false;
                }
            }
        }
        let id = operation.operation_id().filter(|id| is_telling(id)).map(str::to_owned);
        Called { runs, goes_on: path.trim_end_matches('/').ends_with('}'), id }
    }

    /// Where code says the path: its parts one behind the other, the first in full or without what a base address has. Behind an
    /// address that is put in, that may have further parts, and whether it is the same path is not sure.
    fn path_in(&self, bytes: &[u8]) -> Option<Call> {
        let found = (0..self.runs.len()).find_map(|from| {
            let (first, others) = self.runs.get(from..)?.split_first()?;
            let begins: Vec<usize> = first.match_indices('/').map(|(at, _)| at).collect();
            begins.into_iter().filter_map(|at| first.get(at..)).find_map(|text| {
                let mut places = memmem::find_iter(bytes, text.as_bytes());
                places.find_map(|start| {
                    let mut end = start + text.len();
                    for run in others {
                        let window = bytes.get(end..bytes.len().min(end + APART))?;
                        end += memmem::find(window, run.as_bytes())? + run.len();
                    }
                    let behind_address = start.checked_sub(1).and_then(|at| bytes.get(at)) == Some(&b'}');
                    let is_it = begins_there(bytes, start) && self.ends_there(bytes, end) && (from == 0 || behind_address);
                    is_it.then_some(Call { start, end, sure: from == 0 })
                })
            })
        });
        found.filter(|_| !self.runs.is_empty())
    }

    fn ends_there(&self, bytes: &[u8], end: usize) -> bool {
        let next = bytes.get(end).copied();
        let is_word = next.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        // A slash before the end of the text is one that frameworks leave out.
        let goes_on = next == Some(b'/') && !bytes.get(end + 1).is_some_and(|byte| is_quote(*byte) && !self.goes_on);
        !is_word && goes_on == self.goes_on
    }
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// Whether a path begins at a place: behind a quote, a value that is put in, or an address.
fn begins_there(bytes: &[u8], at: usize) -> bool {
    let before = bytes.get(at.saturating_sub(APART)..at).unwrap_or_default();
    let Some(last) = before.last() else { return false };
    let text = before.rsplit(|byte| is_quote(*byte)).next().unwrap_or_default();
    let host = memmem::find(text, b"://").and_then(|at| text.get(at + 3..));
    is_quote(*last) || *last == b'}' || host.is_some_and(|host| !host.contains(&b'/'))
}

/// A place that calls an operation.
#[derive(Clone, Copy)]
struct Call {
    start: usize,
    end: usize,
    /// Whether it is the operation, and no other one of such a path.
    sure: bool,
}

/// What one file says.
#[derive(Default)]
struct Seen {
    /// Whether it serves requests, and says one of the paths.
    serves: bool,
    /// Where it says the path of each operation beside a word that sends requests.
    calls: Vec<Option<Call>>,
    /// Where it says the id of each operation.
    names: Vec<Option<Call>>,
}

fn looked_at(bytes: &[u8], called: &[Called]) -> Seen {
    if bytes.len() > LARGEST {
        return Seen::default();
    }
    let has = |words: &[String]| words.iter().any(|word| memmem::find(bytes, word.as_bytes()).is_some());
    let by_id = |one: &Called| {
        let id = one.id.as_ref()?;
        as_word(bytes, id).next().map(|start| Call { start, end: start + id.len(), sure: true })
    };
    let mut seen = Seen {
        serves: false,
        calls: called.iter().map(|one| one.path_in(bytes)).collect(),
        names: called.iter().map(by_id).collect(),
    };
    let is_named = seen.calls.iter().chain(&seen.names).any(Option::is_some);
    seen.serves = is_named && has(&table().serves);
    if !has(&table().sends) {
        seen.calls.fill(None);
    }
    seen
}

/// A lost property, and what its object is called where its name alone says little.
struct Lost {
    spellings: Vec<String>,
    companions: Vec<String>,
}

impl Lost {
    fn new(property: &str, removal: &Removal) -> Lost {
        // `Order.lines[]` is a part of an order; what has no name of its own is named after the operation (`GET /orders 200`).
        let last = removal.operation.last_literal().filter(|_| removal.name.contains(' '));
        Lost::beside(property, last.unwrap_or_else(|| removal.name.split(['.', '[']).next().unwrap_or_default()))
    }

    fn beside(property: &str, object: &str) -> Lost {
        let noun = words::noun(object);
        let companions = if is_telling(property) { Vec::new() } else { spellings(&noun).collect() };
        Lost { spellings: spellings(property).collect(), companions }
    }
}

impl Lost {
    /// Whether what a word is a part of is called like the object (`order.note`, `selectedOrder?.note`), or its type is named not far before
    /// (`interface Order { note: string }`).
    fn is_of(&self, bytes: &[u8], start: usize) -> bool {
        let before = bytes.get(..start).unwrap_or_default();
        if let Some(holder) = before.strip_suffix(b".") {
            let holder = holder.trim_ascii_end();
            let holder = holder.strip_suffix(b"?").or(holder.strip_suffix(b"!")).unwrap_or(holder).to_ascii_lowercase();
            return self.companions.iter().any(|name| holder.ends_with(name.to_ascii_lowercase().as_bytes()));
        }
        let near = before.get(before.len().saturating_sub(NEAR)..).unwrap_or_default();
        let is_type = |name: &&String| name.starts_with(|letter: char| letter.is_ascii_uppercase());
        self.companions.iter().filter(is_type).any(|name| as_word(near, name).next().is_some())
    }
}

struct Place {
    start: usize,
    end: usize,
    /// Whether the property is meant, and no other thing of that name.
    sure: bool,
}

fn mentions(bytes: &[u8], lost: &[Lost]) -> Vec<Place> {
    let mut found = Vec::new();
    for one in lost {
        for name in &one.spellings {
            found.extend(as_word(bytes, name).map(|start| {
                let end = start + name.len();
                let sure = is_field(bytes, start, end) && (one.companions.is_empty() || one.is_of(bytes, start));
                Place { start, end, sure }
            }));
        }
    }
    found.sort_by_key(|place| (place.start, place.end));
    found
}

/// Whether a word is a part of something by what stands around it: `order.note`, `order["note"]`, `"note": ..`, `note: string`,
/// `json:"note"`, `{ id, note } = order`.
fn is_field(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = |back: usize| start.checked_sub(back).and_then(|at| bytes.get(at)).copied();
    let after = |on: usize| bytes.get(end + on).copied();
    if before(1).is_some_and(is_quote) && after(0).is_some_and(is_quote) {
        return matches!(before(2), Some(b'[' | b':')) || after(1) == Some(b':');
    }
    let opens = matches!((before(1), before(2)), (Some(b' '), Some(b'{' | b',')));
    let closes = after(0) == Some(b',') || (after(0), after(1)) == (Some(b' '), Some(b'}'));
    let line = bytes.get(..start).and_then(|before| before.rsplit(|byte| *byte == b'\n').next()).unwrap_or_default();
    // What begins with a capital and stands between braces is the name of a type.
    let is_taken_out = opens
        && closes
        && bytes.get(start).is_some_and(u8::is_ascii_lowercase)
        && !line.trim_ascii_start().starts_with(b"import");
    let is_typed = after(0) == Some(b':') || (after(0), after(1)) == (Some(b'?'), Some(b':'));
    before(1) == Some(b'.') || is_typed || is_taken_out
}

fn is_screen(path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    table().screens.iter().any(|one| one == ending)
}

fn is_within(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The folder of the project that a file belongs to: the nearest above it with a file that says so.
fn project<'p>(path: &'p str, workspace: &Workspace) -> &'p str {
    static FILES: OnceLock<Vec<String>> = OnceLock::new();
    let files = FILES.get_or_init(|| listed("project_files"));
    let mut folders = path.rmatch_indices('/').filter_map(|(at, _)| path.get(..at));
    folders.find(|folder| files.iter().any(|file| workspace.listed().has(&format!("{folder}/{file}")))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(runs: &[&str], goes_on: bool) -> Called {
        Called { runs: runs.iter().map(|run| (*run).to_owned()).collect(), goes_on, id: None }
    }

    #[test]
    fn the_table_reads() {
        let read: Result<Table, _> = toml::from_str(include_str!("../../data/callers.toml"));
        assert!(read.as_ref().is_ok_and(|table| !table.sends.is_empty() && !table.serves.is_empty()), "{read:?}");
    }

    #[test]
    fn a_path_is_found_as_code_writes_it() {
        let one = called(&["/api/v1/orders"], true);
        for text in ["`/api/v1/orders/${id}`", "\"/v1/orders/\" + id", "`${base}/orders/${id}`", "'https://x.test/orders/' + id"]
        {
            assert!(one.path_in(text.as_bytes()).is_some(), "{text}");
        }
        for text in ["'/api/v1/orders'", "'/admin/orders/' + id", "'/orders-archive/' + id", "orders/7"] {
            assert!(one.path_in(text.as_bytes()).is_none(), "{text}");
        }
        let list = called(&["/orders"], false);
        assert!(list.path_in(b"'/orders?page=2'").is_some() && list.path_in(b"'/orders/'").is_some());
        assert!(list.path_in(b"`/orders/${id}`").is_none());
        let nested = called(&["/users", "/orders"], false);
        assert!(nested.path_in(b"`/users/${id}/orders`").is_some_and(|call| call.sure) && nested.path_in(b"'/users'").is_none());
        assert!(nested.path_in(b"`${ofUser}/orders`").is_some_and(|call| !call.sure) && nested.path_in(b"'/orders'").is_none());
    }

    #[test]
    fn a_plain_name_is_sure_beside_its_object_alone() {
        let lost = [Lost::beside("note", "Order")];
        let sure = |text: &str| mentions(text.as_bytes(), &lost).iter().map(|place| place.sure).collect::<Vec<_>>();
        assert_eq!(sure("show(order.note)"), [true]);
        assert_eq!(sure("show(user.note)"), [false]);
        assert_eq!(sure("order // a note on it"), [false]);
        assert_eq!(sure("interface Order { id: number; note: string }"), [true]);
        assert_eq!(sure("find({ order: 1, note: 'x' })"), [false]);
        for text in ["order.show('note')", "import { note, x } from './order'", "import { x, Note } from './order'"] {
            assert_eq!(sure(text), [false], "{text}");
        }
        let telling = [Lost::beside("total_cents", "Order")];
        let sure = |text: &str| mentions(text.as_bytes(), &telling).iter().map(|place| place.sure).collect::<Vec<_>>();
        assert_eq!((sure("x.totalCents"), sure("const totalCents = 1")), (vec![true], vec![false]));
        assert_eq!(sure("const { id, totalCents } = x"), [true]);
    }
}
