//! Idempotency keys in depth: what a key may be, and what a repeated request is answered with.

use super::create::KeyDeclaration;
use super::document::DocumentRef;
use super::operation::{Method, OperationRef};
use super::response::Status;
use super::schema::SchemaRef;

impl KeyDeclaration<'_> {
    /// The type that the key has instead of text; `None` where it is text, or its type is not said.
    pub fn wrong_type(&self) -> Option<&str> {
        let schema = self.parameter.schema()?.core();
        let types: Vec<&str> = schema.types().into_iter().filter(|name| *name != "null").collect();
        if schema.is_string() || !schema.is_known() || schema.has_alternatives() { None } else { types.first().copied() }
    }

    /// Whether something bounds its length: `maxLength`, a pattern, a format of known length, a list of values; or the document
    /// does not say what it is.
    pub fn is_bounded(&self) -> bool {
        let Some(schema) = self.parameter.schema().map(SchemaRef::core) else { return true };
        let of_known_length = matches!(schema.format(), Some("uuid" | "guid" | "ulid" | "date-time"));
        schema.max_length().is_some()
            || schema.pattern().is_some()
            || of_known_length
            || !schema.enum_values().is_empty()
            || !schema.is_string()
            || schema.has_alternatives()
            || !schema.parts("allOf").is_empty()
    }
}

impl<'a> OperationRef<'a> {
    /// Whether it says what a key that was used before is answered with: 409 (the first request still runs), 422 (it had
    /// another content), `4XX` or `default`.
    pub fn documents_replay(self) -> bool {
        let says = |status| matches!(status, Status::Code(409 | 422) | Status::Class(4) | Status::Default);
        self.responses().into_iter().any(|response| says(response.status()))
    }
}

impl<'a> DocumentRef<'a> {
    /// Every operation that takes an idempotency key, with the key, in order. Reads have nothing to repeat and are left out.
    pub fn keyed_operations(self) -> Vec<(OperationRef<'a>, KeyDeclaration<'a>)> {
        let writes = self.own_operations().filter(|one| !matches!(one.method(), Method::Get | Method::Head | Method::Options));
        writes.filter(|one| one.is_known()).filter_map(|operation| Some((operation, operation.idempotency_key()?))).collect()
    }
}
