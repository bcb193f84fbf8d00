//! Error bodies: what they look like, and which of them another standard rules.

use super::Map;
use super::cursor::Pin;
use super::document::DocumentRef;
use super::error_part::ErrorParts;
use super::kept::pin_of;
use super::operation::OperationRef;
use super::response::{MediaRef, ResponseRef};
use super::schema::{Property, SchemaRef};
use super::words::words;
use crate::model::standards::ErrorForm;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

/// What an error body looks like: its property names, or its type where it is no object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// An object with these properties.
    Object(BTreeSet<String>),
    /// Something else, by type: `string`, `array`.
    Other(String),
}

impl Shape {
    /// In a few words: `{code, message}`.
    pub fn label(&self) -> String {
        match self {
            Shape::Object(names) if names.len() > 5 => {
                let first: Vec<&str> = names.iter().take(4).map(String::as_str).collect();
                format!("{{{}, ...}}", first.join(", "))
            }
            Shape::Object(names) => format!("{{{}}}", names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")),
            Shape::Other(name) => name.clone(),
        }
    }

    /// Whether it is a list.
    pub fn is_list(&self) -> bool {
        *self == Shape::Other("array".to_owned())
    }

    /// Whether a client that reads `majority` can read this too: it has all its properties, or all that it requires.
    pub fn extends(&self, majority: &Shape, required: &BTreeSet<String>) -> bool {
        match (self, majority) {
            (Shape::Object(own), Shape::Object(known)) => {
                known.is_subset(own) || (!required.is_empty() && required.is_subset(own))
            }
            _ => self == majority,
        }
    }
}

/// One body of one error response of one operation.
#[derive(Debug, Clone, Copy)]
pub struct ErrorBody<'a> {
    /// The response.
    pub response: ResponseRef<'a>,
    /// The media type.
    pub media: MediaRef<'a>,
}

/// What error bodies look like, by the nodes of their schemas: as mentioned, and themselves.
pub(super) type Shapes = Map<(Pin, Pin), Option<Arc<Shape>>>;

/// Where an error body stands: the number of its operation, and its place among the responses and among their media types.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyPlace {
    operation: u32,
    response: usize,
    media: usize,
}

impl<'a> ErrorBody<'a> {
    /// `GET /orders 404`.
    pub fn subject(&self) -> String {
        format!("{} {}", self.response.operation().subject(), self.response.status())
    }

    /// Where the body is declared: one place for all operations that share a response component.
    pub fn span(&self) -> Span {
        self.media.span
    }

    /// The place to edit: the component that its schema is, else the place where the body is declared.
    pub fn place(&self) -> Span {
        let schema = self.media.schema.filter(|schema| schema.name().is_some());
        schema.map_or(self.media.span, SchemaRef::definition_span)
    }

    /// Whether it is a problem document, or offered beside one.
    pub fn is_problem(&self) -> bool {
        self.media.is_problem() || self.response.media().iter().any(MediaRef::is_problem)
    }

    /// Its schema where that is known.
    pub fn schema(&self) -> Option<SchemaRef<'a>> {
        self.media.schema.map(SchemaRef::core).filter(|schema| schema.is_wholly_known())
    }

    /// The component that its schema is, by name and identity.
    pub fn component(&self) -> Option<(&'a str, Pin)> {
        let schema = self.media.schema?;
        Some((schema.name()?, schema.pin()))
    }

    /// What it looks like; `None` where the document does not say. Found out once for each schema.
    pub fn shape(&self) -> Option<Arc<Shape>> {
        let cursor = self.media.schema?.cursor;
        let name = (pin_of(cursor.written), pin_of(cursor.node));
        let shapes = || cursor.api.shapes.lock().unwrap_or_else(PoisonError::into_inner);
        let known = shapes().get(&name).cloned();
        known.unwrap_or_else(|| {
            let shape = self.find_shape().map(Arc::new);
            shapes().insert(name, shape.clone());
            shape
        })
    }

    fn find_shape(&self) -> Option<Shape> {
        let schema = self.schema().filter(|schema| !schema.has_alternatives())?;
        let names: BTreeSet<String> = schema.properties().into_iter().map(|property| property.name.to_owned()).collect();
        if !names.is_empty() {
            return Some(Shape::Object(names));
        }
        let types: Vec<&str> = schema.types().into_iter().filter(|name| *name != "null").collect();
        match types.as_slice() {
            [one] if *one != "object" => Some(Shape::Other((*one).to_owned())),
            _ => None,
        }
    }

    /// Whether its schema is that of RFC 9457 in all but the media type: by its members, or by name and some of them.
    pub fn looks_like_problem(&self) -> bool {
        let shape = self.shape();
        let Some(Shape::Object(names)) = shape.as_deref() else { return false };
        let members = words().errors.problem.iter().filter(|name| names.contains(*name)).count();
        let named = self.component().is_some_and(|(name, _)| name.to_ascii_lowercase().contains("problem"));
        let core = names.contains("title") && (names.contains("status") || names.contains("type") || names.contains("detail"));
        core && (members >= 3 || (named && members >= 2))
    }

    /// The member of a problem document whose type contradicts RFC 9457 (`status` is a number, the others are text), with
    /// the type that it must have.
    pub fn contradicting_member(&self) -> Option<(Property<'a>, &'static str)> {
        let properties = self.schema().filter(|_| self.media.is_problem()).map(SchemaRef::properties).unwrap_or_default();
        let members = properties.into_iter().filter(|property| words().errors.problem.contains(property.name));
        let wanted = members.map(|member| (member, if member.name == "status" { "number" } else { "text" }));
        let mut wrong = wanted.filter(|(member, wanted)| {
            let schema = member.schema.core();
            let fits = if *wanted == "number" { schema.is_number() } else { schema.is_string() };
            let typed = schema.types().into_iter().any(|name| name != "null");
            typed && schema.is_known() && !fits
        });
        wrong.next()
    }

    /// Whether another standard fixes its form: OAuth 2, SCIM, JSON:API, FHIR, GraphQL.
    fn is_foreign(&self) -> bool {
        let errors = &words().errors;
        if errors.media.contains(&self.media.essence()) || self.response.operation().has_foreign_errors() {
            return true;
        }
        match self.shape().as_deref() {
            Some(Shape::Object(names)) => names.contains("error_description") && names.is_subset(&oauth_members()),
            _ => false,
        }
    }
}

fn oauth_members() -> BTreeSet<String> {
    words().errors.oauth.iter().cloned().collect()
}

impl<'a> DocumentRef<'a> {
    /// Every error body of every operation, in order; those whose form another standard
    /// fixes are left out, and those of health checks.
    pub fn error_bodies(self) -> Vec<ErrorBody<'a>> {
        let all = self.api.error_bodies.get_or_init(|| self.api.documents().map(DocumentRef::find_error_bodies).collect());
        let own = all.get(self.at as usize).map_or(&[][..], Vec::as_slice);
        let mut found = Vec::with_capacity(own.len());
        for places in own.chunk_by(|one, other| one.operation == other.operation) {
            let operation = places.first().map(|place| OperationRef::new(self.api, place.operation));
            let responses = operation.map(OperationRef::responses).unwrap_or_default();
            found.extend(places.iter().filter_map(|place| {
                let response = *responses.get(place.response)?;
                Some(ErrorBody { response, media: response.media().into_iter().nth(place.media)? })
            }));
        }
        found
    }

    fn find_error_bodies(self) -> Vec<BodyPlace> {
        // A failed form that is sent back, or the thing that stands in the way, is a resource and no error format.
        let mut uses: Map<Pin, usize> = Map::default();
        for schema in self.operations().filter_map(|operation| operation.success_schema()) {
            *uses.entry(schema.core().pin()).or_default() += 1;
        }
        let mut bodies: Vec<(BodyPlace, Option<Pin>)> = Vec::new();
        for operation in self.own_operations().filter(|operation| !operation.is_health_like()) {
            for (at, response) in operation.responses().into_iter().enumerate() {
                if !response.is_known() || !response.is_error() {
                    continue;
                }
                for (nth, media) in response.media().into_iter().enumerate() {
                    let body = ErrorBody { response, media };
                    if !body.is_foreign() {
                        let place = BodyPlace { operation: operation.at, response: at, media: nth };
                        bodies.push((place, body.schema().map(SchemaRef::pin)));
                    }
                }
            }
        }
        let mut errors: Map<Pin, usize> = Map::default();
        for pin in bodies.iter().filter_map(|(_, pin)| *pin) {
            *errors.entry(pin).or_default() += 1;
        }
        let is_resource =
            |pin: &Option<Pin>| pin.is_some_and(|pin| uses.get(&pin).is_some_and(|uses| Some(uses) >= errors.get(&pin)));
        bodies.into_iter().filter(|(_, pin)| !is_resource(pin)).map(|(place, _)| place).collect()
    }

    /// Whether error bodies have to be problem documents: most are already, or the configuration asks for it.
    pub fn follows_problem_details(self, bodies: &[ErrorBody<'a>]) -> bool {
        if let Some(form) = self.standards().errors {
            return form == ErrorForm::ProblemDetails;
        }
        bodies.iter().filter(|body| body.is_problem()).count() * 2 > bodies.len()
    }

    /// What most error bodies look like: at least nine of ten, of at least five whose shape is known; or those with the schema
    /// that the configuration names. With the shape come how many have it, how many there are, and the first of them.
    pub fn majority_shape(self, bodies: &[ErrorBody<'a>]) -> Option<Majority<'a>> {
        let shaped: Vec<(Arc<Shape>, ErrorBody)> = bodies.iter().filter_map(|body| Some((body.shape()?, *body))).collect();
        let all = shaped.len();
        let asked = self.standards().error_schema.as_deref();
        let asked = asked.map(|name| shaped.iter().find(|(_, body)| body.component().is_some_and(|(own, _)| own == name)));
        let mut counts: BTreeMap<&Arc<Shape>, (usize, ErrorBody<'a>)> = BTreeMap::new();
        for (shape, body) in &shaped {
            counts.entry(shape).or_insert((0, *body)).0 += 1;
        }
        let (shape, (count, first)) = match asked {
            Some(found) => {
                let (shape, first) = found?;
                (shape, (counts.get(shape)?.0, *first))
            }
            None => counts.into_iter().max_by_key(|(_, (count, _))| *count)?,
        };
        if asked.is_none() && (all < 5 || count * 10 < all * 9) {
            return None;
        }
        let properties = first.schema().map(SchemaRef::properties).unwrap_or_default();
        let required = properties.into_iter().filter(|property| property.required);
        let required = required.map(|property| property.name.to_owned()).collect();
        let parts = asked.is_none().then(|| ErrorParts::new(&shaped, shape));
        Some(Majority { shape: shape.clone(), required, count, all, first, parts })
    }
}

/// What most error bodies of a document look like.
#[derive(Debug, Clone)]
pub struct Majority<'a> {
    /// Its properties.
    pub shape: Arc<Shape>,
    /// Those that it requires.
    pub required: BTreeSet<String>,
    /// How many bodies have it.
    pub count: usize,
    /// How many bodies have a known shape.
    pub all: usize,
    /// The first body that has it.
    pub first: ErrorBody<'a>,
    /// Where in the document it is usual; `None` where it is asked for everywhere.
    parts: Option<ErrorParts>,
}

impl Majority<'_> {
    /// Whether a parser of this shape reads a body: it has everything of the shape and perhaps more; or nothing but members
    /// of the shape, of the same types, and all that the shape requires.
    pub fn is_readable(&self, body: &ErrorBody, shape: &Shape) -> bool {
        shape.extends(&self.shape, &self.required) || self.is_part(body)
    }

    fn is_part(&self, body: &ErrorBody) -> bool {
        let Some((own, usual)) = body.schema().zip(self.first.schema()) else { return false };
        let (own, usual) = (own.properties(), usual.properties());
        let same = |property: &Property| {
            let known = usual.iter().find(|known| known.name == property.name);
            known.is_some_and(|known| same_type(known.schema, property.schema))
        };
        let has = |name: &String| own.iter().any(|property| property.name == name);
        !own.is_empty() && own.iter().all(same) && self.required.iter().all(has)
    }

    /// Whether the shape is usual where a body stands: in its version of the interface, on its servers, under its security.
    pub fn speaks_for(&self, body: &ErrorBody) -> bool {
        self.parts.as_ref().is_none_or(|parts| parts.speak_for(body))
    }
}

/// Whether two members have the same type, as far as the document says.
fn same_type(one: SchemaRef, other: SchemaRef) -> bool {
    let types = |schema: SchemaRef| -> BTreeSet<String> {
        let names = schema.core().types().into_iter().filter(|name| *name != "null");
        names.map(str::to_owned).collect()
    };
    let (one, other) = (types(one), types(other));
    one.is_empty() || other.is_empty() || one == other
}
