//! What answers promised at the base and promise no more.

use super::declared_together::{Reach, declared};
use super::operation::OperationRef;
use super::response::{MediaRef, ResponseRef};
use super::schema::{Property, SchemaRef, properties_of};
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

    /// The line that keeps a property until nobody reads it, ready to paste.
    pub fn line_that_keeps(&self, property: &Property) -> String {
        let mark = match self.operation.document().version() {
            Version::V2 => "x-deprecated: true",
            _ => "deprecated: true",
        };
        let schema = property.schema.core();
        let name = yaml_word(property.name);
        match schema.types().as_slice() {
            // A list that does not say of what is invalid before 3.1.
            ["array"] => {
                let of = schema.array_items().map(|items| items.core().types()).unwrap_or_default();
                let items = match of.as_slice() {
                    [one] if *one != "array" => format!("{{ type: {one} }}"),
                    _ => "{}".to_owned(),
                };
                format!("{name}: {{ type: array, items: {items}, {mark} }}")
            }
            [one] => format!("{name}: {{ type: {one}, {mark} }}"),
            [] | [_, ..] => format!("{name}: {{ {mark} }}"),
        }
    }
}

/// A text as YAML writes it within a list: in quotes where it would be something else without.
pub fn yaml_word(text: &str) -> String {
    const OTHERS: [&str; 8] = ["yes", "no", "on", "off", "y", "n", "true", "false"];
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '$'));
    let is_other = text.eq_ignore_ascii_case("null") || OTHERS.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_plain && !is_other { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}

impl SchemaRef<'_> {
    /// Whether it is marked as deprecated.
    pub fn is_deprecated(self) -> bool {
        self.cursor.flag("deprecated") || self.cursor.flag("x-deprecated")
    }
}

/// An object before and after a change, and the way to it. Each side is said by one or more schemas.
struct Pair<'m> {
    before: Vec<SchemaRef<'m>>,
    now: Vec<SchemaRef<'m>>,
    /// What else says which properties the object has now: of a form that an object takes, all that every form has.
    around: Vec<SchemaRef<'m>>,
    name: String,
    depth: usize,
}

/// Objects that were compared, and those of which something was found.
#[derive(Default)]
struct Seen<'m> {
    pairs: Set<Vec<Pin>>,
    told: Set<(Pin, Vec<&'m str>)>,
}

/// What an operation is told by: its document, its method, its path whatever the parameters are called.
fn place(operation: OperationRef<'_>) -> (&str, &str, &str) {
    (operation.document().path(), operation.method_name(), operation.normal_path())
}

fn by_place(api: &Api) -> Map<(&str, &str, &str), Vec<OperationRef<'_>>> {
    let mut found: Map<(&str, &str, &str), Vec<OperationRef>> = Map::default();
    api.operations().for_each(|operation| found.entry(place(operation)).or_default().push(operation));
    found
}

impl Api {
    /// The files that its documents reach, in order.
    pub fn sources(&self) -> impl Iterator<Item = SourceId> {
        self.trees.values().map(|tree| tree.source())
    }

    /// Every object of answers to successful requests that has fewer properties than it had, and how many answers were compared. An
    /// operation is the same by its method, its path and its document; one of which not all could be read is left out.
    pub fn removals_since<'m>(&'m self, base: &'m Api) -> (usize, Vec<Removal<'m>>) {
        let (earlier, later) = (by_place(base), by_place(self));
        let mut pairs: Vec<(OperationRef, OperationRef)> = Vec::new();
        for operation in self.operations().filter(|operation| operation.is_known()) {
            let [before, now] = [&earlier, &later].map(|all| all.get(&place(operation)).map_or(&[][..], Vec::as_slice));
            // `/widget` and `/widget.json`, or two whose fragments differ, stand at one place.
            let exact = before.iter().find(|other| other.path() == operation.path());
            let only = before.first().filter(|_| before.len() == 1 && now.len() == 1);
            pairs.extend(exact.or(only).map(|other| (*other, operation)));
        }
        // Of several uses of an object that one counts of which nobody was warned.
        pairs.sort_by_key(|(before, now)| announced(*before, *now).is_some());
        let (mut compared, mut seen, mut found) = (0, Seen::default(), Vec::new());
        for (before, now) in pairs {
            let was = before.responses();
            for response in now.responses().into_iter().filter(|one| one.status().class() == Some(2) && one.is_known()) {
                let Some(was) = was.iter().find(|one| one.status() == response.status() && one.is_known()) else { continue };
                let bodies = bodies(*was, response);
                compared += usize::from(bodies.is_some());
                let name = format!("{} {}", now.subject(), response.status());
                let start =
                    bodies.map(|(before, now)| Pair { before: vec![before], now: vec![now], around: Vec::new(), name, depth: 0 });
                let lost = start.into_iter().flat_map(|start| compare(start, &mut seen));
                found.extend(lost.map(|(name, object, lost)| Removal {
                    name,
                    object,
                    lost,
                    operation: now,
                    announced: announced(before, now),
                }));
            }
        }
        (compared, found)
    }
}

/// What a response held and holds as JSON of the same media type: the first such that it had and has. Another media type is another
/// answer, for which clients ask.
fn bodies<'m>(was: ResponseRef<'m>, response: ResponseRef<'m>) -> Option<(SchemaRef<'m>, SchemaRef<'m>)> {
    let is_body = |media: &MediaRef| media.is_json() && !media.is_problem();
    let (before, now) = (was.media(), response.media());
    let of = |name: &dyn Fn(&MediaRef) -> String| {
        before.iter().filter(|media| is_body(media)).find_map(|media| {
            let same = now.iter().find(|other| is_body(other) && name(other) == name(media))?;
            media.schema.zip(same.schema)
        })
    };
    of(&exact_name).or_else(|| of(&plain_name))
}

/// A media type without its character set: what else follows it tells versions apart.
fn exact_name(media: &MediaRef) -> String {
    let name = media.name.to_ascii_lowercase();
    let parts = name.split(';').map(str::trim).filter(|part| !part.starts_with("charset="));
    parts.collect::<Vec<_>>().join(";")
}

/// The same, all names of plain JSON being one.
fn plain_name(media: &MediaRef) -> String {
    match exact_name(media) {
        name if matches!(name.as_str(), "*/*" | "text/json") => "application/json".to_owned(),
        name => name,
    }
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

/// A number alone from here on is a year, a day or a count of builds, and no major version.
const NO_MAJOR: u64 = 1000;

/// Whether a version follows another one that it need not be compatible with: `2.0.0` after `1.4.0`, `0.5.0` after `0.4.2`, `v2` after `v1`.
fn breaks(before: &str, now: &str) -> bool {
    let numbers = |version: &str| -> Option<Vec<u64>> {
        let plain = version.trim_start_matches(['v', 'V']);
        let numbers: Option<Vec<u64>> = plain.split(['-', '+']).next()?.split('.').map(|part| part.parse().ok()).collect();
        numbers.filter(|numbers| !matches!(numbers.as_slice(), [one] if *one >= NO_MAJOR))
    };
    match (numbers(before).as_deref(), numbers(now).as_deref()) {
        (Some([0, before, ..]), Some([0, now, ..])) => now > before,
        (Some([before, ..]), Some([now, ..])) => now > before,
        _ => false,
    }
}

/// The objects that lost something, and what, from one pair on; each pair of objects once.
fn compare<'m>(start: Pair<'m>, seen: &mut Seen<'m>) -> Vec<(String, SchemaRef<'m>, Vec<Property<'m>>)> {
    let mut found = Vec::new();
    let mut stack = vec![start];
    while let Some(pair) = stack.pop() {
        let Some(first) = pair.now.first().copied().filter(|_| !pair.before.is_empty()) else { continue };
        let object = first.core();
        let name = first.name().or(object.name()).map_or(pair.name, str::to_owned);
        let pins = pair.before.iter().chain(&pair.now).chain(&pair.around).flat_map(|schema| schema.layers());
        if pair.depth > DEEPEST || !seen.pairs.insert(pins.map(|layer| layer.mention()).collect()) {
            continue;
        }
        let sides = declared(&pair.before, Reach::Every).zip(declared(&pair.now, Reach::Some));
        let Some((before, now)) = sides else { continue };
        let next = |before, now, around, name| Pair { before, now, around, name, depth: pair.depth + 1 };
        let forms = same_forms(&before, &now);
        if !forms.is_empty() {
            let every = declared(&pair.now, Reach::Every).unwrap_or_default();
            let around = [pair.around.as_slice(), &every].concat();
            stack.extend(forms.into_iter().map(|(before, now)| next(vec![before], vec![now], around.clone(), name.clone())));
        }
        let items = |schemas: &[SchemaRef<'m>]| schemas.iter().filter_map(|schema| schema.array_items()).collect();
        stack.push(next(items(&before), items(&now), Vec::new(), format!("{name}[]")));
        let (had, has) = (by_name(&before), by_name(now.iter().chain(&pair.around)));
        if !before.iter().any(|schema| schema.is_object()) || !now.iter().any(|schema| schema.is_object()) || has.is_empty() {
            continue;
        }
        let mut lost = Vec::new();
        for property in properties_of(before) {
            let declarations = had.get(property.name).map_or(&[][..], Vec::as_slice);
            if declarations.iter().any(|schema| schema.is_write_only()) {
                continue;
            }
            match has.get(property.name) {
                Some(now) => {
                    stack.push(next(declarations.to_vec(), now.clone(), Vec::new(), format!("{name}.{}", property.name)));
                }
                None => lost.push(property),
            }
        }
        let is_unlisted = |schema: &SchemaRef| UNLISTED.iter().any(|key| schema.has_key(key));
        if lost.is_empty() || now.iter().chain(&pair.around).any(is_unlisted) {
            continue;
        }
        if seen.told.insert((object.pin(), lost.iter().map(|property| property.name).collect())) {
            found.push((name, object, lost));
        }
    }
    found
}

/// The declarations of each property in these schemas.
fn by_name<'s, 'm: 's>(schemas: impl IntoIterator<Item = &'s SchemaRef<'m>>) -> Map<&'m str, Vec<SchemaRef<'m>>> {
    let mut declarations: Map<&str, Vec<SchemaRef>> = Map::default();
    for property in schemas.into_iter().flat_map(|schema| schema.own_properties()) {
        declarations.entry(property.name).or_default().push(property.schema);
    }
    declarations
}

/// The forms of an object that both sides have, by the names of their components.
fn same_forms<'m>(before: &[SchemaRef<'m>], now: &[SchemaRef<'m>]) -> Vec<(SchemaRef<'m>, SchemaRef<'m>)> {
    let several = before.iter().filter(|schema| schema.has_alternatives());
    let forms: Vec<SchemaRef> = several.flat_map(|schema| schema.alternatives()).collect();
    if forms.is_empty() {
        return Vec::new();
    }
    let others: Vec<SchemaRef> = now.iter().flat_map(|schema| schema.alternatives()).collect();
    let same = |form: SchemaRef<'m>| {
        let name = form.name()?;
        Some((form, *others.iter().find(|other| other.name() == Some(name))?))
    };
    forms.into_iter().filter_map(same).collect()
}

#[cfg(test)]
mod tests {
    use super::{breaks, yaml_word};

    #[test]
    fn a_version_says_whether_it_breaks() {
        assert!(breaks("1.4.0", "2.0.0") && breaks("0.4.2", "0.5.0") && breaks("v1.0", "v2.0"));
        assert!(breaks("v1", "v2") && breaks("1", "2") && breaks("1", "2.0.0") && breaks("0", "1"));
        assert!(!breaks("1.4.0", "1.5.0") && !breaks("0.4.2", "0.4.3") && !breaks("2025-01-01", "2026-01-01"));
        assert!(!breaks("1.0.0", "1.0.0") && !breaks("latest", "2.0.0"));
        assert!(!breaks("v2", "v2") && !breaks("v2", "v1") && !breaks("1", "1.1") && !breaks("20250101", "20260101"));
    }

    #[test]
    fn what_yaml_takes_for_something_else_is_quoted() {
        assert_eq!(["id", "x-kind", "_links", "$ref"].map(yaml_word), ["id", "x-kind", "_links", "'$ref'"]);
        assert_eq!(["@type", "200", "Yes", "it's", ""].map(yaml_word), ["'@type'", "'200'", "'Yes'", "'it''s'", "''"]);
    }
}
