//! What the service calls: webhooks, and the callbacks of its operations.

use super::Set;
use super::cursor::{Cursor, Pin};
use super::document::{self, DocumentRef};
use super::operation::{Operation, OperationRef, Role};

/// Adds the webhooks of a document, and the callbacks of all operations that were read before, whose first one has the
/// number `first`.
pub(super) fn read(root: Cursor, document: u32, first: u32, operations: &mut Vec<Operation>) {
    for map in ["webhooks", "x-webhooks"] {
        for (key, item) in root.get(map).map(Cursor::entries).unwrap_or_default() {
            document::read_item(operations, (document, Role::Webhook, None), key, item, key.text().unwrap_or(""));
        }
    }
    // Callbacks may have callbacks, and may lead back to themselves: each is read once for each operation that declares it.
    let mut seen: Set<Pin> = Set::default();
    let mut at = 0;
    while let Some(operation) = operations.get(at) {
        let (node, is_new) = (operation.node, seen.insert(operation.node));
        let callbacks = root.api.node(node).and_then(|node| Cursor::new(root.api, node).get("callbacks"));
        for (_, callback) in callbacks.filter(|_| is_new).map(Cursor::entries).unwrap_or_default() {
            for (key, item) in callback.entries() {
                let name = key.text().filter(|name| !name.starts_with("x-"));
                if let Some(name) = name {
                    document::read_item(operations, (document, Role::Callback, Some(first + at as u32)), key, item, name);
                }
            }
        }
        at += 1;
    }
}

impl<'a> DocumentRef<'a> {
    fn outgoing(self, role: Role) -> impl Iterator<Item = OperationRef<'a>> {
        let api = self.api;
        let all = self.data().outgoing.clone().map(move |at| OperationRef::new(api, at));
        all.filter(move |operation| operation.role() == role && !operation.is_repeated())
    }

    /// The calls that the service makes to addresses arranged otherwise, in order.
    pub fn webhooks(self) -> impl Iterator<Item = OperationRef<'a>> {
        self.outgoing(Role::Webhook)
    }

    /// The calls that the service makes to addresses which its clients give it, in the order of the operations that declare
    /// them. One that many operations refer to comes once.
    pub fn callbacks(self) -> impl Iterator<Item = OperationRef<'a>> {
        self.outgoing(Role::Callback)
    }
}

impl<'a> OperationRef<'a> {
    /// Who calls whom.
    pub fn role(self) -> Role {
        self.data().role
    }

    /// The operation that declares this callback; `None` for all that is no callback.
    pub fn declared_by(self) -> Option<OperationRef<'a>> {
        Some(OperationRef::new(self.api, self.data().parent?))
    }
}
