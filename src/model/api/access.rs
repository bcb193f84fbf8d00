//! Whether a document says who may call an operation, and whether all that it says is known.

use super::cursor::Cursor;
use super::document::{DocumentRef, Version};
use super::operation::OperationRef;
use super::response::{ResponseRef, Status};
use super::security::{Requirement, SchemeKind, SecuritySchemeRef};
use crate::source::{Span, Spanned};

/// What a document says about who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Callers must say who they are, or may.
    Asked,
    /// Anybody is let in, and the document says so: `security: []`, `- {}`.
    Open,
    /// The document says nothing.
    Unstated,
    /// Something that could say it was not understood.
    Unknown,
}

impl OperationRef<'_> {
    /// Whether callers must say who they are: by `security` of its own or of the document, or by a header or cookie that it
    /// declares as a parameter.
    pub fn access(self) -> Access {
        *self.data().kept.access.get_or_init(|| self.find_access())
    }

    fn find_access(self) -> Access {
        let (Some(own), Some(root)) = (self.cursor(), self.document().root()) else { return Access::Unknown };
        if !self.is_known() {
            return Access::Unknown;
        }
        if self.parameters().iter().any(|parameter| parameter.names_caller()) {
            return Access::Asked;
        }
        let Some(list) = own.raw("security").or_else(|| root.raw("security")) else { return Access::Unstated };
        if !list.is_list() {
            return Access::Unknown;
        }
        let asks = list.items().any(|need| need.entries().len() > 0);
        if asks { Access::Asked } else { Access::Open }
    }
}

impl OperationRef<'_> {
    /// Whether it says what a caller is answered who is not let in: 401, 403, `4XX` or `default`.
    pub fn documents_refusal(self) -> bool {
        let covers = |status| matches!(status, Status::Code(401 | 403) | Status::Class(4) | Status::Default);
        self.responses().into_iter().any(|response| covers(response.status()))
    }

    /// Whether it says what a failure of the server looks like: a 5xx, `5XX` or `default` with a body.
    pub fn documents_server_error(self) -> bool {
        let covers = |status: Status| matches!(status.class(), Some(5) | None);
        let unknown = |response: &ResponseRef| !response.is_known();
        self.responses().into_iter().any(|response| covers(response.status()) && (response.has_body() || unknown(&response)))
    }
}

impl<'a> DocumentRef<'a> {
    /// Whether the map of security schemes could be read whole, so that what it lacks is not there.
    pub fn knows_security_schemes(self) -> bool {
        let Some(root) = self.root() else { return false };
        let known = |cursor: Option<Cursor>| cursor.is_none_or(|cursor| cursor.known);
        let components = root.get("components");
        let below = components.and_then(|components| components.get("securitySchemes"));
        known(components) && known(below) && known(root.get("securityDefinitions")) && root.node.tree().problems().is_empty()
    }

    /// Where its security schemes are written: the key of their map.
    pub fn security_schemes_span(self) -> Option<Span> {
        let root = self.root()?;
        let entry = root.entry("securityDefinitions").or_else(|| root.get("components")?.entry("securitySchemes"));
        entry.map(|(key, _)| key.span())
    }

    /// The declaration of a bearer token, as the version writes it, ready to paste: 2.0 knows only the header that it goes in.
    pub fn bearer_declaration(self, name: &str) -> String {
        match self.version() {
            Version::V2 => format!("securityDefinitions:\n  {name}: {{ type: apiKey, in: header, name: Authorization }}"),
            _ => format!("components:\n  securitySchemes:\n    {name}: {{ type: http, scheme: bearer }}"),
        }
    }

    /// All that is asked of callers, each with what it is asked for: the document's own, then that of its operations.
    pub fn all_requirements(self) -> Vec<(String, Requirement<'a>)> {
        let whole = self.security().unwrap_or_default().into_iter().map(|need| (self.subject(), need));
        let own = self.own_operations().flat_map(|operation| {
            let needs = operation.own_security().map(|(_, needs)| needs).unwrap_or_default();
            needs.into_iter().map(move |need| (operation.subject(), need))
        });
        whole.chain(own).collect()
    }

    /// Whether the name in a requirement may be the address of a scheme instead: from 3.2 on.
    pub fn is_scheme_address(self, name: &str) -> bool {
        self.version() == Version::V32 && (name.contains('/') || name.contains('#'))
    }
}

impl<'a> SecuritySchemeRef<'a> {
    /// The scopes that an OAuth 2 scheme has, in all its flows; `None` for other schemes and where a part could not be followed.
    pub fn scopes(self) -> Option<Vec<Spanned<&'a str>>> {
        let flows = self.cursor.get("flows");
        let parts = flows.map(Cursor::entries).unwrap_or_default().into_iter().map(|(_, flow)| flow).chain([self.cursor]);
        let known = |flow: Cursor| flow.known && flow.get("scopes").is_none_or(|scopes| scopes.known);
        let all_known = self.is_known() && flows.is_none_or(|flows| flows.known) && parts.into_iter().all(known);
        let is_oauth = self.kind() == SchemeKind::OAuth2;
        (is_oauth && all_known).then(|| self.flows().into_iter().flat_map(|flow| flow.scopes).collect())
    }
}
