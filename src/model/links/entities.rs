//! The objects that operations take and give, each once, with what their names and places say that they are.

use super::bind::Profile;
use super::tables;
use crate::model::api::{Api, Method, OperationRef, Pin, Property, SchemaRef, Segment};
use crate::model::words;
use std::collections::{BTreeMap, BTreeSet};

/// How deep objects within objects are looked at.
const DEEPEST: usize = 3;

/// So many forms of one thing (`oneOf`) are looked at, of so many lists of forms, and so many objects of one body.
const MOST_FORMS: usize = 16;
const MOST_LISTS: usize = 4;
const MOST_WALKED: usize = 64;

/// An object of the API and where operations use it.
#[derive(Debug, Clone)]
pub struct Entity {
    /// Its identity.
    pub pin: Pin,
    /// What people call it: the component's name, else the resource.
    pub name: String,
    /// What is known of it for joining.
    pub profile: Profile,
    /// Whether clients send it.
    pub in_request: bool,
    /// Whether clients receive it.
    pub in_response: bool,
    /// Whether clients receive it in answer to a request that writes.
    pub answers_write: bool,
    /// Whether it is one of several forms (`oneOf`) wherever it is used.
    pub is_form: bool,
    /// Number of the first operation that uses it, among all of the model.
    pub operation: usize,
}

/// Every object that an operation takes or gives, in the order of first use.
pub fn collect(api: &Api) -> Vec<Entity> {
    let mut entities = Entities::default();
    for (number, operation) in api.operations().enumerate() {
        let resource = resource(operation);
        let writes = matches!(operation.method(), Method::Post | Method::Put | Method::Patch);
        let used =
            Use { resource: resource.as_deref(), holder: None, in_request: true, writes, is_form: false, operation: number };
        if let Some(schema) = operation.request_schema() {
            entities.add(schema, &used, 0);
        }
        if let Some(schema) = operation.success_schema() {
            entities.add(schema, &Use { in_request: false, ..used }, 0);
        }
    }
    entities.all
}

/// What the path of an operation says that one resource is: `order` for `/v1/orders/{id}`.
pub fn resource(operation: OperationRef) -> Option<String> {
    let segments = operation.segments().into_iter().rev();
    let mut literals = segments.filter_map(|segment| match segment {
        Segment::Literal(name) => Some(name),
        Segment::Parameter(_) => None,
    });
    literals.next().and_then(segment_noun)
}

/// What a part of a path says that one resource is: `order` for `orders`, `orders:search` and `orders.listOrders`.
pub fn segment_noun(segment: &str) -> Option<String> {
    let segment = segment.strip_suffix(".json").unwrap_or(segment);
    match segment.contains(['.', ':']) {
        true => words::spoken_noun(segment),
        false => Some(words::noun(segment)),
    }
}

struct Use<'u> {
    /// What the path says, for the body itself and what its wrappers hold.
    resource: Option<&'u str>,
    /// What the property says that holds the object.
    holder: Option<&'u str>,
    in_request: bool,
    writes: bool,
    /// Whether the object is one of several that may stand there.
    is_form: bool,
    operation: usize,
}

/// The forms that a thing may have: itself, the members of its `oneOf` and `anyOf`, and theirs, each once. `lists`: how many lists of
/// forms were gone through so far.
fn forms<'a>(schema: SchemaRef<'a>, lists: &mut usize) -> Vec<SchemaRef<'a>> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let mut next = vec![schema.core()];
    while let Some(one) = next.pop().filter(|_| found.len() < MOST_FORMS) {
        if !seen.insert(one.pin()) {
            continue;
        }
        if *lists < MOST_LISTS && one.has_alternatives() {
            *lists += 1;
            next.extend(one.alternatives().into_iter().take(MOST_FORMS).map(SchemaRef::core).rev());
        }
        found.push(one);
    }
    found
}

#[derive(Default)]
struct Entities<'a> {
    all: Vec<Entity>,
    by_pin: BTreeMap<Pin, usize>,
    /// The forms of what has several, those that hold something.
    forms: BTreeMap<Pin, Vec<SchemaRef<'a>>>,
}

impl<'a> Entities<'a> {
    fn add(&mut self, schema: SchemaRef<'a>, used: &Use, depth: usize) {
        let schema = schema.core();
        let (schema, listed) = match schema.array_items() {
            Some(items) if schema.is_array() => (items.core(), true),
            _ => (schema, false),
        };
        if depth > DEEPEST || !schema.is_known() || (schema.is_array() && listed) {
            return;
        }
        let known_forms = self.forms.get(&schema.pin()).cloned();
        if known_forms.is_none() && !schema.has_alternatives() {
            return self.add_object(schema, used, depth);
        }
        let holds = |one: &SchemaRef| one.is_known() && !one.is_array() && !one.properties().is_empty();
        let forms = known_forms.unwrap_or_else(|| forms(schema, &mut 0).into_iter().filter(holds).collect());
        // What stands beside the forms is a part of each of them.
        let form = Use { is_form: true, ..*used };
        forms.iter().for_each(|one| self.add_object(*one, &form, depth + 1));
        self.forms.insert(schema.pin(), forms);
    }

    fn add_object(&mut self, schema: SchemaRef<'a>, used: &Use, depth: usize) {
        let known = self.by_pin.get(&schema.pin()).copied();
        let properties = if known.is_none() || self.is_news(known, used) { schema.properties() } else { Vec::new() };
        if let Some(at) = known {
            let entity = &mut self.all[at];
            entity.in_request |= used.in_request;
            entity.in_response |= !used.in_request;
            entity.answers_write |= used.writes && !used.in_request;
            entity.is_form &= used.is_form;
            entity.profile.resources.extend(used.resource.map(str::to_owned));
            entity.profile.holders.extend(used.holder.map(str::to_owned));
        } else if !properties.is_empty() {
            let name = schema.name().map(str::to_owned);
            let scalars = properties.iter().filter(|property| is_scalar(property.schema));
            self.by_pin.insert(schema.pin(), self.all.len());
            self.all.push(Entity {
                pin: schema.pin(),
                profile: Profile {
                    components: name.as_deref().map(words::bare_nouns).unwrap_or_default(),
                    version: name.as_deref().and_then(words::version),
                    resources: used.resource.map(str::to_owned).into_iter().collect(),
                    holders: used.holder.map(str::to_owned).into_iter().collect(),
                    properties: scalars.map(|property| tables::fold(property.name)).collect(),
                    within: BTreeSet::new(),
                },
                name: name.or_else(|| used.resource.or(used.holder).map(str::to_owned)).unwrap_or_default(),
                in_request: used.in_request,
                in_response: !used.in_request,
                answers_write: used.writes && !used.in_request,
                is_form: used.is_form,
                operation: used.operation,
            });
        }
        for property in properties {
            let inner = property.schema.core();
            let wrapper = words::is_wrapper(property.name);
            if !(inner.is_array() || inner.is_object() || wrapper && inner.has_alternatives()) {
                continue;
            }
            let noun = words::noun(property.name);
            let held = match wrapper {
                true => Use { ..*used },
                // What an object within the object is, does not depend on the form around it.
                false => Use { resource: None, holder: Some(&noun), is_form: false, ..*used },
            };
            self.add(property.schema, &held, depth + 1);
            if !wrapper && !inner.is_array() {
                self.hold(schema.pin(), property.name, inner.pin());
            }
        }
    }

    /// Notes what the columns would be called that hold an object within an object.
    fn hold(&mut self, outer: Pin, name: &str, inner: Pin) {
        let (Some(outer), Some(inner)) = (self.by_pin.get(&outer).copied(), self.by_pin.get(&inner).copied()) else { return };
        let head = tables::fold(name);
        let names: Vec<String> = self.all[inner].profile.properties.iter().map(|one| format!("{head}{one}")).collect();
        self.all[outer].profile.within.extend(names);
    }

    /// Whether a use says something that is not known of the entity yet, so that what it holds has to be walked again.
    fn is_news(&self, known: Option<usize>, used: &Use) -> bool {
        let Some(entity) = known.and_then(|at| self.all.get(at)) else { return true };
        let direction = if used.in_request { entity.in_request } else { entity.in_response };
        !direction || (used.writes && !used.in_request && !entity.answers_write)
    }
}

/// Whether a schema holds one value and no object or list.
pub fn is_scalar(schema: SchemaRef) -> bool {
    let core = schema.core();
    core.is_string() || core.is_number() || core.types().contains(&"boolean") || !(core.is_object() || core.is_array())
}

/// Whether a property holds the thing itself: by its name, or because it is called what the path says (`{order: {..}}`).
fn holds_itself(property: &Property, resource: Option<&str>) -> bool {
    words::is_wrapper(property.name) || resource.is_some_and(|resource| words::noun(property.name) == resource)
}

/// The objects that a body is about, the likeliest first: the elements of a list, what a wrapper holds, the body itself.
pub fn pins(schema: SchemaRef, resource: Option<&str>) -> Vec<Pin> {
    let mut found = Vec::new();
    pins_within(schema, resource, 0, &mut Walk { seen: BTreeSet::new(), lists: 0, found: &mut found });
    found
}

/// What was gone through of a body, how many lists of forms in it, and what was found.
struct Walk<'w, T> {
    seen: BTreeSet<Pin>,
    lists: usize,
    found: &'w mut Vec<T>,
}

fn pins_within(schema: SchemaRef, resource: Option<&str>, depth: usize, walk: &mut Walk<Pin>) {
    let core = schema.core();
    if depth > DEEPEST || walk.seen.len() >= MOST_WALKED {
        return;
    }
    if let Some(items) = core.array_items().filter(|_| core.is_array()) {
        return pins_within(items, resource, depth + 1, walk);
    }
    for form in forms(core, &mut walk.lists) {
        if !walk.seen.insert(form.pin()) {
            continue;
        }
        for property in form.properties() {
            let inner = property.schema.core();
            match inner.array_items().filter(|_| inner.is_array()) {
                Some(items) if holds_itself(&property, resource) => pins_within(items, resource, depth + 1, walk),
                Some(items) => walk.found.push(items.core().pin()),
                None if holds_itself(&property, resource) && (inner.is_object() || inner.has_alternatives()) => {
                    pins_within(inner, resource, depth + 1, walk);
                }
                None => {}
            }
        }
        walk.found.push(form.pin());
    }
}

/// The properties of one thing that a body is or wraps: those of the body in each of its forms, and of what its wrappers hold.
pub fn sent<'a>(schema: SchemaRef<'a>, resource: Option<&str>) -> Vec<Property<'a>> {
    let mut found = Vec::new();
    sent_within(schema, resource, 0, &mut Walk { seen: BTreeSet::new(), lists: 0, found: &mut found });
    found
}

fn sent_within<'a>(schema: SchemaRef<'a>, resource: Option<&str>, depth: usize, walk: &mut Walk<Property<'a>>) {
    if depth > DEEPEST || walk.seen.len() >= MOST_WALKED {
        return;
    }
    for form in forms(schema, &mut walk.lists) {
        if !walk.seen.insert(form.pin()) {
            continue;
        }
        for property in form.properties() {
            let inner = property.schema.core();
            if holds_itself(&property, resource) && (inner.is_object() || inner.has_alternatives()) {
                sent_within(inner, resource, depth + 1, walk);
            }
            walk.found.push(property);
        }
    }
}
