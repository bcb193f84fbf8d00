//! What is wrong with the objects of a document, as far as its specification says: misspelt keys, keys of other versions,
//! values of the wrong type, parts that must be there and are not, references to another kind of thing.
//!
//! One defect for each thing to mend; none hides another. What a broken reference leads to, and what the text itself has
//! wrong (syntax, repeated keys), is told as unread.

use super::cursor::Pin;
use super::document::DocumentRef;
use super::replacement::replacement;
use super::schema_part::object_name;
use super::walk::table::{Object, Type, TypeId, table};
use super::walk::{FaultKind, Names, Part};
use super::{Api, Map};
use crate::documents::{Kind, NodeRef};
use crate::source::Span;
use std::collections::hash_map::Entry;

/// What is wrong with an object.
#[derive(Debug, Clone)]
pub struct Defect<'a> {
    /// What it is.
    pub kind: DefectKind<'a>,
    /// The object that has it, as messages name it: `schema`, `path item`, `document`.
    pub object: String,
    /// Where: the key or the value; for what is missing, the name of the object or its first key.
    pub span: Span,
    /// Where the object stands in its file, as a JSON pointer.
    pub pointer: String,
}

/// The same defect of the same kind of object, at each of its places.
#[derive(Debug, Clone)]
pub struct DefectGroup<'a> {
    /// The first.
    pub first: Defect<'a>,
    /// All others.
    pub rest: Vec<Defect<'a>>,
}

/// The kinds of defects.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DefectKind<'a> {
    /// No version knows this key: it says nothing to anybody.
    UnknownKey {
        /// The key.
        key: &'a str,
        /// The known key that it is nearly, where there is one.
        near: Option<&'static str>,
    },
    /// Only other versions know this key.
    KeyOfOtherVersion {
        /// The key.
        key: &'a str,
        /// Those that do: `3.1 and later`.
        versions: String,
        /// What this version has instead, ready to paste.
        instead: Option<&'static str>,
    },
    /// A value of another type than its key asks for, null included.
    WrongValue {
        /// The key, where the value has one.
        key: Option<&'a str>,
        /// What is wanted: `a list of text`, `one of query, path`.
        wanted: String,
        /// What is there: `true`, `a map`.
        found: String,
    },
    /// A key that must be there.
    MissingKey {
        /// The key.
        key: &'static str,
    },
    /// A name that cannot stand in its map.
    WrongName {
        /// The name.
        name: &'a str,
        /// The map.
        map: Names,
    },
    /// A reference that leads to another kind of thing.
    WrongReference {
        /// What is wanted: `response`.
        wanted: String,
        /// What it leads to: `schema`.
        found: String,
    },
}

impl Defect<'_> {
    /// The object with its article: `an operation`.
    pub fn an_object(&self) -> String {
        with_article(&self.object)
    }
}

fn with_article(name: &str) -> String {
    let article = if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {name}")
}

/// The known key that an unknown one is nearly, by object.
type Nears<'a> = Map<(*const Object, &'a str), Option<&'static str>>;

impl<'a> DocumentRef<'a> {
    /// What is wrong with its objects, in the order in which they are met, those of other files that it was the first to
    /// reach included.
    pub fn defects(self) -> Vec<Defect<'a>> {
        let walk = self.api.walk();
        let own = walk.faults.iter().filter_map(|fault| Some((walk.part(fault.part)?, &fault.kind)));
        // Extensions without `x-` come by the thousand, a few names again and again.
        let mut nears = Nears::default();
        own.filter(|(part, _)| part.document == self.at).filter_map(|(part, kind)| self.defect(part, kind, &mut nears)).collect()
    }

    /// The same, with those that are mended in the same way together, each group at the place of its first.
    pub fn defect_groups(self) -> Vec<DefectGroup<'a>> {
        let mut groups: Vec<DefectGroup> = Vec::new();
        let mut known: Map<(DefectKind, String), usize> = Map::default();
        for defect in self.defects() {
            match known.entry((defect.kind.clone(), defect.object.clone())) {
                Entry::Occupied(at) => groups.get_mut(*at.get()).into_iter().for_each(|group| group.rest.push(defect.clone())),
                Entry::Vacant(new) => {
                    new.insert(groups.len());
                    groups.push(DefectGroup { first: defect, rest: Vec::new() });
                }
            }
        }
        groups
    }

    fn defect(self, part: Part, kind: &FaultKind, nears: &mut Nears<'a>) -> Option<Defect<'a>> {
        let node = |id| self.api.node(Pin { source: part.source, node: id });
        let own = node(part.node)?;
        let object = object_of(part);
        // Where the text itself is broken, what seems to be missing or odd may only be unread.
        let (whole, problems) = (own.span(), own.tree().problems());
        let is_broken = problems.iter().any(|problem| whole.contains(problem.span));
        if is_broken && matches!(kind, FaultKind::Missing(_) | FaultKind::Value(..)) {
            return None;
        }
        let (kind, span) = match kind {
            FaultKind::Key(key, elsewhere) => {
                let key = node(*key)?;
                let text = key.text()?;
                let versions = object.map(|object| object.versions_of(text)).unwrap_or_default();
                let mut near = || {
                    let object = object?;
                    *nears.entry((std::ptr::from_ref(object), text)).or_insert_with(|| near(text, &object.keys(self.version())))
                };
                let kind = match elsewhere {
                    true => DefectKind::KeyOfOtherVersion {
                        key: text,
                        versions,
                        instead: replacement(&kind_of(part), text, self.version()),
                    },
                    false => DefectKind::UnknownKey { key: text, near: near() },
                };
                (kind, key.span())
            }
            FaultKind::Value(value, key, wanted) => {
                let value = node(*value)?;
                let key = key.and_then(node).and_then(NodeRef::text);
                (DefectKind::WrongValue { key, wanted: words(*wanted), found: found(value) }, value.span())
            }
            FaultKind::Missing(nth) => {
                let (_, key) = object?.required(self.version()).get(*nth)?;
                let place = part.key.and_then(node).or_else(|| own.entries().next().map(|(key, _)| key));
                (DefectKind::MissingKey { key }, place.map_or(own.span(), NodeRef::span))
            }
            FaultKind::Name(key, map) => {
                let key = node(*key)?;
                (DefectKind::WrongName { name: key.text()?, map: *map }, key.span())
            }
            FaultKind::Kind(to) => {
                let to = self.api.walk().part(*to)?;
                let span = own.get("$ref").map_or(own.span(), NodeRef::span);
                (DefectKind::WrongReference { wanted: kind_of(part), found: kind_of(to) }, span)
            }
        };
        Some(Defect { kind, object: kind_of(part), span, pointer: own.pointer() })
    }
}

impl Api {
    /// What is wrong with the objects of all documents.
    pub fn defects(&self) -> Vec<Defect<'_>> {
        self.documents().flat_map(DocumentRef::defects).collect()
    }
}

fn object_of(part: Part) -> Option<&'static Object> {
    match table().get(part.value) {
        Type::Object(at) => table().objects.get(*at as usize),
        _ => None,
    }
}

/// How messages call what a part is: `path item`, `map of responses`.
pub(super) fn kind_of(part: Part) -> String {
    match (object_name(part), table().get(part.value)) {
        ("", Type::Map(inner)) => match words_of_object(*inner) {
            object if object.is_empty() => "map".to_owned(),
            object => format!("map of {object}s"),
        },
        (name, _) => name.replace('-', " "),
    }
}

/// How messages call a type.
fn words(value: TypeId) -> String {
    match table().get(value) {
        Type::Any => "anything".into(),
        Type::Text(words) if words.is_empty() => "text".into(),
        Type::Text(words) => format!("one of {}", words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")),
        Type::Scalar => "text or a number".into(),
        Type::Bool => "`true` or `false`".into(),
        Type::Integer => "a whole number".into(),
        Type::Number => "a number".into(),
        Type::List(inner) => match table().get(*inner) {
            Type::Any => "a list".into(),
            Type::Object(_) => format!("a list of {}s", words_of_object(*inner)),
            _ => format!("a list of {}", words(*inner)),
        },
        Type::Map(inner) => match table().get(*inner) {
            Type::Object(_) => format!("a map of names to {}s", words_of_object(*inner)),
            _ => "a map".into(),
        },
        Type::Object(_) => {
            format!("{} (a map)", with_article(&words_of_object(value)))
        }
        Type::Either(first, second) => format!("{}, or {}", words(*first), words(*second)),
    }
}

fn words_of_object(value: TypeId) -> String {
    match table().get(value) {
        Type::Object(at) => table().objects.get(*at as usize).map_or(String::new(), |object| object.name.replace('-', " ")),
        _ => String::new(),
    }
}

/// Values longer than this are not quoted in messages.
const LONGEST: usize = 40;

/// How messages call what is there.
fn found(value: NodeRef) -> String {
    match (value.kind(), value.text()) {
        (Kind::Map, _) => "a map".into(),
        (Kind::List, _) => "a list".into(),
        (_, Some("")) if value.is_null() => "nothing".into(),
        (_, Some(text)) if text.chars().count() > LONGEST => "other text".into(),
        (_, Some(text)) if value.as_text().is_some() && (value.style() != crate::documents::Style::Plain) => {
            format!("`\"{text}\"`")
        }
        (_, Some(text)) => format!("`{text}`"),
        _ => "nothing".into(),
    }
}

/// The known word that one is nearly: but for case and separators, or but for one letter (two of long words) wrong, missing, too
/// many, or exchanged with the next.
fn near(word: &str, known: &[&'static str]) -> Option<&'static str> {
    let fold = |text: &str| -> Vec<char> { text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect() };
    let own = fold(word);
    if own.len() < 3 || own.len() > LONGEST {
        return None;
    }
    let allowed = if own.len() >= 8 { 2 } else { 1 };
    let folded = known.iter().map(|one| (fold(one), *one));
    // Each letter more or less is a change.
    let distances = folded.filter(|(other, _)| own.len().abs_diff(other.len()) <= allowed);
    distances
        .map(|(other, one)| (distance(&own, &other), one))
        .filter(|(distance, one)| *distance <= if one.len() < 5 { 1.min(allowed) } else { allowed })
        .min()
        .map(|(_, one)| one)
}

/// Changes that make one word of another: a letter wrong, missing or too many, or two exchanged.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut rows: [Vec<usize>; 3] = [Vec::new(), (0..=other.len()).collect(), vec![0; other.len() + 1]];
    for (at, a) in one.iter().enumerate() {
        let cell = |row: &Vec<usize>, at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
        let mut new = vec![at + 1];
        for (column, b) in other.iter().enumerate() {
            let changed = cell(&rows[1], column) + usize::from(a != b);
            let mut best = changed.min(cell(&rows[1], column + 1) + 1).min(cell(&new, column) + 1);
            let before = at.checked_sub(1).and_then(|at| one.get(at)).zip(column.checked_sub(1).and_then(|at| other.get(at)));
            if before == Some((b, a)) {
                best = best.min(cell(&rows[0], column - 1) + 1);
            }
            new.push(best);
        }
        rows = [std::mem::take(&mut rows[1]), new, Vec::new()];
    }
    rows[1].last().copied().unwrap_or(0)
}
