//! Bodies that hold files: what an operation takes, and how large it may be.

use super::passages::Passage;
use crate::model::api::{MediaRef, OperationRef, SchemaRef};
use crate::source::Span;

/// An operation that takes a file.
#[derive(Debug, Clone)]
pub struct Upload<'m> {
    /// The operation.
    pub operation: OperationRef<'m>,
    /// Where its body is described.
    pub span: Span,
    /// The largest file in bytes, where the document says it.
    pub largest: Option<u64>,
}

impl<'m> Passage<'m> {
    /// The operations behind it that take files.
    pub fn uploads(&self) -> Vec<Upload<'m>> {
        self.operations().into_iter().filter_map(upload).collect()
    }
}

fn upload(operation: OperationRef<'_>) -> Option<Upload<'_>> {
    let media = operation.request_media();
    let found = media.iter().find(|media| holds_file(media))?;
    let sizes = found.schema.into_iter().flat_map(files);
    let largest = sizes.filter_map(|file| file.max_length().and_then(|length| u64::try_from(length.value).ok())).max();
    Some(Upload { operation, span: found.span, largest })
}

/// Whether a media type is a file, or a form with one.
fn holds_file(media: &MediaRef<'_>) -> bool {
    let essence = media.essence();
    let is_file = essence == "application/octet-stream"
        || ["image/", "video/", "audio/"].iter().any(|start| essence.starts_with(start))
        || matches!(essence.as_str(), "application/pdf" | "application/zip");
    is_file || (essence == "multipart/form-data" && media.schema.is_some_and(|schema| !files(schema).is_empty()))
}

/// The parts of a body that are files: the body itself, or properties of a form.
fn files(schema: SchemaRef<'_>) -> Vec<SchemaRef<'_>> {
    let is_file = |one: SchemaRef<'_>| one.core().format() == Some("binary");
    let own = is_file(schema).then_some(schema);
    let parts = schema.properties().into_iter().flat_map(|property| {
        let items = property.schema.array_items();
        std::iter::once(property.schema).chain(items).filter(|one| is_file(*one)).collect::<Vec<_>>()
    });
    own.into_iter().chain(parts).collect()
}
