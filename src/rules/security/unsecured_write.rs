//! A write that nobody must log in for, as far as the document says.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{Access, DocumentRef, Method, OperationRef};
use crate::rules::spread::{counted, over};
use crate::rules::{Context, Rule, rule};

/// A write that nobody must log in for, as far as the document says.
pub(super) const RULE: Rule = rule!("security/unsecured-write", check);

/// From this many operations on it is one finding.
const MANY: usize = 4;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let writes = |operation: &OperationRef| {
            let method = operation.method();
            matches!(method, Method::Post | Method::Put | Method::Patch | Method::Delete) && !operation.is_health_like()
        };
        let judged: Vec<OperationRef> = document.own_operations().filter(writes).collect();
        judged.iter().for_each(|_| context.consider());
        let is_bare = |operation: &OperationRef| operation.access() == Access::Unstated && !operation.is_entrance();
        let bare: Vec<OperationRef> = judged.iter().copied().filter(is_bare).collect();
        let asked = judged.iter().filter(|operation| operation.access() == Access::Asked).count();
        let any = asked > 0 || document.own_operations().any(|operation| operation.access() == Access::Asked);
        match bare.as_slice() {
            [] => {}
            some if !any => found.extend(nothing_asked(document, some)),
            some => found.extend(exceptions(document, some, asked)),
        }
    }
    found
}

/// No operation of the document asks anything of its callers: one finding.
fn nothing_asked(document: DocumentRef, bare: &[OperationRef]) -> Option<Diagnostic> {
    let place = document.paths_span()?;
    let schemes = document.security_schemes();
    let writes = counted(bare.len(), "write");
    let diagnostic = match schemes.first() {
        Some(scheme) => Diagnostic::new(
            document.subject(),
            format!("no operation asks for a login, though `{}` is declared: {writes} open to all", scheme.name()),
        )
        .at(place, "no `security` here and none for the whole document")
        .context(scheme.span(), "declared, and asked for nowhere")
        .help(format!("security:\n  - {}: []", scheme.name())),
        None => Diagnostic::new(document.subject(), format!("no `security` says who may call this API: {writes} open to all"))
            .at(place, "no `security` here and none for the whole document")
            .help(format!("security:\n  - bearer: []\n{}", document.bearer_declaration("bearer")))
            .at_most(Severity::Info, "the document says nothing of logins at all: they may be a gateway's matter"),
    };
    let diagnostic = diagnostic.evidence("no security anywhere").standing_for_all();
    Some(over(diagnostic, bare.iter().map(|operation| (operation.span(), operation.subject()))))
}

/// Other operations ask for a login, these do not.
fn exceptions(document: DocumentRef, bare: &[OperationRef], asked: usize) -> Vec<Diagnostic> {
    let soften = |diagnostic: Diagnostic| match asked > bare.len() {
        true => diagnostic,
        false => diagnostic.at_most(Severity::Info, "most writes of the document are without a login"),
    };
    let help = "security:\n  - bearer: []";
    let scheme = document.security_schemes().first().map(|scheme| format!("security:\n  - {}: []", scheme.name()));
    let help = scheme.unwrap_or(help.to_owned());
    let others = match asked {
        0 => "and no write does, though reads do".to_owned(),
        some => format!("unlike {}", counted(some, "other write")),
    };
    if bare.len() < MANY {
        let one = |operation: &OperationRef| {
            let subject = operation.subject();
            let message = format!("`{subject}` asks for no login, {others}");
            let diagnostic = Diagnostic::new(&subject, message).at(operation.span(), "neither `security` nor `security: []`");
            let diagnostic = match operation.may_be_entrance() {
                true => diagnostic.at_most(Severity::Info, "by its name a caller comes to be known by it"),
                false => diagnostic,
            };
            soften(diagnostic.help(&help).evidence("no security on a write"))
        };
        return bare.iter().map(one).collect();
    }
    let Some(first) = bare.first() else { return Vec::new() };
    let message = format!("{} ask for no login, {others}", counted(bare.len(), "write"));
    let diagnostic = Diagnostic::new(document.subject(), message)
        .at(first.span(), format!("{}: neither `security` nor `security: []`", first.subject()))
        .help(help)
        .evidence("no security on writes");
    vec![soften(over(diagnostic, bare.iter().map(|operation| (operation.span(), operation.subject()))))]
}
