//! What the configuration asks of an interface (`[api]`), where a document would otherwise be held against what it mostly does.

use super::api::{Casing, LimitDialect, PagingKind};

/// The form that error bodies have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorForm {
    /// `application/problem+json`, as RFC 9457 describes it.
    ProblemDetails,
    /// One of their own, the same everywhere.
    Own,
}

impl ErrorForm {
    /// All of them.
    pub const ALL: [ErrorForm; 2] = [ErrorForm::ProblemDetails, ErrorForm::Own];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            ErrorForm::ProblemDetails => "problem-details",
            ErrorForm::Own => "own",
        }
    }
}

/// Where operations say which version of the interface they belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionPlace {
    /// In the path, or in that of the server.
    Path,
    /// In a header.
    Header,
    /// In a query parameter.
    Query,
}

impl VersionPlace {
    /// All of them.
    pub const ALL: [VersionPlace; 3] = [VersionPlace::Path, VersionPlace::Header, VersionPlace::Query];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            VersionPlace::Path => "path",
            VersionPlace::Header => "header",
            VersionPlace::Query => "query",
        }
    }
}

/// How names are written, by what they name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CasingStandards {
    /// The words of paths.
    pub paths: Option<Casing>,
    /// Properties of schemas.
    pub properties: Option<Casing>,
    /// Query parameters.
    pub parameters: Option<Casing>,
}

/// What is asked of the interface. `None`: the document's own convention counts, where it has one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standards {
    /// `errors`: the form of error bodies.
    pub errors: Option<ErrorForm>,
    /// `error_schema`: name of the schema component of error bodies; of documents that use one of that name.
    pub error_schema: Option<String>,
    /// `pagination`: by what pages are asked for; [`PagingKind::Cursor`] is met by [`PagingKind::Key`] too.
    pub pagination: Option<PagingKind>,
    /// `page_size`: name of the query parameter that says how many entries a page has.
    pub page_size: Option<String>,
    /// `page_position`: name of the query parameter that says where a page starts.
    pub page_position: Option<String>,
    /// `casing`: how names are written.
    pub casing: Option<CasingStandards>,
    /// `versioning`: where the version stands.
    pub versioning: Option<VersionPlace>,
    /// `idempotency`: name of the header by which a repeated request is recognised.
    pub idempotency: Option<String>,
    /// `rate_limit_headers`: the family of headers that tell of a rate limit.
    pub rate_limit_headers: Option<LimitDialect>,
}

impl Standards {
    /// Takes over what a configuration file says.
    pub(super) fn refine(&mut self, nearer: &Standards) {
        let Standards { errors, error_schema, pagination, page_size, page_position, casing, .. } = nearer;
        let Standards { versioning, idempotency, rate_limit_headers, .. } = nearer;
        self.errors = errors.or(self.errors);
        self.error_schema = error_schema.clone().or_else(|| self.error_schema.take());
        self.pagination = pagination.or(self.pagination);
        self.page_size = page_size.clone().or_else(|| self.page_size.take());
        self.page_position = page_position.clone().or_else(|| self.page_position.take());
        self.casing = casing.or(self.casing);
        self.versioning = versioning.or(self.versioning);
        self.idempotency = idempotency.clone().or_else(|| self.idempotency.take());
        self.rate_limit_headers = rate_limit_headers.or(self.rate_limit_headers);
    }

    /// How the names of one kind are written, where that is asked for.
    pub(super) fn casing(&self, of: impl Fn(&CasingStandards) -> Option<Casing>) -> Option<Casing> {
        self.casing.as_ref().and_then(of)
    }
}
