//! Findings built by hand: a text with its places marked, and what a rule would say of them.

use backend_lint::diagnostic::{Confidence, Diagnostic, Finding, Remedy, Report, Severity};
use backend_lint::source::{SourceId, Sources, Span};

/// The span of the first occurrence of `needle`.
pub fn find(sources: &Sources, id: SourceId, needle: &str) -> Span {
    let start = sources.get(id).text().find(needle).unwrap_or_else(|| panic!("no {needle:?} in {}", sources.path(id)));
    Span::new(id, start, start + needle.len())
}

/// What the registry would make of a diagnostic.
pub fn finding(rule: &str, severity: Severity, diagnostic: Diagnostic) -> Finding {
    Finding {
        rule: rule.into(),
        severity,
        confidence: Confidence::High,
        remedy: Remedy::Migration,
        url: format!("https://example.test/rules/{rule}"),
        fingerprint: format!("{:032x}", rule.len()),
        service: None,
        owners: Vec::new(),
        exception: None,
        diagnostic,
    }
}

/// A report of these findings.
pub fn report(findings: Vec<Finding>) -> Report {
    Report { findings, files: 3, ..Report::default() }
}

/// An API, a migration and a service that one finding spans.
pub fn shop() -> (Sources, Finding) {
    let mut sources = Sources::default();
    let api = sources.add(
        "api/openapi.yaml",
        "openapi: 3.1.0\npaths:\n  /orders:\n    get:\n      parameters:\n        - name: sort\n          in: query\n          schema:\n            type: string\n            enum: [created_at, total]\n",
    );
    let migration = sources.add(
        "db/001_init.sql",
        "CREATE TABLE orders (\n  id bigint PRIMARY KEY,\n  customer_id bigint,\n  created_at timestamptz\n);\n\nCREATE INDEX orders_customer ON orders (customer_id);\n",
    );
    let compose = sources.add("deploy/compose.yaml", "services:\n  api:\n    environment:\n      DB_STATEMENT_TIMEOUT: 60s\n");
    let diagnostic = Diagnostic::new("GET /orders ?sort", "`GET /orders` sorts by `created_at`, which no index serves")
        .at(find(&sources, api, "created_at"), "clients may sort by this")
        .cause(find(&sources, migration, "customer_id)"), "the only index leads with `customer_id`")
        .cause(find(&sources, migration, "created_at timestamptz"), "the column")
        .context(find(&sources, compose, "60s"), "a slow sort may run this long")
        .help("CREATE INDEX CONCURRENTLY orders_created_at\n    ON orders (created_at);")
        .join("`GET /orders` reads table `orders`: path segment, and 5 of 6 properties are columns")
        .at_most(Severity::Warning, "the table has no declared size");
    (sources, finding("indexes/sort-parameter-without-index", Severity::Warning, diagnostic))
}
