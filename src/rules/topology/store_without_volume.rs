//! A database whose data is gone with its container.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::persistence::FleetingStore;
use crate::model::runtime::stay::Stay;
use crate::rules::copies::{folded, rehearsed};
use crate::rules::spread::{counted, grouped};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("topology/store-without-volume", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    runtime.services().filter(|service| service.is_plain_database()).for_each(|_| context.consider());
    // The stores of one set-up are one decision; those that are made for a rehearsal are another.
    let groups = grouped(runtime.fleeting_stores(), |store| {
        (store.service.service().project, store.stay, store.service.profile().is_rehearsal())
    });
    folded(groups.iter().filter_map(|group| report(group)).collect())
}

fn report(group: &[FleetingStore<'_>]) -> Option<Diagnostic> {
    let store = group.first()?;
    let name = store.service.name();
    let message = match group.len() {
        1 => format!("`{name}` keeps its data in its container, and loses it with it: no volume"),
        many => format!(
            "`{name}` and {} keep their data in their containers, and lose it with them: no volume",
            counted(many - 1, "other")
        ),
    };
    let is_cluster = store.stay == Stay::Cluster;
    let label = match (is_cluster, store.has_lost_mount) {
        (true, true) => "its `emptyDir` goes with the pod: the next one starts empty",
        (true, false) => "when the pod is moved or replaced, the next one starts empty",
        _ => "after `docker compose down` the next container starts empty",
    };
    let folder = store.folder.as_deref().unwrap_or("/path/of/its/data");
    let help = match is_cluster {
        true => format!("volumeMounts: [{{ name: data, mountPath: {folder} }}]  # of a persistentVolumeClaim"),
        false => format!("volumes: [\"{name}-data:{folder}\"]  # and `{name}-data:` under the top-level `volumes`"),
    };
    let mut diagnostic = Diagnostic::new(store.service.subject(), message).at(store.service.span(), label).help(help);
    for other in group.iter().skip(1) {
        diagnostic = diagnostic.occurrence(other.service.span(), other.service.subject());
    }
    if store.stay == Stay::Unsaid {
        diagnostic = diagnostic.at_most(Severity::Info, "nothing says that it stays up");
    }
    Some(rehearsed(diagnostic, store.service.profile()))
}
