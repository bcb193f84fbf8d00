//! The objects of OpenAPI and their keys, read once from `data/openapi_objects.toml`.

use crate::model::api::Map;
use crate::model::api::Version;
use std::sync::OnceLock;

/// Names a [`Type`] of the table.
pub(in crate::model::api) type TypeId = u16;

/// What a value must be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::model::api) enum Type {
    /// Anything; not entered.
    Any,
    /// Text, or a scalar that reads as such; where words are given, one of them.
    Text(Vec<String>),
    /// Any scalar.
    Scalar,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A list of one type.
    List(TypeId),
    /// A map of names to one type.
    Map(TypeId),
    /// The object of this place in [`Table::objects`].
    Object(u16),
    /// The first or the second.
    Either(TypeId, TypeId),
}

/// One meaning of a key.
#[derive(Debug, Clone)]
pub(in crate::model::api) struct Meaning {
    pub(in crate::model::api) value: TypeId,
    pub(in crate::model::api) required: bool,
    /// Bit by place of the version: 2.0, 3.0, 3.1, 3.2.
    versions: u8,
}

/// An object and its keys.
#[derive(Debug, Default)]
pub(in crate::model::api) struct Object {
    pub(in crate::model::api) name: String,
    keys: Map<String, (u8, Vec<Meaning>)>,
    /// For each version the keys that must be there.
    required: [Vec<(u8, String)>; 4],
}

/// The whole table.
#[derive(Debug, Default)]
pub(in crate::model::api) struct Table {
    pub(in crate::model::api) types: Vec<Type>,
    pub(in crate::model::api) objects: Vec<Object>,
}

/// The place of a version in the table.
pub(in crate::model::api) fn place(version: Version) -> usize {
    match version {
        Version::V2 => 0,
        Version::V3 => 1,
        Version::V31 => 2,
        Version::V32 => 3,
    }
}

/// What a key is in one version.
#[derive(Debug, Clone, Copy)]
pub(in crate::model::api) enum Key<'t> {
    /// It has this meaning, and this place among the keys of its object.
    Known(u8, &'t Meaning),
    /// Only other versions know it.
    Elsewhere,
    /// No version does.
    Unknown,
}

impl Object {
    /// What a key is in a version.
    pub(in crate::model::api) fn key(&self, key: &str, version: Version) -> Key<'_> {
        let Some((at, meanings)) = self.keys.get(key) else { return Key::Unknown };
        let bit = 1 << place(version);
        meanings.iter().find(|one| one.versions & bit != 0).map_or(Key::Elsewhere, |one| Key::Known(*at, one))
    }

    /// The keys that must be there, each with its place among the keys.
    pub(in crate::model::api) fn required(&self, version: Version) -> &[(u8, String)] {
        self.required.get(place(version)).map_or(&[], Vec::as_slice)
    }

    /// The keys of a version, sorted.
    pub(in crate::model::api) fn keys(&self, version: Version) -> Vec<&str> {
        let bit = 1 << place(version);
        let known = self.keys.iter().filter(|(_, (_, meanings))| meanings.iter().any(|one| one.versions & bit != 0));
        let mut keys: Vec<&str> = known.map(|(key, _)| key.as_str()).collect();
        keys.sort_unstable();
        keys
    }

    /// The versions that know a key, as messages name them: `2.0`, `3.1 and later`.
    pub(in crate::model::api) fn versions_of(&self, key: &str) -> String {
        let bits = self.keys.get(key).map_or(0, |(_, meanings)| meanings.iter().fold(0, |all, one| all | one.versions));
        match bits {
            0b1110 => "3.0 and later".to_owned(),
            0b1100 => "3.1 and later".to_owned(),
            _ => {
                let names = ["2.0", "3.0", "3.1", "3.2"].into_iter().enumerate();
                names.filter(|(at, _)| bits & (1 << at) != 0).map(|(_, name)| name).collect::<Vec<_>>().join(" and ")
            }
        }
    }
}

/// The table, read at the first call.
pub(in crate::model::api) fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| read(include_str!("../../../../data/openapi_objects.toml")))
}

impl Table {
    /// The type of an object by its name.
    pub(in crate::model::api) fn object_type(&self, name: &str) -> Option<TypeId> {
        let at = self.objects.iter().position(|object| object.name == name)?;
        self.types.iter().position(|one| *one == Type::Object(at as u16)).map(|at| at as TypeId)
    }

    /// What a type is.
    pub(in crate::model::api) fn get(&self, id: TypeId) -> &Type {
        self.types.get(id as usize).unwrap_or(&Type::Any)
    }

    fn intern(&mut self, one: Type) -> TypeId {
        if let Some(at) = self.types.iter().position(|known| *known == one) {
            return at as TypeId;
        }
        self.types.push(one);
        (self.types.len() - 1) as TypeId
    }

    /// A type as the table writes it, and what follows it.
    fn parse<'t>(&mut self, text: &'t str) -> (TypeId, &'t str) {
        let inner = |table: &mut Table, rest: &'t str, close: char| {
            let (id, rest) = table.parse(rest);
            (id, rest.strip_prefix(close).unwrap_or(rest))
        };
        let (id, rest) = if let Some(rest) = text.strip_prefix('[') {
            let (id, rest) = inner(self, rest, ']');
            (self.intern(Type::List(id)), rest)
        } else if let Some(rest) = text.strip_prefix('{') {
            let (id, rest) = inner(self, rest, '}');
            (self.intern(Type::Map(id)), rest)
        } else {
            let end = text.find(|c: char| !(c.is_ascii_alphabetic() || c == '-')).unwrap_or(text.len());
            let (word, mut rest) = text.split_at(end);
            let mut words = Vec::new();
            if let Some((list, after)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
                words = list.split(',').map(str::to_owned).collect();
                rest = after;
            }
            let object = self.objects.iter().position(|object| object.name == word);
            let one = match (word, object) {
                ("text", _) => Type::Text(words),
                ("scalar", _) => Type::Scalar,
                ("bool", _) => Type::Bool,
                ("integer", _) => Type::Integer,
                ("number", _) => Type::Number,
                (_, Some(at)) => Type::Object(at as u16),
                _ => Type::Any,
            };
            (self.intern(one), rest)
        };
        match rest.strip_prefix('|') {
            Some(rest) => {
                let (other, rest) = self.parse(rest);
                (self.intern(Type::Either(id, other)), rest)
            }
            None => (id, rest),
        }
    }
}

/// The versions that words behind a type name; all where there are none.
fn versions(words: &str) -> u8 {
    let bit = |name: &str| 1_u8 << ["2", "3.0", "3.1", "3.2"].iter().position(|one| *one == name).unwrap_or(7);
    let set = |word: &str| match (word, word.strip_suffix('+'), word.strip_suffix('-')) {
        ("3", ..) => 0b1110,
        (_, Some(name), _) => 0b1111 & !(bit(name) - 1),
        (_, _, Some(name)) => bit(name) | (bit(name) - 1),
        _ => bit(word),
    };
    let all = words.split_whitespace().map(set).fold(0, |all, one| all | one);
    if all == 0 { 0b1111 } else { all & 0b1111 }
}

fn read(text: &str) -> Table {
    let file: toml::Table = text.parse().unwrap_or_default();
    let objects = file.keys().map(|name| Object { name: name.clone(), ..Object::default() }).collect();
    let mut table = Table { objects, types: Vec::new() };
    for at in 0..table.objects.len() as u16 {
        table.intern(Type::Object(at));
    }
    for (at, (_, keys)) in file.iter().enumerate() {
        for (place, (key, value)) in keys.as_table().into_iter().flatten().enumerate() {
            let listed = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            let mut meanings = Vec::new();
            for written in listed.iter().filter_map(toml::Value::as_str) {
                let (value, rest) = table.parse(written);
                let required = rest.starts_with('!');
                meanings.push(Meaning { value, required, versions: versions(rest.trim_start_matches('!')) });
            }
            let Some(object) = table.objects.get_mut(at) else { continue };
            for meaning in meanings.iter().filter(|meaning| meaning.required) {
                for (bit, required) in object.required.iter_mut().enumerate() {
                    if meaning.versions & (1 << bit) != 0 {
                        required.push((place as u8, key.clone()));
                    }
                }
            }
            object.keys.insert(key.clone(), (place as u8, meanings));
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_what_the_specifications_say() {
        let table = table();
        let object = |name: &str| table.objects.iter().find(|object| object.name == name).expect("an object");
        let value = |name: &str, key: &str, version| match object(name).key(key, version) {
            Key::Known(_, meaning) => format!("{:?}", table.get(meaning.value)),
            other => format!("{other:?}"),
        };
        assert_eq!(value("schema", "nullable", Version::V31), "Elsewhere");
        assert_eq!(object("schema").versions_of("nullable"), "3.0");
        assert_eq!(object("schema").versions_of("const"), "3.1 and later");
        assert_eq!(value("schema", "exclusiveMinimum", Version::V3), "Bool");
        assert_eq!(value("schema", "exclusiveMinimum", Version::V32), "Number");
        assert!(value("schema", "type", Version::V31).starts_with("Either"));
        assert!(value("parameter", "in", Version::V32).contains("querystring"));
        assert_eq!(value("schema", "maxLenght", Version::V3), "Unknown");
        let required = |name: &str, version| object(name).required(version).iter().map(|one| one.1.as_str()).collect::<Vec<_>>();
        assert_eq!(required("response", Version::V31), ["description"]);
        assert_eq!(required("response", Version::V32), [""; 0]);
        assert_eq!(required("document", Version::V2), ["info", "paths", "swagger"]);
        // Every word of the table is a type: what is misspelt there would be read as anything.
        let any = table.types.iter().filter(|one| **one == Type::Any).count();
        assert_eq!((any, table.objects.len()), (1, 25));
    }
}
