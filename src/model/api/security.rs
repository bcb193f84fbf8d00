//! Who may call an operation, and where.

use super::cursor::{Cursor, spanned};
use super::document::DocumentRef;
use super::operation::OperationRef;
use crate::documents::NodeRef;
use crate::source::{Span, Spanned};

/// One way to be let in: all of its schemes together.
#[derive(Debug, Clone)]
pub struct Requirement<'a> {
    /// The names of schemes, each with the scopes (from 3.1 also roles) that it must have. Empty: anybody is let in.
    pub schemes: Vec<(Spanned<&'a str>, Vec<Spanned<&'a str>>)>,
    /// Where it is written.
    pub span: Span,
}

impl Requirement<'_> {
    /// Whether it lets anybody in: `{}`.
    pub fn is_anonymous(&self) -> bool {
        self.schemes.is_empty()
    }
}

/// How a caller says who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemeKind<'a> {
    /// A key in a header, a query parameter or a cookie.
    ApiKey,
    /// An HTTP authentication scheme, as written: `bearer`, `basic`; `basic` for the type of that name in 2.0.
    Http(&'a str),
    /// OAuth 2.
    OAuth2,
    /// OpenID Connect discovery.
    OpenIdConnect,
    /// Client certificates.
    MutualTls,
    /// Nothing that a version knows, or nothing at all.
    Other,
}

/// A security scheme that a document declares.
#[derive(Clone, Copy)]
pub struct SecuritySchemeRef<'a> {
    key: NodeRef<'a>,
    pub(super) cursor: Cursor<'a>,
}

impl std::fmt::Debug for SecuritySchemeRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "security scheme {}", self.name())
    }
}

/// A way to get an OAuth 2 token.
#[derive(Debug, Clone)]
pub struct Flow<'a> {
    /// Its name as 3.x has it: `implicit`, `password`, `clientCredentials`, `authorizationCode`, `deviceAuthorization`.
    pub name: &'a str,
    /// Where it is written: its key; the word in 2.0.
    pub span: Span,
    /// `authorizationUrl`.
    pub authorization_url: Option<Spanned<&'a str>>,
    /// `tokenUrl`.
    pub token_url: Option<Spanned<&'a str>>,
    /// `refreshUrl`.
    pub refresh_url: Option<Spanned<&'a str>>,
    /// The names of its scopes.
    pub scopes: Vec<Spanned<&'a str>>,
}

impl<'a> SecuritySchemeRef<'a> {
    /// Its name.
    pub fn name(self) -> &'a str {
        self.key.text().unwrap_or("")
    }

    /// Where its name is written.
    pub fn span(self) -> Span {
        self.key.span()
    }

    /// Whether its reference could be followed.
    pub fn is_known(self) -> bool {
        self.cursor.known
    }

    /// What it says about itself.
    pub fn description(self) -> Option<&'a str> {
        self.cursor.text("description")
    }

    /// `type` as written.
    pub fn type_name(self) -> Option<Spanned<&'a str>> {
        self.cursor.spanned("type")
    }

    /// What kind it is.
    pub fn kind(self) -> SchemeKind<'a> {
        match self.cursor.text("type") {
            Some("apiKey") => SchemeKind::ApiKey,
            Some("http") => SchemeKind::Http(self.cursor.text("scheme").unwrap_or("")),
            Some("basic") => SchemeKind::Http("basic"),
            Some("oauth2") => SchemeKind::OAuth2,
            Some("openIdConnect") => SchemeKind::OpenIdConnect,
            Some("mutualTLS") => SchemeKind::MutualTls,
            _ => SchemeKind::Other,
        }
    }

    /// Where the key of an API key goes: `header`, `query`, `cookie`.
    pub fn place(self) -> Option<Spanned<&'a str>> {
        self.cursor.spanned("in")
    }

    /// The name of the header, parameter or cookie of an API key.
    pub fn parameter_name(self) -> Option<Spanned<&'a str>> {
        self.cursor.spanned("name")
    }

    /// The scheme of HTTP authentication with its place.
    pub fn http_scheme(self) -> Option<Spanned<&'a str>> {
        self.cursor.spanned("scheme")
    }

    /// `openIdConnectUrl`.
    pub fn open_id_connect_url(self) -> Option<Spanned<&'a str>> {
        self.cursor.spanned("openIdConnectUrl")
    }

    /// The ways to get a token.
    pub fn flows(self) -> Vec<Flow<'a>> {
        if let Some(word) = self.cursor.raw("flow") {
            let name = match word.text() {
                Some("application") => "clientCredentials",
                Some("accessCode") => "authorizationCode",
                other => other.unwrap_or(""),
            };
            return vec![flow(name, word.span(), self.cursor)];
        }
        let flows = self.cursor.get("flows").map(Cursor::entries).unwrap_or_default().into_iter();
        let named = flows.filter_map(|(key, cursor)| Some((key.text()?, key.span(), cursor)));
        named.filter(|(name, ..)| !name.starts_with("x-")).map(|(name, span, cursor)| flow(name, span, cursor)).collect()
    }
}

fn flow<'a>(name: &'a str, span: Span, cursor: Cursor<'a>) -> Flow<'a> {
    let scopes = cursor.get("scopes").map(Cursor::entries).unwrap_or_default();
    let scopes = scopes.into_iter().filter_map(|(key, _)| spanned(key)).filter(|scope| !scope.value.starts_with("x-"));
    Flow {
        name,
        span,
        authorization_url: cursor.spanned("authorizationUrl"),
        token_url: cursor.spanned("tokenUrl"),
        refresh_url: cursor.spanned("refreshUrl"),
        scopes: scopes.collect(),
    }
}

/// The entries of a `security` list.
fn requirements<'a>(list: NodeRef<'a>) -> Vec<Requirement<'a>> {
    let scheme =
        |(name, scopes): (NodeRef<'a>, NodeRef<'a>)| Some((spanned(name)?, scopes.items().filter_map(spanned).collect()));
    let needs = list.items().filter(|need| need.is_map());
    needs.map(|need| Requirement { schemes: need.entries().filter_map(scheme).collect(), span: need.span() }).collect()
}

impl<'a> DocumentRef<'a> {
    /// The security schemes that it declares, in order.
    pub fn security_schemes(self) -> Vec<SecuritySchemeRef<'a>> {
        let root = self.root();
        let declared =
            root.and_then(|root| root.get("securityDefinitions").or_else(|| root.get("components")?.get("securitySchemes")));
        let entries = declared.map(Cursor::entries).unwrap_or_default().into_iter();
        let named = entries.filter(|(key, _)| key.text().is_some_and(|key| !key.starts_with("x-")));
        named.map(|(key, cursor)| SecuritySchemeRef { key, cursor }).collect()
    }

    /// What holds for operations that say nothing of their own; `None` where the document has no `security`, and nothing is
    /// asked of callers.
    pub fn security(self) -> Option<Vec<Requirement<'a>>> {
        self.root()?.raw("security").map(requirements)
    }

    /// Where `security` is written.
    pub fn security_span(self) -> Option<Span> {
        self.root()?.entry("security").map(|(key, _)| key.span())
    }
}

impl<'a> OperationRef<'a> {
    /// The `security` of the operation itself, with the place of its key; `None` where it has none and the document's holds.
    pub fn own_security(self) -> Option<(Span, Vec<Requirement<'a>>)> {
        self.cursor()?.entry("security").map(|(key, list)| (key.span(), requirements(list)))
    }

    /// What is asked of callers: its own `security`, else the document's. Any one of these lets a caller in; empty where
    /// nothing is asked.
    pub fn security(self) -> Vec<Requirement<'a>> {
        let own = self.own_security().map(|(_, needs)| needs);
        own.or_else(|| self.document().security()).unwrap_or_default()
    }

    /// The names of the security schemes that one or another requirement of it asks for: its own `security`, else the
    /// document's.
    pub fn security_schemes(self) -> Vec<&'a str> {
        self.security().into_iter().flat_map(|need| need.schemes).map(|(name, _)| name.value).collect()
    }

    /// Whether a user or a client must log in: a scheme of it is more than an API key.
    pub fn needs_login(self) -> bool {
        let root = self.document().root();
        let declared =
            root.and_then(|root| root.get("securityDefinitions").or_else(|| root.get("components")?.get("securitySchemes")));
        let Some(declared) = declared else { return false };
        let kinds = self.security_schemes().into_iter().filter_map(|name| declared.get(name)?.text("type"));
        kinds.into_iter().any(|kind| matches!(kind, "http" | "basic" | "oauth2" | "openIdConnect"))
    }

    /// The addresses of the servers that it names itself or its path does; empty where those of the document hold.
    pub(super) fn servers(self) -> Vec<&'a str> {
        let named = |list: NodeRef<'a>| list.items().filter_map(|server| server.get("url")?.text()).collect::<Vec<_>>();
        let own = self.cursor().and_then(|cursor| cursor.raw("servers"));
        own.or_else(|| self.item()?.raw("servers")).map(named).unwrap_or_default()
    }
}
