//! A page size that is optional, and whose value is not said where it is left out.

use crate::diagnostic::Diagnostic;
use crate::model::api::{DocumentRef, Method, OperationRef, PageSize};
use crate::rules::{Context, Rule, rule, spread};

/// An optional page size without a default.
pub(super) const RULE: Rule = rule!("pagination/page-size-without-default", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        let mut missing: Vec<(OperationRef, PageSize)> = Vec::new();
        let reads = document.own_operations().filter(|one| one.method() == Method::Get && one.is_known());
        for (operation, size) in reads.filter_map(|one| Some((one, one.paging().page_size()?))) {
            context.consider();
            let said = size.says_default() || size.parameter.is_required();
            if !said && size.schema.is_wholly_known() && size.schema.core().is_number() {
                missing.push((operation, size));
            }
        }
        found.extend(report(document, &missing));
    }
    found
}

fn report(document: DocumentRef, missing: &[(OperationRef, PageSize)]) -> Option<Diagnostic> {
    let (first, size) = missing.first()?;
    let message = match missing.len() {
        1 => format!("`{}` of `{}` has no default: nobody knows how long a page is", size.name, first.subject()),
        many => format!("`{}` has no default in {many} operations: nobody knows how long a page is", size.name),
    };
    let diagnostic = Diagnostic::new(document.subject(), message)
        .at(size.span, "what a request without it gets is not said")
        .help("default: 20")
        .evidence("page size without default");
    Some(spread::over(diagnostic, missing.iter().map(|(operation, size)| (size.span, operation.subject()))))
}
