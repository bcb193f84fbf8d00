//! A page size that has no upper bound: one request can ask for the whole table.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{DocumentRef, LooseBound, Method, OperationRef, PageSize, Version};
use crate::rules::{Context, Rule, rule};

/// A page size that has no upper bound.
pub(super) const RULE: Rule = rule!("pagination/page-size-without-maximum", check);

/// The operations whose page size is one thing to fix: a shared parameter, or parameters of one name written in place.
struct Group<'a> {
    document: DocumentRef<'a>,
    size: PageSize<'a>,
    uses: Vec<(OperationRef<'a>, PageSize<'a>)>,
}

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut groups: Vec<Group> = Vec::new();
    for operation in context.head.api.operations().filter(|operation| operation.method() == Method::Get && operation.is_known()) {
        let Some(size) = operation.paging().page_size() else { continue };
        context.consider();
        if !size.is_unbounded() {
            continue;
        }
        let document = operation.document();
        let stated = size.loose_bound();
        let one_thing = |group: &&mut Group| match size.parameter.is_shared() || group.size.parameter.is_shared() {
            true => group.size.span == size.span,
            false => {
                let same = group.document.path() == document.path() && group.size.name == size.name;
                same && group.size.loose_bound() == stated
            }
        };
        match groups.iter_mut().find(one_thing) {
            Some(group) => group.uses.push((operation, size)),
            None => groups.push(Group { document, size, uses: vec![(operation, size)] }),
        }
    }
    groups.iter().map(report).collect()
}

fn report(group: &Group) -> Diagnostic {
    let shared = group.size.parameter.is_shared();
    let name = match group.size.parameter.name() {
        parameter if parameter == group.size.name => parameter.to_owned(),
        object => format!("{object}[{}]", group.size.name),
    };
    let subject = match group.size.parameter.component_name().filter(|_| shared) {
        Some(component) => format!("{} parameter {component}", group.document.subject()),
        None => format!("{} ?{name}", group.document.subject()),
    };
    let lists = match group.uses.len() {
        1 => String::new(),
        many => format!(" ({many} operations)"),
    };
    let mut diagnostic = Diagnostic::new(subject, format!("`{name}` has no maximum: one request can ask for every entry{lists}"))
        .at(
            group.size.span,
            if group.size.loose_bound().is_some() { "the schema does not bound it" } else { "nothing bounds it" },
        )
        .help(bound_to_add(group))
        .evidence(format!("{name} without maximum"));
    // A shared parameter is edited once, and its users are named; parameters written in place are edited one by one.
    for (operation, size) in group.uses.iter().skip(usize::from(!shared)) {
        diagnostic = diagnostic.occurrence(if shared { operation.span() } else { size.span }, operation.subject());
    }
    if shared {
        diagnostic = diagnostic.standing_for_all();
    }
    let why = group.size.loose_bound().map(|bound| match bound {
        LooseBound::Prose => "its description states a bound, only the schema does not",
        LooseBound::UpperBound => "its description lets the service answer with fewer entries than asked for",
        LooseBound::WordForAll => "a word for all entries stands beside the number, so this seems meant",
    });
    match why {
        Some(why) => diagnostic.at_most(Severity::Info, why),
        None => diagnostic,
    }
}

/// A shared parameter with a maximum where the document has one, else the maximum itself.
fn bound_to_add(group: &Group) -> String {
    if let Some((parameter, reference)) = group.document.bounded_page_size(&group.size, group.size.span.source) {
        return match (reference, parameter.component_name()) {
            (Some(reference), _) => format!("- $ref: \"{reference}\""),
            (None, Some(name)) => format!("refer to the shared parameter `{name}`, which has a maximum"),
            (None, None) => "refer to the shared parameter of this name, which has a maximum".to_owned(),
        };
    }
    match group.document.version() {
        Version::V2 => "in the parameter itself:\nmaximum: 100".to_owned(),
        _ => "in the schema of the parameter:\nmaximum: 100".to_owned(),
    }
}
