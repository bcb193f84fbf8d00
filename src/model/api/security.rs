//! Who may call an operation, and where.

use super::operation::OperationRef;
use crate::documents::NodeRef;

impl<'a> OperationRef<'a> {
    /// The names of the security schemes that one or another requirement of it asks for: its own `security`, else the
    /// document's.
    pub fn security_schemes(self) -> Vec<&'a str> {
        let own = self.cursor().and_then(|cursor| cursor.raw("security"));
        let list = own.or_else(|| self.document().root()?.raw("security"));
        let needs = list.map(NodeRef::items).into_iter().flatten().flat_map(NodeRef::entries);
        needs.filter_map(|(key, _)| key.text()).collect()
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
