//! Which operations create something, what a repeated one would do, and what keeps it from doing so.

use super::Set;
use super::document::DocumentRef;
use super::operation::{Method, OperationRef, Segment};
use super::parameter::{Location, ParameterRef};
use super::response::{MediaRef, Status};
use super::schema::SchemaRef;
use super::words::{self, words};

/// An operation that creates something when it is called, and again when it is called again.
#[derive(Debug, Clone, Copy)]
pub struct Create<'a> {
    /// The operation.
    pub operation: OperationRef<'a>,
    /// Whether it moves money or stock.
    pub is_sensitive: bool,
    /// Whether it documents 409, so that a repeated call may be refused.
    pub may_conflict: bool,
}

/// The parameter that makes a repeated call harmless.
#[derive(Debug, Clone, Copy)]
pub struct KeyDeclaration<'a> {
    /// The parameter.
    pub parameter: ParameterRef<'a>,
}

fn is_idempotency_key(parameter: &ParameterRef) -> bool {
    let creates = &words().creates;
    let folded = parameter.folded();
    match parameter.location() {
        Location::Header => {
            let described = || parameter.description().is_some_and(words::speaks_of_keys);
            let named = || creates.described_headers.iter().any(|name| folded.ends_with(name));
            creates.headers.contains(&folded) || (named() && described())
        }
        Location::Query => matches!(folded.as_str(), "idempotencykey" | "clienttoken" | "requestid"),
        _ => false,
    }
}

impl<'a> OperationRef<'a> {
    /// The header or query parameter by which a caller marks a repeated request.
    pub fn idempotency_key(self) -> Option<KeyDeclaration<'a>> {
        let parameters = self.parameters();
        let at = *self.data().kept.idempotency_key.get_or_init(|| parameters.iter().position(is_idempotency_key));
        Some(KeyDeclaration { parameter: *parameters.get(at?)? })
    }

    /// Whether its caller names what it creates: a key in the body, or a PUT on the item that creates.
    fn has_client_key(self) -> bool {
        let keys = &words().creates.client_keys;
        let in_body = self
            .request_properties()
            .into_iter()
            .any(|property| !property.schema.is_read_only() && keys.contains(&words::folded(property.name)));
        let created = |item: &OperationRef| item.responses().iter().any(|response| response.status() == Status::Code(201));
        in_body || self.item_siblings().iter().filter(|item| item.method() == Method::Put).any(created)
    }

    /// Whether a repeated call does no harm by what its path says: a login, a search, an action on one thing.
    fn is_harmless_post(self, last: &str) -> bool {
        let creates = &words().creates;
        // `/orders:batchCreate` is an action of its own name.
        let last = last.rsplit(':').next().unwrap_or(last);
        let tokens = words::tokens(last);
        let at = |token: Option<&String>, set: &Set<String>| token.is_some_and(|token| set.contains(token));
        creates.harmless.contains(&last.to_lowercase())
            || at(tokens.last(), &creates.harmless) && tokens.len() > 1 && last.contains([':', '-', '_', '.'])
            || at(tokens.first(), &creates.harmless_starts) && tokens.len() > 1
            || self.has_foreign_errors()
    }

    /// Whether it uploads a file: nothing but multipart or binary bodies.
    fn is_upload(self) -> bool {
        let media: Vec<String> = self.request_media().iter().map(MediaRef::essence).collect();
        let binary =
            |one: &String| one.starts_with("multipart/") || one == "application/octet-stream" || one.starts_with("image/");
        !media.is_empty() && media.iter().all(binary)
    }

    /// Whether its id calls it an action (`invoicePendingLinesAction`), or its path ends in a verb on one thing (`/jobs/{id}/start`).
    fn is_action(self) -> bool {
        let on_one = || match self.segments().as_slice() {
            [.., Segment::Parameter(_), Segment::Literal(last)] => words().creates.verbs.contains(&last.to_lowercase()),
            _ => false,
        };
        self.operation_id().is_some_and(|id| words::last_token(id) == "action") || on_one()
    }

    /// Whether it answers with a list: an array, or an object that counts the entries of one.
    fn answers_with_list(self) -> bool {
        let Some(schema) = self.success_schema().map(SchemaRef::core) else { return false };
        let properties = schema.properties();
        let counts = properties.iter().any(|one| words().creates.list_counts.contains(&words::folded(one.name)));
        schema.is_array() || counts && properties.iter().any(|one| one.schema.core().is_array())
    }

    /// What it creates, where it does: a POST on a collection (its items have a path, it answers 201, its id says so), or one
    /// that sends something to a person. `None` where its caller names what it creates, and for actions and for what answers
    /// with a list.
    pub fn create(self) -> Option<Create<'a>> {
        if self.method() != Method::Post || self.is_health_like() || self.is_stream() {
            return None;
        }
        let last = self.last_literal()?;
        let creates = &words().creates;
        let sends = creates.sends.contains(&last.to_lowercase());
        if self.is_harmless_post(last) || self.is_upload() {
            return None;
        }
        if self.is_action() || self.answers_with_list() {
            return None;
        }
        let statuses: Vec<Status> = self.responses().iter().map(|response| response.status()).collect();
        let named = self.operation_id().is_some_and(|id| words::tokens(id).iter().any(|token| creates.verbs.contains(token)));
        let answers = statuses.contains(&Status::Code(201));
        if !(sends || named || answers || !self.item_siblings().is_empty()) || self.has_client_key() {
            return None;
        }
        let tokens = words::tokens(last);
        let noun = words::singular(tokens.last()?);
        let many = words::is_plural(tokens.last()?) || !self.item_siblings().is_empty();
        let counts = many || creates.sensitive_actions.contains(&noun);
        let pair = tokens.iter().rev().nth(1).map(|before| format!("{before}{noun}"));
        let moves = |name: &String| creates.sensitive.contains(name);
        let is_sensitive = counts && (moves(&noun) || pair.as_ref().is_some_and(moves));
        Some(Create { operation: self, is_sensitive, may_conflict: statuses.contains(&Status::Code(409)) })
    }
}

impl<'a> DocumentRef<'a> {
    /// Every operation that creates, in order; none in documents that call procedures.
    pub fn creates(self) -> Vec<Create<'a>> {
        if self.is_rpc_style() {
            return Vec::new();
        }
        self.own_operations().filter(|operation| operation.is_known()).filter_map(OperationRef::create).collect()
    }
}
