//! `[api]`: what is asked of the interface.

use super::reader::{Reader, Section};
use crate::model::api::{Casing, LimitDialect, PagingKind};
use crate::model::standards::{CasingStandards, ErrorForm, Standards, VersionPlace};

/// A kind of words, with how each is written.
fn one_of<T: Copy, const N: usize>(
    reader: &mut Reader,
    section: &Section,
    key: &str,
    all: [T; N],
    name: impl Fn(T) -> &'static str,
) -> Option<T> {
    let words = all.map(&name);
    reader.word(section, key, &words, |word| all.into_iter().find(|one| name(*one) == word))
}

/// Reads the section.
pub(super) fn read(reader: &mut Reader, section: &Section) -> Standards {
    reader.keys(section, "api");
    let text = |reader: &mut Reader, key: &str| reader.text(section, key).map(|text| text.value);
    Standards {
        errors: one_of(reader, section, "errors", ErrorForm::ALL, ErrorForm::name),
        error_schema: text(reader, "error_schema"),
        pagination: one_of(reader, section, "pagination", PagingKind::ASKED, PagingKind::name),
        page_size: text(reader, "page_size"),
        page_position: text(reader, "page_position"),
        casing: section.get("casing").and_then(|value| reader.section(value, "[api.casing]")).map(|part| casing(reader, &part)),
        versioning: one_of(reader, section, "versioning", VersionPlace::ALL, VersionPlace::name),
        idempotency: text(reader, "idempotency"),
        rate_limit_headers: one_of(reader, section, "rate_limit_headers", LimitDialect::ALL, LimitDialect::name),
    }
}

/// `[api.casing]`.
fn casing(reader: &mut Reader, section: &Section) -> CasingStandards {
    reader.keys(section, "casing");
    let mut style = |key: &str| one_of(reader, section, key, Casing::ASKED, Casing::name);
    CasingStandards { paths: style("paths"), properties: style("properties"), parameters: style("parameters") }
}
