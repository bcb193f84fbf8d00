//! What answers promised at the base and promise no more.

use super::operation::OperationRef;
use super::response::ResponseRef;
use super::schema::{Property, SchemaRef};
use super::{Api, Map, Pin, Set, Version};
use crate::source::SourceId;

/// How deep objects are compared; nothing real is nested deeper.
const DEEPEST: usize = 32;

/// Words with which a schema takes or gives properties that are not listed.
const UNLISTED: [&str; 8] =
    ["patternProperties", "if", "then", "else", "dependentSchemas", "unevaluatedProperties", "$dynamicRef", "$recursiveRef"];

/// Words in a path for what may change from one day to the next.
const STAGES: [&str; 4] = ["alpha", "beta", "preview", "experimental"];

/// An object of answers that lost properties, each object once.
#[derive(Debug)]
pub struct Removal<'m> {
    /// What the object is called: its component, those within it by the way there (`Order.lines[]`), or the answer that holds it
    /// (`GET /orders 200`).
    pub name: String,
    /// The object as it is now.
    pub object: SchemaRef<'m>,
    /// The properties as they were, in their order; never empty.
    pub lost: Vec<Property<'m>>,
    /// The first operation that answers with it.
    pub operation: OperationRef<'m>,
    /// Who was told beforehand, and how; absent where nobody was.
    pub announced: Option<&'static str>,
}

impl Removal<'_> {
    /// Whether clients could rely on one of the properties: it was required, and not deprecated.
    pub fn breaks_a_promise(&self) -> bool {
        self.lost.iter().any(|property| property.required && !property.schema.is_deprecated())
    }

    /// The lines that keep a property until nobody reads it, ready to paste.
    pub fn line_that_keeps(&self, property: &Property) -> String {
        let mark = match self.operation.document().version() {
            Version::V2 => "x-deprecated: true",
            _ => "deprecated: true",
        };
        match property.schema.core().types().as_slice() {
            [one] => format!("{}: {{ type: {one}, {mark} }}", property.name),
            [] | [_, ..] => format!("{}: {{ {mark} }}", property.name),
        }
    }
}

impl SchemaRef<'_> {
    /// Whether it is marked as deprecated.
    pub fn is_deprecated(self) -> bool {
        self.cursor.flag("deprecated") || self.cursor.flag("x-deprecated")
    }
}

/// An object before and after a change, and the way to it.
struct Pair<'m> {
    before: SchemaRef<'m>,
    now: SchemaRef<'m>,
    name: String,
    depth: usize,
}

impl Api {
    /// The files that its documents reach, in order.
    pub fn sources(&self) -> impl Iterator<Item = SourceId> {
        self.trees.values().map(|tree| tree.source())
    }

    /// Every object of answers to successful requests that has fewer properties than it had, and how many answers were compared. An
    /// operation is the same by its method, its path and its document; one of which not all could be read is left out.
    pub fn removals_since<'m>(&'m self, base: &'m Api) -> (usize, Vec<Removal<'m>>) {
        let mut earlier: Map<(&str, &str), Vec<OperationRef>> = Map::default();
        for operation in base.operations() {
            earlier.entry((operation.method_name(), operation.normal_path())).or_default().push(operation);
        }
        let mut pairs: Vec<(OperationRef, OperationRef)> = Vec::new();
        for operation in self.operations().filter(|operation| operation.is_known()) {
            let same = earlier.get(&(operation.method_name(), operation.normal_path())).map_or(&[][..], Vec::as_slice);
            let in_document = same.iter().find(|other| other.document().path() == operation.document().path());
            pairs.extend(in_document.map(|other| (*other, operation)));
        }
        // Of several uses of an object that one counts of which nobody was warned.
        pairs.sort_by_key(|(before, now)| announced(*before, *now).is_some());
        let (mut compared, mut seen, mut found) = (0, Set::default(), Vec::new());
        for (before, now) in pairs {
            let was = before.responses();
            for response in now.responses().into_iter().filter(|one| one.status().class() == Some(2) && one.is_known()) {
                let Some(was) = was.iter().find(|one| one.status() == response.status() && one.is_known()) else { continue };
                let bodies = body(*was).zip(body(response));
                compared += usize::from(bodies.is_some());
                let name = format!("{} {}", now.subject(), response.status());
                let start = bodies.map(|(before, now)| Pair { before, now, name, depth: 0 });
                let lost = start.into_iter().flat_map(|start| compare(start, &mut seen));
                found.extend(lost.map(|(pair, lost)| Removal {
                    name: pair.name,
                    object: pair.now,
                    lost,
                    operation: now,
                    announced: announced(before, now),
                }));
            }
        }
        (compared, found)
    }
}

/// What a response holds as JSON.
fn body(response: ResponseRef<'_>) -> Option<SchemaRef<'_>> {
    response.media().into_iter().find(|media| media.is_json() && !media.is_problem())?.schema
}

/// Who was told beforehand that an operation changes.
fn announced(before: OperationRef, now: OperationRef) -> Option<&'static str> {
    let is_stage = |path: &str| path.split('/').any(|part| STAGES.iter().any(|stage| part.contains(stage)));
    if before.is_deprecated() {
        return Some("the operation was deprecated");
    }
    if is_stage(now.path()) {
        return Some("the path says that it is not stable");
    }
    let breaks = breaks(before.document().api_version(), now.document().api_version());
    breaks.then_some("the version of the document says that it breaks")
}

/// Whether a version follows another one that it need not be compatible with: `2.0.0` after `1.4.0`, `0.5.0` after `0.4.2`.
fn breaks(before: &str, now: &str) -> bool {
    let numbers = |version: &str| -> Option<Vec<u64>> {
        let plain = version.trim_start_matches(['v', 'V']);
        plain.split(['-', '+']).next()?.split('.').map(|part| part.parse().ok()).collect()
    };
    match (numbers(before).as_deref(), numbers(now).as_deref()) {
        (Some([0, before, ..]), Some([0, now, ..])) => now > before,
        (Some([before, _, ..]), Some([now, _, ..])) => now > before,
        _ => false,
    }
}

/// The objects that lost something, and what, from one pair on; each pair of objects once.
fn compare<'m>(start: Pair<'m>, seen: &mut Set<(Pin, Pin)>) -> Vec<(Pair<'m>, Vec<Property<'m>>)> {
    let mut found = Vec::new();
    let mut stack = vec![start];
    while let Some(pair) = stack.pop() {
        let name = pair.now.name().or(pair.now.core().name()).map_or(pair.name, str::to_owned);
        let pair = Pair { before: pair.before.core(), now: pair.now.core(), name, ..pair };
        let (before, now) = (pair.before, pair.now);
        let is_whole = before.is_wholly_known() && now.is_wholly_known();
        if pair.depth > DEEPEST || !is_whole || !seen.insert((before.pin(), now.pin())) {
            continue;
        }
        let next = |before, now, name| Pair { before, now, name, depth: pair.depth + 1 };
        let (items, others) = (before.array_items().zip(now.array_items()), alternatives(before, now));
        stack.extend(others.into_iter().map(|(before, now)| next(before, now, pair.name.clone())));
        stack.extend(items.map(|(before, now)| next(before, now, format!("{}[]", pair.name))));
        let had = before.properties();
        let has = now.possible_properties();
        if !before.is_object() || !now.is_object() || has.is_empty() {
            continue;
        }
        let mut lost = Vec::new();
        let by_name: Map<&str, SchemaRef> = has.iter().map(|property| (property.name, property.schema)).collect();
        for property in had.into_iter().filter(|property| !property.schema.is_write_only()) {
            match by_name.get(property.name) {
                Some(now) => stack.push(next(property.schema, *now, format!("{}.{}", pair.name, property.name))),
                None => lost.push(property),
            }
        }
        if !lost.is_empty() && !now.has_any_key(&UNLISTED) {
            found.push((pair, lost));
        }
    }
    found
}

/// The forms of an object that both sides have, by the names of their components.
fn alternatives<'m>(before: SchemaRef<'m>, now: SchemaRef<'m>) -> Vec<(SchemaRef<'m>, SchemaRef<'m>)> {
    let forms = now.alternatives();
    let same = |form: SchemaRef<'m>| {
        let name = form.name()?;
        Some((form, *forms.iter().find(|other| other.name() == Some(name))?))
    };
    before.alternatives().into_iter().filter_map(same).collect()
}

#[cfg(test)]
mod tests {
    use super::breaks;

    #[test]
    fn a_version_says_whether_it_breaks() {
        assert!(breaks("1.4.0", "2.0.0") && breaks("0.4.2", "0.5.0") && breaks("v1.0", "v2.0"));
        assert!(!breaks("1.4.0", "1.5.0") && !breaks("0.4.2", "0.4.3") && !breaks("2025-01-01", "2026-01-01"));
        assert!(!breaks("1.0.0", "1.0.0") && !breaks("latest", "2.0.0"));
    }
}
