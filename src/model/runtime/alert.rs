//! Alerts: rules of Prometheus, in files of their own or in `PrometheusRule` objects, and whether objectives are kept.
//!
//! What is absent: what a templating language fills in, where alerts are sent, and rules that are managed elsewhere.

use super::Runtime;
use super::profile::{Profile, profile};
use super::promql::{self, Features};
use super::tables::tables;
use super::timeout::{self, Timeout, Units};
use crate::discover::{Discovery, Kind};
use crate::documents::{NodeRef, Tree};
use crate::fact::Fact;
use crate::model::Workspace;
use crate::source::Span;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// Recorded series of one alert that are followed; more are unknown.
const MOST_SERIES: usize = 1_000;

/// An alert.
#[derive(Debug, Clone)]
pub struct Alert {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// Where its expression stands.
    pub expression: Span,
    /// What the expression asks, recorded series within it included.
    pub features: Features,
    /// Whether all of it is known: no series that is recorded elsewhere.
    pub is_whole: bool,
    /// How long it has to hold (`for`).
    pub hold: Fact<Timeout>,
    /// Its `severity` label, in lower case.
    pub severity: Option<String>,
    /// For which kind of use it is made.
    pub profile: Profile,
}

/// Alerts and objectives.
#[derive(Debug, Default)]
pub struct Watch {
    /// Alerts, in order of file.
    pub(super) alerts: Vec<Alert>,
    /// Whether a file states objectives (Sloth, OpenSLO, Pyrra, or a monitoring product's own in Terraform).
    pub(super) has_objectives: bool,
}

/// Recorded series and alerts as their files state them.
#[derive(Debug, Default)]
struct Draft {
    alerts: Vec<Alert>,
    records: HashMap<String, Features>,
}

/// Reads every rule file and every `PrometheusRule`.
pub(super) fn read(workspace: &mut Workspace, discovery: &Discovery) -> Watch {
    let mut draft = Draft::default();
    for artifact in &discovery.artifacts {
        let is_object = artifact.kind == Kind::Kubernetes;
        if !is_object && artifact.kind != Kind::PrometheusRules {
            continue;
        }
        let Some(tree) = tree(workspace, &artifact.path, if is_object { "PrometheusRule" } else { "" }) else { continue };
        let profile = profile(&artifact.path, &[]);
        for document in tree.documents() {
            let groups = match is_object {
                true => document.at("spec/groups").filter(|_| document.get_text("kind") == Some("PrometheusRule")),
                false => document.get("groups"),
            };
            for rule in
                groups.into_iter().flat_map(NodeRef::items).filter_map(|group| group.get("rules")).flat_map(NodeRef::items)
            {
                draft.rule(rule, profile);
            }
        }
    }
    Watch { alerts: draft.finish(), has_objectives: discovery.artifacts.iter().any(|one| one.kind == Kind::Slo) }
}

/// The tree of a file, if it holds a word; problems are noted.
pub(super) fn tree(workspace: &mut Workspace, path: &str, word: &str) -> Option<std::sync::Arc<Tree>> {
    let source = workspace.source(path).ok()?;
    if !workspace.text(source).contains(word) {
        return None;
    }
    let tree = workspace.tree(path).ok()?;
    for problem in tree.problems().iter().take(5) {
        workspace.note_unread(path, problem.message.clone(), Some(problem.span));
    }
    Some(tree)
}

impl Draft {
    fn rule(&mut self, rule: NodeRef<'_>, profile: Profile) {
        let Some(expression) = rule.get("expr") else { return };
        let Some(features) = expression.text().and_then(promql::features) else { return };
        if let Some(record) = rule.get_text("record") {
            self.records.entry(record.to_owned()).or_insert(features);
        } else if let Some((name, node)) = rule.get("alert").and_then(|alert| Some((alert.text()?, alert))) {
            let hold = match rule.get("for").filter(|hold| !hold.is_null()) {
                None => Fact::Absent,
                Some(hold) => match hold.text().and_then(|text| Some((timeout::parse(text, Units::Prometheus, None)?, text))) {
                    Some((length, text)) => Fact::explicit(Timeout::after(length, text), hold.span()),
                    None => Fact::not_read("not a duration of Prometheus", vec![hold.span()]),
                },
            };
            self.alerts.push(Alert {
                name: name.to_owned(),
                span: node.span(),
                expression: expression.span(),
                features,
                is_whole: true,
                hold,
                severity: rule.at("labels/severity").and_then(NodeRef::text).map(str::to_ascii_lowercase),
                profile,
            });
        }
    }

    /// Alerts, with what the series that they use are recorded from.
    fn finish(self) -> Vec<Alert> {
        let Draft { mut alerts, records } = self;
        for alert in &mut alerts {
            let mut seen: HashSet<String> = HashSet::new();
            let mut todo = alert.features.metrics.clone();
            while let Some(metric) = todo.pop() {
                if seen.len() >= MOST_SERIES {
                    alert.is_whole = false;
                    break;
                }
                if !seen.insert(metric.clone()) {
                    continue;
                }
                match records.get(&metric) {
                    Some(recorded) => {
                        todo.extend(recorded.metrics.clone());
                        alert.features.narrowed.extend(recorded.narrowed.clone());
                        for window in &recorded.windows {
                            if !alert.features.windows.contains(window) {
                                alert.features.windows.push(*window);
                            }
                        }
                    }
                    None => alert.is_whole &= !metric.contains(':'),
                }
            }
        }
        alerts
    }
}

impl Alert {
    /// `alert HighLatency`.
    pub fn subject(&self) -> String {
        format!("alert {}", self.name)
    }

    /// Whether somebody is woken for it.
    fn is_page(&self) -> bool {
        let words = tables().words("alerts", "page_severities");
        self.severity.as_ref().is_some_and(|severity| words.contains(severity))
    }

    /// Whether one bad sample is enough: it need not hold, and nothing in it looks further back than some minutes.
    fn fires_at_once(&self) -> bool {
        let holds = self.hold.known().and_then(|hold| hold.after).is_some_and(|hold| !hold.is_zero());
        let looks_back = self.features.windows.iter().any(|window| *window >= Duration::from_secs(300));
        self.is_whole && !holds && self.hold.unknown().is_none() && !looks_back
    }

    /// Whether it waits for something that does not go away by itself (a date, a series that is gone, broken hardware), or counts
    /// events, of which one may be enough.
    fn is_lasting(&self) -> bool {
        let calls = tables().words("alerts", "lasting_calls");
        let words = tables().words("alerts", "lasting");
        let is_lasting = |name: &str| {
            let lower = name.to_ascii_lowercase();
            words.iter().any(|word| lower.contains(word.as_str()))
        };
        calls.iter().any(|call| self.features.calls(call))
            || is_lasting(&self.name)
            || self.features.metrics.iter().any(|metric| is_lasting(metric))
    }

    /// The metric of answers' times of which it compares the average, and whether that is a histogram (or a summary).
    pub fn average_latency(&self) -> Option<(&str, bool)> {
        let features = &self.features;
        let has_quantile =
            features.calls("histogram_quantile") || features.labels.iter().any(|label| label == "quantile" || label == "le");
        if !features.compares || has_quantile {
            return None;
        }
        let metrics = || features.metrics.iter().map(String::as_str);
        let averaged = metrics().find_map(|metric| {
            let base = metric.strip_suffix("_sum")?;
            (features.divides && metrics().any(|other| other.strip_suffix("_count") == Some(base))).then_some((base, true))
        });
        let gauge = || metrics().find(|_| features.calls("avg") || features.calls("avg_over_time")).map(|metric| (metric, false));
        averaged.or_else(gauge).filter(|(metric, _)| is_latency(metric))
    }

    /// The time above which the slowest percent of answers makes it fire, and the unit of the metric; `None` where it asks something
    /// else, or its unit is not known.
    pub fn slowest_percent_above(&self) -> Option<(Duration, Duration)> {
        let (quantile, threshold) = self.features.quantile_above?;
        let mut metrics = self.features.metrics.iter().filter(|metric| is_latency(metric));
        let metric = metrics.next()?.trim_end_matches("_bucket");
        let unit = if metric.ends_with("_seconds") {
            Duration::from_secs(1)
        } else if metric.ends_with("_milliseconds") || metric.ends_with("_ms") {
            Duration::from_millis(1)
        } else {
            return None;
        };
        let is_slowest_percent = (quantile - 0.99).abs() < 1e-9 && metrics.next().is_none();
        let above = Duration::try_from_secs_f64(threshold * unit.as_secs_f64()).ok()?;
        is_slowest_percent.then_some((above, unit))
    }

    /// Whether it asks for a part of what a service does, of which more may be promised than of the whole, or less.
    pub fn is_about_a_part(&self) -> bool {
        self.features.narrowed.iter().any(|label| tables().words("alerts", "part_labels").contains(label))
    }

    /// Whether it asks how fast an error budget is used up.
    pub fn is_burn_rate(&self) -> bool {
        let says = |name: &str| {
            let lower: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
            ["burnrate", "errorbudget", "budgetburn", "sloerror"].iter().any(|word| lower.contains(word))
        };
        says(&self.name) || self.features.metrics.iter().any(|metric| says(metric))
    }
}

/// Whether a metric says how long answers take, and not how long something that nobody waits for takes.
fn is_latency(metric: &str) -> bool {
    let has = |key: &str| tables().words("alerts", key).iter().any(|word| metric.contains(word.as_str()));
    has("latency_subjects") && has("latency_measures") && !has("latency_exempt")
}

impl Runtime {
    /// Every alert, in order of file.
    pub fn alerts(&self) -> impl Iterator<Item = &Alert> {
        self.watch.alerts.iter()
    }

    /// Alerts that wake somebody for one sample, by file; and how many wake somebody.
    pub fn hasty_pages(&self) -> (usize, Vec<Vec<&Alert>>) {
        let pages: Vec<&Alert> = self.watch.alerts.iter().filter(|alert| alert.is_page()).collect();
        let mut hasty: Vec<&Alert> = pages.iter().copied().filter(|alert| alert.fires_at_once() && !alert.is_lasting()).collect();
        // A zero that is written is another thing than nothing.
        let key = |alert: &&Alert| (alert.span.source, alert.hold.span().is_some());
        hasty.sort_by_key(key);
        let by_file = hasty.chunk_by(|a, b| key(a) == key(b)).map(<[&Alert]>::to_vec).collect();
        (pages.len(), by_file)
    }

    /// Whether anything in the repository states an objective or alerts on how fast a budget burns.
    pub fn keeps_objectives(&self) -> bool {
        self.watch.has_objectives || self.watch.alerts.iter().any(Alert::is_burn_rate)
    }
}
