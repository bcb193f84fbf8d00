//! Who passes which requests to whom, and on which terms, whatever the product: nginx, Envoy, an Ingress, a Compose label.
//!
//! A reader fills what its product says; the rest of a route is unknown, so that nothing is concluded from it.

use super::profile::Profile;
use super::timeout::Timeout;
use crate::fact::{Fact, Product};
use crate::source::Span;

/// One gateway configuration: a file with all that it includes, or the object of a manifest.
#[derive(Debug, Clone)]
pub struct Gateway {
    /// The product.
    pub product: Product,
    /// Its file.
    pub path: String,
    /// Indexes of the services that run it.
    pub services: Vec<usize>,
    /// For which kind of use it is made.
    pub profile: Profile,
    /// What it listens on; unknown where that is not read, or something could add to it.
    pub listeners: Fact<Vec<Listener>>,
    /// How it writes down each request; absent: it does not.
    pub access_log: Fact<AccessLog>,
    /// What gives every request an id that the services behind it see (`proxy_set_header X-Request-Id`); absent: nothing.
    pub correlation: Fact<String>,
    /// Whether every place is known at which it passes requests on, so that a path that none of its routes answers for goes nowhere.
    pub knows_routes: bool,
}

/// An address on which a gateway listens.
#[derive(Debug, Clone)]
pub struct Listener {
    /// The host names that it answers for; empty: all of them.
    pub names: Vec<String>,
    /// Its port.
    pub port: u16,
    /// Whether it speaks TLS.
    pub is_encrypted: bool,
    /// Whether it only sends clients to an encrypted address.
    pub redirects: bool,
    /// `Strict-Transport-Security`, where it tells browsers to come encrypted; absent: it does not.
    pub strict_transport: Fact<String>,
    /// Where it is written.
    pub span: Span,
}

/// How a gateway writes down requests.
#[derive(Debug, Clone)]
pub struct AccessLog {
    /// Whether its lines are records with named fields (JSON) and not text for people.
    pub is_structured: bool,
    /// Where that is written; `None`: the product's default.
    pub span: Option<Span>,
    /// The variables that its lines hold (`request_uri`); empty where the product has none, or its format was not read.
    pub variables: Vec<String>,
}

impl AccessLog {
    /// A log of whose format nothing else is known.
    pub(super) fn new(is_structured: bool, span: Option<Span>) -> AccessLog {
        AccessLog { is_structured, span, variables: Vec::new() }
    }

    /// Whether its lines hold what requests carry in their bodies.
    pub fn keeps_bodies(&self) -> bool {
        self.variables.iter().any(|name| name == "request_body")
    }

    /// Whether its lines hold the query strings of requests, in whole or in part.
    pub fn keeps_queries(&self) -> bool {
        let whole = ["request", "request_uri", "args", "query_string"];
        self.variables.iter().any(|name| whole.contains(&name.as_str()) || name.starts_with("arg_"))
    }
}

/// One place where a gateway passes requests on.
#[derive(Debug, Clone)]
pub struct Route {
    /// Index of its gateway.
    pub gateway: usize,
    /// As its file calls it: `location /api`, `route checkout`, or the name of the block that passes.
    pub name: String,
    /// The host that it answers for (`server_name`), where one is written.
    pub server_name: Option<String>,
    /// The paths that it answers for.
    pub path: Fact<PathMatch>,
    /// The methods that it answers for; absent: all.
    pub methods: Fact<Vec<String>>,
    /// What it does to the path; absent: it passes the path on as it came.
    pub rewrite: Fact<Rewrite>,
    /// The opening of its block.
    pub span: Span,
    /// What passes: the directive `proxy_pass http://api`, the key `backend`.
    pub pass_span: Span,
    /// The module of nginx that passes: `proxy`, `grpc`, `uwsgi`, `fastcgi`, `scgi`; of other products `http`, `grpc` or `tcp`.
    pub module: &'static str,
    /// The servers behind it, upstream blocks resolved; absent where it is not a host (a socket).
    pub servers: Fact<Vec<Address>>,
    /// How it waits.
    pub waits: Waits,
    /// Whether, and when, a request is sent again.
    pub retry: Fact<Retry>,
    /// What bounds the rate of requests.
    pub limits: Fact<Vec<Limit>>,
    /// The largest body that it takes, in bytes; `u64::MAX` where the product was told not to look.
    pub body_limit: Fact<u64>,
    /// What it keeps of responses for others.
    pub cache: Fact<Cache>,
    /// What it tells browsers about other origins.
    pub cross_origin: Fact<CrossOrigin>,
    /// What tells it to take every certificate of the servers behind it for the right one; `None`: nothing does.
    pub unverified: Option<Unverified>,
    /// Why responses may go on for ever by design.
    pub streaming: Option<String>,
    /// The services behind it.
    pub targets: Vec<Target>,
}

/// The paths for which a route answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathMatch {
    /// Every path that begins so; `/` is all of them.
    Prefix(String),
    /// Every path of which the first segments are these: `/api` answers for `/api/x`, and not for `/apis`.
    Segments(String),
    /// This path alone.
    Exact(String),
    /// Paths that fit a regular expression.
    Pattern(String),
}

impl PathMatch {
    /// What is written.
    pub fn text(&self) -> &str {
        let (PathMatch::Prefix(text) | PathMatch::Segments(text) | PathMatch::Exact(text) | PathMatch::Pattern(text)) = self;
        text
    }
}

/// What a route does to the path before it passes a request on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rewrite {
    /// The first part is replaced by this one.
    Prefix {
        /// What is taken away.
        from: String,
        /// What is put in its place.
        to: String,
    },
    /// The whole path is another one.
    Whole(String),
}

/// A server behind a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The host, without brackets.
    pub host: String,
    /// The port; `None`: the scheme's own.
    pub port: Option<u16>,
    /// Whether the host is the name under which servers register themselves, and no name of the network: `lb://orders`.
    pub is_registered: bool,
}

/// How a route waits. Absent: the product has no such limit.
#[derive(Debug, Clone)]
pub struct Waits {
    /// Making a connection.
    pub connect: Fact<Timeout>,
    /// Between two reads of the response.
    pub read: Fact<Timeout>,
    /// Between two writes of the request.
    pub send: Fact<Timeout>,
    /// The whole of a request, all tries together.
    pub total: Fact<Timeout>,
    /// One request to a server behind it, where the product bounds that by itself and not as part of a retry policy; absent: it does not.
    pub each: Fact<Timeout>,
    /// How long requests that have begun are waited for once a server is taken out; absent: the product does not wait.
    pub drain: Fact<Timeout>,
    /// How long an idle connection to the service is kept for the next request.
    pub idle: Fact<Timeout>,
}

/// Whether, and when, a request is sent again.
#[derive(Debug, Clone)]
pub struct Retry {
    /// How many times after the first try; `None`: no limit of its own (nginx: as often as there are servers).
    pub attempts: Option<u32>,
    /// Whether nothing but the number of servers says how many those are.
    pub is_by_servers: bool,
    /// When, in the words of the product: `error`, `5xx`, `connect-failure`.
    pub on: Vec<String>,
    /// The methods that are sent again; absent: all that the route answers for.
    pub methods: Fact<Vec<String>>,
    /// Why a POST may be sent again that the service has begun to work on; `None`: it never is.
    pub resends_post: Option<String>,
    /// How long one try may take; absent: as long as all of them.
    pub per_try: Fact<Timeout>,
    /// How it waits between tries; absent: it does not wait.
    pub backoff: Fact<Timeout>,
    /// How long all tries together may take, where that is bounded apart from the route's own limit; absent: it is not.
    pub within: Fact<Timeout>,
    /// Where it is written.
    pub span: Span,
}

/// A bound of the rate of requests.
#[derive(Debug, Clone)]
pub struct Limit {
    /// As the product calls it: `limit_req zone=api`.
    pub name: String,
    /// The status that a client gets above it; explicit or the product's default.
    pub status: Fact<u16>,
    /// Where it is written.
    pub span: Span,
}

/// What a gateway keeps of responses for others.
#[derive(Debug, Clone)]
pub struct Cache {
    /// Why a response that is meant for one user cannot reach another: the key or a bypass has the credentials.
    pub keeps_users_apart: Option<String>,
    /// How long a response is kept; absent: as the response says.
    pub lifetime: Fact<Timeout>,
    /// Where its room is made without a bound; `None`: it has one, or that is not known.
    pub unbounded: Option<Span>,
    /// Where it is written.
    pub span: Span,
}

/// What a gateway tells browsers about other origins.
#[derive(Debug, Clone)]
pub struct CrossOrigin {
    /// Whether any origin is let in (`*`, or the request's own origin without a check).
    pub any_origin: bool,
    /// Whether `*` itself is answered, which browsers refuse beside credentials, and Spring as well.
    pub is_star: bool,
    /// Whether requests with credentials are let in.
    pub credentials: bool,
    /// Where it is written.
    pub span: Span,
}

/// A setting that switches off the check of who the servers are.
#[derive(Debug, Clone)]
pub struct Unverified {
    /// As written: `proxy_ssl_verify off`.
    pub setting: String,
    /// Where.
    pub span: Span,
}

impl Unverified {
    /// The setting in these words, at this place.
    pub(super) fn by(setting: &str, span: Span) -> Unverified {
        Unverified { setting: setting.to_owned(), span }
    }
}

/// How sure it is that a service is the one meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// The names are the same.
    Name,
    /// The service that runs the gateway is in the same project: that is how its names resolve.
    Structure,
}

/// A service behind a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Index of the service.
    pub service: usize,
    /// How sure it is.
    pub strength: Strength,
    /// Why it was taken to be this one.
    pub why: String,
}

fn unread<T>(span: Span) -> Fact<T> {
    Fact::not_read("not read from this product", vec![span])
}

impl Gateway {
    /// A gateway of which only its place is known; its reader fills in what its product says.
    pub fn bare(product: Product, path: String, services: Vec<usize>, profile: Profile) -> Gateway {
        let why = "not read from this product";
        Gateway {
            product,
            path,
            services,
            profile,
            listeners: Fact::not_read(why, Vec::new()),
            access_log: Fact::not_read(why, Vec::new()),
            correlation: Fact::not_read(why, Vec::new()),
            knows_routes: false,
        }
    }
}

impl Waits {
    /// Of which nothing is known.
    pub fn unread(span: Span) -> Waits {
        let unread = || unread(span);
        Waits {
            connect: unread(),
            read: unread(),
            send: unread(),
            total: unread(),
            each: unread(),
            drain: unread(),
            idle: unread(),
        }
    }
}

impl Route {
    /// A route of which only its place is known; its reader fills in what its product says.
    pub fn bare(gateway: usize, name: String, span: Span, pass_span: Span) -> Route {
        Route {
            gateway,
            name,
            server_name: None,
            path: unread(span),
            methods: unread(span),
            rewrite: unread(span),
            span,
            pass_span,
            module: "http",
            servers: unread(span),
            waits: Waits::unread(span),
            retry: unread(span),
            limits: unread(span),
            body_limit: unread(span),
            cache: unread(span),
            cross_origin: unread(span),
            unverified: None,
            streaming: None,
            targets: Vec::new(),
        }
    }
}

impl Address {
    /// A server of a name on the network.
    pub fn of(host: String, port: Option<u16>) -> Address {
        Address { host, port, is_registered: false }
    }

    /// Reads `host`, `host:port`, `[::1]:80`.
    pub fn parse(text: &str) -> Address {
        let (host, rest) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some(both) => both,
            None => text.split_at(text.find(':').unwrap_or(text.len())),
        };
        Address::of(host.to_owned(), rest.strip_prefix(':').and_then(|port| port.parse().ok()))
    }
}
