//! What one set of files declares that refers to itself by names: a template, a Serverless service, a folder of Terraform.

use crate::fact::{Fact, Origin, Product};
use crate::model::runtime::function::{DirectDatabase, Function, Trigger, TriggerKind};
use crate::model::runtime::profile::Profile;
use crate::model::runtime::queue::{Notation, Queue};
use crate::model::runtime::route::{Gateway, Route};
use crate::model::runtime::service::{Environment, Service, Variable};
use crate::model::runtime::tables::tables;
use crate::model::runtime::timeout::Timeout;
use crate::source::Span;
use std::collections::{BTreeMap, HashSet};

/// What one set of files declares.
#[derive(Debug, Default)]
pub(super) struct Stack {
    pub(super) functions: BTreeMap<String, DraftFunction>,
    pub(super) queues: BTreeMap<String, DraftQueue>,
    /// Database servers by name, without proxies.
    pub(super) databases: BTreeMap<String, Span>,
    /// What runs besides functions; projects are not known yet.
    pub(super) services: Vec<Service>,
    /// Load balancers with their routes: indexes of gateways are not known yet, those of services start at zero.
    pub(super) gateways: Vec<(Gateway, Vec<Route>)>,
    /// Names of queues to which others send what failed.
    pub(super) last_stops: HashSet<String>,
    pub(super) statement_timeout: Option<Span>,
    /// Whether answers may be streamed through the API, which then waits for minutes.
    pub(super) streams: bool,
    /// Why something may be joined that we do not see.
    pub(super) open: Option<(&'static str, Span)>,
}

/// A function before its names are joined.
#[derive(Debug)]
pub(super) struct DraftFunction {
    pub(super) span: Span,
    pub(super) timeout: Fact<Timeout>,
    pub(super) notation: Notation,
    pub(super) concurrency: Fact<u32>,
    pub(super) on_failure: Fact<()>,
    pub(super) triggers: Vec<(DraftTrigger, Span)>,
    pub(super) variables: Vec<DraftVariable>,
    /// Why it may have more variables.
    pub(super) open: Option<Span>,
}

/// What starts a function.
#[derive(Debug)]
pub(super) enum DraftTrigger {
    /// A queue, by its name here; `None` where it stands elsewhere.
    Queue(Option<String>),
    /// Everything else.
    Other(TriggerKind),
}

/// A variable of a function.
#[derive(Debug)]
pub(super) struct DraftVariable {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) value: Fact<String>,
    /// Names in the same files of which it holds an address.
    pub(super) addresses: Vec<String>,
}

/// A queue before its names are joined.
#[derive(Debug)]
pub(super) struct DraftQueue {
    pub(super) span: Span,
    pub(super) dead_letter: Fact<()>,
    pub(super) visibility: Fact<Timeout>,
    pub(super) notation: Notation,
}

/// Queues and functions, joined.
pub(super) struct Joined {
    pub(super) queues: Vec<Queue>,
    pub(super) functions: Vec<(Function, Environment)>,
}

/// A limit, or the product's default where none is written.
pub(super) fn or_default(written: Fact<Timeout>, product: &'static str, key: &str) -> Fact<Timeout> {
    match (written, tables().default(product, key)) {
        (Fact::Absent, Some(default)) => {
            let origin = Origin::default_of(product);
            Fact::Known(Timeout::after(default, &default.as_secs().to_string()), origin)
        }
        (Fact::Absent, None) => Fact::not_read("its default is not known", Vec::new()),
        (written, _) => written,
    }
}

/// Whether a file asks for streamed answers of a REST API (response transfer mode `STREAM`, or the invocation for it).
pub(super) fn may_stream(text: &str) -> bool {
    ["ransferMode", "transfer_mode", "response-streaming"]
        .iter()
        .any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

impl Stack {
    /// Puts indexes in the place of names. `first`: the index of the first queue.
    pub(super) fn join(self, profile: Profile, first: usize) -> Joined {
        let names: Vec<&String> = self.queues.keys().collect();
        let position = |name: &String| names.binary_search(&name).ok().map(|at| first + at);
        let words = tables().words("queues", "last_stops");
        let is_last_stop = |name: &str| {
            let lower = name.to_ascii_lowercase();
            self.last_stops.contains(name) || words.iter().any(|word| lower.contains(word.as_str()))
        };
        let functions = self.functions.iter().map(|(name, draft)| {
            let triggers = draft.triggers.iter().map(|(trigger, span)| Trigger {
                kind: match trigger {
                    DraftTrigger::Queue(name) => TriggerKind::Queue(name.as_ref().and_then(position)),
                    DraftTrigger::Other(TriggerKind::RestApi) if self.streams => TriggerKind::Other,
                    DraftTrigger::Other(kind) => *kind,
                },
                span: *span,
            });
            let databases = draft.variables.iter().filter_map(|variable| {
                let address = variable.addresses.iter().find_map(|name| self.databases.get_key_value(name))?;
                let (database, database_span) = (address.0.clone(), *address.1);
                Some(DirectDatabase { variable: variable.name.clone(), span: variable.span, database, database_span })
            });
            let mut on_failure = draft.on_failure.clone();
            if let Some((why, span)) = self.open.filter(|_| on_failure.known_absent()) {
                on_failure = Fact::not_read(why, vec![span]);
            }
            let function = Function {
                service: 0,
                name: name.clone(),
                span: draft.span,
                timeout: draft.timeout.clone(),
                notation: draft.notation,
                concurrency: draft.concurrency.clone(),
                triggers: triggers.collect(),
                on_failure,
                databases: databases.collect(),
                profile,
            };
            (function, draft.environment())
        });
        let mut functions: Vec<(Function, Environment)> = functions.collect();
        functions.sort_by_key(|(function, _)| (function.span.source, function.span.start));
        let queues = self.queues.iter().map(|(name, draft)| {
            let mut dead_letter = draft.dead_letter.clone();
            if let Some((why, span)) = self.open.filter(|_| dead_letter.known_absent()) {
                dead_letter = Fact::not_read(why, vec![span]);
            }
            Queue {
                name: name.clone(),
                span: draft.span,
                broker: Product("SQS"),
                dead_letter,
                visibility: draft.visibility.clone(),
                notation: draft.notation,
                is_last_stop: is_last_stop(name),
                profile,
            }
        });
        Joined { queues: queues.collect(), functions }
    }
}

impl DraftFunction {
    fn environment(&self) -> Environment {
        let mut environment = Environment::default();
        for one in &self.variables {
            environment.set(one.name.clone(), Variable { value: one.value.clone(), partly: None, key_span: one.span });
        }
        if let Some(span) = self.open {
            environment.opened("variables that are set elsewhere".to_owned(), span);
        }
        environment
    }
}
