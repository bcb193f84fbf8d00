//! How long the slowest requests may take, as `[context]` promises it, against the limits that end them and the alerts that watch them.

use super::alert::Alert;
use super::tables::Bounds;
use super::{Profile, Runtime, Timeout};
use crate::fact::{Fact, Origin};
use crate::model::demands::{self, Demand};
use crate::source::{Sources, Span};
use std::collections::HashSet;
use std::time::Duration;

/// A limit on requests where a goal is stated for the slowest of them.
#[derive(Debug, Clone)]
pub struct RequestLimit<'r> {
    /// `service api/gunicorn --timeout`, `location /api/timeout`.
    pub subject: String,
    /// What ends a request: `gunicorn --timeout`, `location /api`.
    pub name: String,
    /// After how long.
    pub length: Duration,
    /// Where that is written.
    pub span: Span,
    /// How long the slowest percent may take.
    pub goal: &'r Demand,
    /// For which kind of use it is made.
    pub profile: Profile,
}

/// An alert on the slowest percent of requests where a goal is stated for them.
#[derive(Debug, Clone)]
pub struct LatencyAlert<'r> {
    /// The alert.
    pub alert: &'r Alert,
    /// Above which time it fires.
    pub threshold: Duration,
    /// What 1 of its metric means.
    pub unit: Duration,
    /// How long the slowest percent may take.
    pub goal: &'r Demand,
}

impl Runtime {
    /// Every written limit on a whole request, where a goal is stated for its file; routes that may stream are left out.
    pub fn request_limits(&self, sources: &Sources) -> Vec<RequestLimit<'_>> {
        let goal =
            |span: Span| self.demands.at(sources.path(span.source), demands::LATENCY).filter(|goal| !goal.length.is_zero());
        let explicit = |fact: &Fact<Timeout>| match fact {
            Fact::Known(Timeout { after: Some(length), .. }, Origin::Explicit(span) | Origin::Inherited(span))
                if !length.is_zero() =>
            {
                Some((*length, *span))
            }
            _ => None,
        };
        let mut found = Vec::new();
        for setting in self.settings() {
            let said = setting.setting();
            let bounds_request = said.bounds == Bounds::Request && said.is_certain && said.weaker.is_none();
            let Some((length, span)) = explicit(&said.timeout).filter(|_| bounds_request) else { continue };
            let Some(goal) = goal(span) else { continue };
            let (subject, name, profile) = (setting.subject(), said.name.clone(), setting.profile());
            found.push(RequestLimit { subject, name, length, span, goal, profile });
        }
        // A limit that many routes inherit is written once.
        let mut seen = HashSet::new();
        for route in self.routes().filter(|route| route.streaming.is_none() && route.module != "tcp") {
            for limit in [&route.waits.total, &route.waits.read] {
                let Some((length, span)) = explicit(limit).filter(|(_, span)| seen.insert(*span)) else { continue };
                let Some(goal) = goal(span) else { continue };
                let (subject, name) = (format!("{}/timeout", route.name), route.name.clone());
                found.push(RequestLimit { subject, name, length, span, goal, profile: self.gateway_profile(route) });
            }
        }
        found
    }

    /// Every alert that compares the 99th percentile of all answer times with a number, where a goal is stated for its file.
    pub fn latency_alerts(&self, sources: &Sources) -> Vec<LatencyAlert<'_>> {
        let found = self.alerts().filter(|alert| !alert.is_about_a_part()).filter_map(|alert| {
            let (threshold, unit) = alert.slowest_percent_above()?;
            let goal = self.demands.at(sources.path(alert.span.source), demands::LATENCY)?;
            (!goal.length.is_zero()).then_some(LatencyAlert { alert, threshold, unit, goal })
        });
        found.collect()
    }
}
