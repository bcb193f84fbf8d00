//! Application load balancers of AWS, whatever file declares them.

use crate::fact::{Fact, Product};
use crate::model::runtime::profile::Profile;
use crate::model::runtime::route::{Gateway, PathMatch, Route, Strength, Target};
use crate::model::runtime::timeout::Timeout;
use crate::source::Span;

/// How this product is called in messages and tables.
pub(super) const BALANCER: &str = "AWS ALB";

/// A load balancer of which its file alone is known.
pub(super) fn gateway(path: &str) -> Gateway {
    Gateway::bare(Product(BALANCER), path.to_owned(), Vec::new(), Profile::Unknown)
}

/// What a listener, or a rule of one, passes on.
pub(super) struct Passes<'g> {
    /// As its file calls it: `listener https`, `rule api`.
    pub(super) name: String,
    /// Whether it does so with every request that no rule takes.
    pub(super) is_every: bool,
    /// Where it is written.
    pub(super) span: Span,
    /// The target group that gets the requests.
    pub(super) group: &'g str,
    /// How long the balancer waits for a byte.
    pub(super) idle: Fact<Timeout>,
    /// How long the servers of the group may finish what they have begun.
    pub(super) drain: Fact<Timeout>,
}

impl Passes<'_> {
    /// The route that it is. `balancer`: where the balancer stands; `targets`: indexes and names of the services of the group.
    pub(super) fn route<'s>(self, balancer: Span, targets: impl Iterator<Item = (usize, &'s str)>) -> Route {
        let mut route = Route::bare(0, self.name, balancer, self.span);
        route.path = match self.is_every {
            true => Fact::explicit(PathMatch::Prefix("/".into()), self.span),
            false => Fact::not_read("conditions of a rule", vec![self.span]),
        };
        route.methods = Fact::Absent;
        (route.waits.read, route.waits.idle) = (self.idle.clone(), self.idle);
        route.waits.drain = self.drain;
        let targets = targets.map(|(service, name)| {
            let why = format!("the target group `{}` leads to the service `{name}`", self.group);
            Target { service, strength: Strength::Structure, why }
        });
        route.targets = targets.collect();
        route
    }
}
