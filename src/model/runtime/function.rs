//! Functions of a cloud: what starts each of them, how long one run may take, and what becomes of events that fail.
//!
//! Read from Serverless Framework files, SAM and CloudFormation templates and Terraform ([`super::cloud`]). What is absent:
//! versions and aliases, and everything that only an account could say (quotas, what was set by hand).

use super::profile::Profile;
use super::queue::{Notation, Queue};
use super::timeout::Timeout;
use super::{Runtime, ServiceRef};
use crate::fact::Fact;
use crate::source::Span;
use std::collections::HashMap;
use std::time::Duration;

/// A function that a cloud runs for each event.
#[derive(Debug, Clone)]
pub struct Function {
    /// The service that it is.
    pub service: usize,
    /// Its name in the file.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// How long one run may take; a default where nothing is written.
    pub timeout: Fact<Timeout>,
    /// How its file is written.
    pub notation: Notation,
    /// How many may run at once (reserved concurrency); absent where nothing is written.
    pub concurrency: Fact<u32>,
    /// What starts it.
    pub triggers: Vec<Trigger>,
    /// Where events go of which every attempt failed, for events that nobody waits for.
    pub on_failure: Fact<()>,
    /// Variables that hold the address of a database server in the same files.
    pub databases: Vec<DirectDatabase>,
    /// For which kind of use it is made.
    pub profile: Profile,
}

/// What starts a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// Which kind.
    pub kind: TriggerKind,
    /// Where it stands.
    pub span: Span,
}

/// Which kind of thing starts a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TriggerKind {
    /// A REST API of API Gateway, which waits for the answer.
    RestApi,
    /// An HTTP API of API Gateway, which waits for the answer.
    HttpApi,
    /// A queue: its index, where it stands in the same files.
    Queue(Option<usize>),
    /// Something that hands over an event and does not wait, by its product.
    Event(&'static str),
    /// A clock.
    Schedule,
    /// Anything else.
    Other,
}

/// A variable that holds the address of a database server, not of a proxy before it.
#[derive(Debug, Clone)]
pub struct DirectDatabase {
    /// The variable.
    pub variable: String,
    /// Where its name stands.
    pub span: Span,
    /// The name of the database in the file.
    pub database: String,
    /// Where that stands.
    pub database_span: Span,
}

/// An API Gateway that waits for a function.
#[derive(Debug, Clone, Copy)]
pub struct ApiWait<'r> {
    /// The function.
    pub function: &'r Function,
    /// Where the event stands.
    pub trigger: &'r Trigger,
    /// The product: `an HTTP API`.
    pub product: &'static str,
    /// How long it waits at most.
    pub cap: Duration,
    /// Whether a quota can raise that.
    pub can_be_raised: bool,
}

/// A queue and a function that takes from it.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'r> {
    /// The queue.
    pub queue: &'r Queue,
    /// The function.
    pub function: &'r Function,
    /// Where the join is written.
    pub span: Span,
}

impl Function {
    /// `function resize`.
    pub fn subject(&self) -> String {
        format!("function {}", self.name)
    }

    /// What to type so that a run ends after some seconds.
    pub fn timeout_setting(&self, seconds: u64) -> String {
        match self.notation {
            Notation::Terraform => format!("timeout = {seconds}"),
            Notation::JsonTemplate => format!("\"Timeout\": {seconds}"),
            Notation::Serverless => format!("timeout: {seconds}"),
            _ => format!("Timeout: {seconds}"),
        }
    }

    /// What to type so that at most some run at once.
    pub fn concurrency_setting(&self, number: u32) -> String {
        match self.notation {
            Notation::Terraform => format!("reserved_concurrent_executions = {number}"),
            Notation::JsonTemplate => format!("\"ReservedConcurrentExecutions\": {number}"),
            Notation::Serverless => format!("reservedConcurrency: {number}"),
            _ => format!("ReservedConcurrentExecutions: {number}"),
        }
    }

    /// What to type so that events are kept of which every attempt failed.
    pub fn on_failure_setting(&self) -> &'static str {
        match self.notation {
            Notation::Terraform => "dead_letter_config { target_arn = aws_sqs_queue.failed_events.arn }",
            Notation::JsonTemplate => "\"DeadLetterConfig\": {\"TargetArn\": {\"Fn::GetAtt\": [\"FailedEvents\", \"Arn\"]}}",
            Notation::Serverless => "destinations: { onFailure: { type: sqs, arn: !GetAtt FailedEvents.Arn } }",
            _ => "DeadLetterQueue: { Type: SQS, TargetArn: !GetAtt FailedEvents.Arn }",
        }
    }

    /// What hands it events without waiting: the first of each product.
    pub fn events(&self) -> impl Iterator<Item = (&'static str, Span)> {
        self.triggers.iter().filter_map(|trigger| match trigger.kind {
            TriggerKind::Event(product) => Some((product, trigger.span)),
            _ => None,
        })
    }

    /// Whether it runs as often at once as requests or messages come: a clock alone starts one.
    pub fn scales_with_load(&self) -> bool {
        self.triggers.iter().any(|trigger| !matches!(trigger.kind, TriggerKind::Schedule | TriggerKind::Other))
    }

    /// Whether something other than an API starts it too: its limit may be meant for that.
    pub fn does_more_than_answer(&self) -> bool {
        self.triggers.iter().any(|trigger| !matches!(trigger.kind, TriggerKind::RestApi | TriggerKind::HttpApi))
    }
}

impl Runtime {
    /// Every function, in order of file.
    pub fn functions(&self) -> impl Iterator<Item = &Function> {
        self.functions.iter()
    }

    /// The function that a service is.
    pub fn function_of(&self, service: ServiceRef<'_>) -> Option<&Function> {
        // Functions come in the order of their services.
        let at = self.functions.binary_search_by_key(&service.index(), |function| function.service).ok()?;
        self.functions.get(at)
    }

    /// Functions that may run for longer than an API Gateway waits for them, those together that one setting and one kind of API hold
    /// for; and how many functions were looked at. `least`: limits up to this are nobody's concern.
    pub fn functions_that_outlast_apis(&self, least: Duration) -> (usize, Vec<Vec<ApiWait<'_>>>) {
        let (mut considered, mut found) = (0, Vec::<Vec<ApiWait<'_>>>::new());
        let mut groups = HashMap::new();
        for wait in self.api_waits() {
            considered += 1;
            let limit = wait.function.timeout.known().and_then(|timeout| timeout.after);
            if limit.is_none_or(|limit| limit <= wait.cap.max(least)) {
                continue;
            }
            let key = (wait.function.timeout.span(), wait.product, wait.function.does_more_than_answer());
            let group = *groups.entry(key).or_insert_with(|| {
                found.push(Vec::new());
                found.len() - 1
            });
            found.get_mut(group).into_iter().for_each(|group| group.push(wait));
        }
        (considered, found)
    }

    /// Every function with an API Gateway that waits for it, once for each kind of API.
    fn api_waits(&self) -> impl Iterator<Item = ApiWait<'_>> {
        let waits = |function: &'_ Function, kind: TriggerKind| function.triggers.iter().position(|one| one.kind == kind);
        self.functions.iter().flat_map(move |function| {
            [TriggerKind::RestApi, TriggerKind::HttpApi].into_iter().filter_map(move |kind| {
                let trigger = function.triggers.get(waits(function, kind)?)?;
                // https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html; REST since 2024-06 by quota.
                let (product, seconds, can_be_raised) = match kind {
                    TriggerKind::RestApi => ("a REST API", 29, true),
                    _ => ("an HTTP API", 30, false),
                };
                Some(ApiWait { function, trigger, product, cap: Duration::from_secs(seconds), can_be_raised })
            })
        })
    }

    /// Functions that events start and that drop what fails, by file; and how many functions events start.
    pub fn functions_that_drop_events(&self) -> (usize, Vec<Vec<&Function>>) {
        let all: Vec<&Function> = self.functions.iter().filter(|function| function.events().next().is_some()).collect();
        let dropping: Vec<&Function> = all.iter().copied().filter(|function| function.on_failure.known_absent()).collect();
        let by_file = dropping.chunk_by(|a, b| a.span.source == b.span.source).map(<[&Function]>::to_vec).collect();
        (all.len(), by_file)
    }

    /// Every queue of the files with every function that takes from it.
    pub fn deliveries(&self) -> impl Iterator<Item = Delivery<'_>> {
        self.functions.iter().flat_map(|function| self.deliveries_to(function))
    }

    /// The queues of the files that a function takes from.
    pub(super) fn deliveries_to<'r>(&'r self, function: &'r Function) -> impl Iterator<Item = Delivery<'r>> {
        function.triggers.iter().filter_map(move |trigger| match trigger.kind {
            TriggerKind::Queue(Some(queue)) => Some(Delivery { queue: self.queues.get(queue)?, function, span: trigger.span }),
            _ => None,
        })
    }
}
