//! Probes: which workloads get requests without being asked first, and what a probe asks of others.

use super::service::{Front, Handler, Probe, ProbeKind};
use super::timeout::Timeout;
use super::view::Role;
use super::{Runtime, ServiceRef};
use crate::fact::Fact;
use std::sync::LazyLock;

/// The words of `data/health.toml`.
pub(super) struct Words(toml::Table);

impl Words {
    /// A list of a section.
    pub(super) fn has(&self, section: &str, key: &str, word: &str) -> bool {
        let list = self.0.get(section).and_then(|section| section.get(key)).and_then(toml::Value::as_array);
        list.into_iter().flatten().any(|item| item.as_str() == Some(word))
    }
}

/// The words, read once.
pub(super) static WORDS: LazyLock<Words> =
    LazyLock::new(|| Words(include_str!("../../../data/health.toml").parse().unwrap_or_default()));

/// A liveness probe that asks others than the process itself.
#[derive(Debug, Clone)]
pub struct FarProbe<'r> {
    /// The workload.
    pub service: ServiceRef<'r>,
    /// The probe.
    pub probe: &'r Probe,
    /// What it asks: a sentence without its subject, as `connects to \`db\``.
    pub asks: String,
    /// What asks: the path or the program.
    pub what: String,
    /// Whether that is so whatever the application does.
    pub is_certain: bool,
}

impl Runtime {
    /// Every workload that a Service of Kubernetes passes requests to, and of which all containers are known: none is put beside them.
    pub fn served_workloads(&self) -> Vec<(ServiceRef<'_>, &Front)> {
        let long_running = |service: &ServiceRef<'_>| {
            let kind = service.service().workload.as_deref();
            matches!(kind, Some("Deployment" | "DeploymentConfig" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Rollout"))
                && service.service().open.is_none()
                && !service.service().is_partial
                && !service.service().has_injected_check
        };
        let found = self.services().filter(long_running).filter_map(|service| {
            let mut fronts = service.service().fronts.iter();
            Some((service, fronts.find(|front| front.asked_port().is_some() && !front.lists_unready)?))
        });
        found.collect()
    }

    /// Every liveness probe that asks more than whether the process lives.
    pub fn far_liveness_probes(&self) -> Vec<FarProbe<'_>> {
        let mut found = Vec::new();
        for service in self.services() {
            for probe in service.probes_of(ProbeKind::Liveness) {
                let far = match probe.handler.known() {
                    // Loki, Prometheus and the like answer there for themselves, and so do controllers of a cluster.
                    Some(Handler::Http(path, _)) => {
                        // (An operator by name alone may be one of tours.)
                        let is_controller = service.name().ends_with("controller-manager");
                        let is_its_own = service.role() == Role::Tool || is_controller;
                        far_path(path).map(|(what, asks, is_certain)| (what, asks, is_certain && !is_its_own))
                    }
                    Some(Handler::Command(words)) => far_command(words, service),
                    _ => None,
                };
                if let Some((what, asks, is_certain)) = far {
                    found.push(FarProbe { service, probe, asks, what, is_certain });
                }
            }
        }
        found
    }
}

impl<'r> ServiceRef<'r> {
    /// Its probes of a kind.
    pub fn probes_of(self, kind: ProbeKind) -> impl Iterator<Item = &'r Probe> {
        self.service().probes.iter().filter(move |probe| probe.kind == kind)
    }

    /// A liveness probe and a readiness probe of one container that ask the same, where the first gives up no later.
    pub fn twin_probes(self) -> Option<(&'r Probe, &'r Probe)> {
        self.probes_of(ProbeKind::Liveness).find_map(|liveness| {
            let same = |readiness: &&Probe| {
                readiness.container == liveness.container
                    && liveness.handler.known().is_some()
                    && readiness.handler.known() == liveness.handler.known()
            };
            let readiness = self.probes_of(ProbeKind::Readiness).find(same)?;
            (patience(liveness)? <= patience(readiness)?).then_some((liveness, readiness))
        })
    }

    /// Whether configuration shows that it uses another service or a database.
    pub fn has_dependencies(self) -> bool {
        self.databases().next().is_some() || !self.service().depends_on.is_empty()
    }
}

/// After how many seconds of failures a probe acts. Defaults: every 10 seconds, three times.
/// <https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#configure-probes>
fn patience(probe: &Probe) -> Option<f64> {
    let period = match &probe.period {
        Fact::Known(Timeout { after, .. }, _) => after.as_ref()?.as_secs_f64(),
        Fact::Absent => 10.0,
        Fact::Unknown(_) => return None,
    };
    let failures = match &probe.failures {
        Fact::Known(number, _) => f64::from(*number),
        Fact::Absent => 3.0,
        Fact::Unknown(_) => return None,
    };
    Some(period * failures)
}

/// Whether the last part of a path is one under which services say that they are well.
pub fn names_health(segment: &str) -> bool {
    WORDS.has("paths", "health", &segment.to_ascii_lowercase())
}

/// Whether a framework or a proxy answers for a path without the API's doing.
pub fn is_of_framework(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or("").trim_end_matches('/');
    let first = path.trim_start_matches('/').split('/').next().unwrap_or("").to_ascii_lowercase();
    first.is_empty() || WORDS.has("paths", "framework", &first)
}

fn far_path(path: &str) -> Option<(String, String, bool)> {
    let plain = path.split(['?', '#']).next().unwrap_or("").trim_end_matches('/').to_ascii_lowercase();
    // Below the path of its application, or by itself.
    let sums_up = plain.match_indices('/').filter_map(|(at, _)| plain.get(at..)).any(|path| WORDS.has("paths", "sums_up", path));
    if sums_up {
        return Some((path.to_owned(), "sums up the database and every other dependency".into(), false));
    }
    let words = plain.split(['/', '-', '_', '.']);
    let hit = words.into_iter().find(|word| WORDS.has("paths", "dependency", word))?;
    Some((path.to_owned(), format!("says by `{hit}` that it answers for dependencies"), true))
}

fn far_command(words: &[String], service: ServiceRef<'_>) -> Option<(String, String, bool)> {
    let name = |word: &String| word.rsplit('/').next().unwrap_or(word).to_owned();
    let own = |host: &str| {
        matches!(host, "" | "localhost" | "::1" | "0.0.0.0")
            || host.starts_with("127.")
            || host.starts_with(['/', '$'])
            || host.contains('$')
            || host == service.name()
    };
    for (at, word) in words.iter().enumerate() {
        let program = name(word);
        let rest = words.get(at + 1..).unwrap_or(&[]);
        let host = if WORDS.has("commands", "clients", &program) {
            ["-h", "--host"].into_iter().find_map(|flag| super::compose::words::flag(rest, flag)).map(str::to_owned)
        } else if WORDS.has("commands", "fetchers", &program) {
            let url = rest.iter().find_map(|word| word.split_once("://").map(|(_, rest)| rest));
            url.map(|rest| rest.split(['/', ':', '?']).next().unwrap_or("").to_owned())
        } else {
            continue;
        };
        if let Some(host) = host.filter(|host| !own(host)) {
            return Some((program, format!("connects to `{host}`"), true));
        }
    }
    None
}
