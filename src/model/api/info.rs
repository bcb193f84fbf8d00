//! What a document says about itself.

use super::cursor::Cursor;
use super::document::DocumentRef;
use crate::source::{Span, Spanned};

/// `info`.
#[derive(Clone, Copy)]
pub struct InfoRef<'a> {
    cursor: Cursor<'a>,
    key: Span,
}

impl std::fmt::Debug for InfoRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "info at {:?}", self.key)
    }
}

impl<'a> InfoRef<'a> {
    /// Where the key is written.
    pub fn span(self) -> Span {
        self.key
    }

    /// The text under one of its keys: `title`, `version`, `description`, `summary`, `termsOfService`.
    pub fn text(self, key: &str) -> Option<Spanned<&'a str>> {
        self.cursor.spanned(key)
    }

    /// The text under a key of `contact` (`name`, `url`, `email`).
    pub fn contact(self, key: &str) -> Option<Spanned<&'a str>> {
        self.cursor.get("contact")?.spanned(key)
    }

    /// Whether there is a `contact`.
    pub fn has_contact(self) -> bool {
        self.cursor.raw("contact").is_some()
    }

    /// The text under a key of `license` (`name`, `url`, `identifier`).
    pub fn license(self, key: &str) -> Option<Spanned<&'a str>> {
        self.cursor.get("license")?.spanned(key)
    }

    /// Whether there is a `license`.
    pub fn has_license(self) -> bool {
        self.cursor.raw("license").is_some()
    }
}

/// An entry of `tags` of a document.
#[derive(Debug, Clone, Copy)]
pub struct TagRef<'a> {
    /// Its name.
    pub name: Spanned<&'a str>,
    /// What it says about itself.
    pub description: Option<&'a str>,
    /// 3.2: the tag that it belongs to.
    pub parent: Option<Spanned<&'a str>>,
}

impl<'a> DocumentRef<'a> {
    /// `info`; `None` where there is none.
    pub fn info(self) -> Option<InfoRef<'a>> {
        let root = self.root()?;
        let key = root.entry("info")?.0.span();
        Some(InfoRef { cursor: root.get("info")?, key })
    }

    /// The version of the specification as written: `3.0.3`.
    pub fn version_text(self) -> Option<Spanned<&'a str>> {
        let root = self.root()?;
        root.spanned("openapi").or_else(|| root.spanned("swagger"))
    }

    /// The tags that it declares, in order; what operations are tagged with is theirs to say.
    pub fn tags(self) -> Vec<TagRef<'a>> {
        let tags = self.root().map(|root| root.items("tags")).unwrap_or_default().into_iter();
        let tag = |tag: Cursor<'a>| {
            let (name, description, parent) = (tag.spanned("name")?, tag.text("description"), tag.spanned("parent"));
            Some(TagRef { name, description, parent })
        };
        tags.filter_map(tag).collect()
    }

    /// Whether it is a library of components: it has no paths, and no webhooks, of its own.
    pub fn is_library(self) -> bool {
        let data = self.data();
        data.operations.is_empty() && data.outgoing.is_empty()
    }

    /// The key and value spans of an extension (`x-...`) at the top level.
    pub fn extension(self, name: &str) -> Option<Span> {
        self.root()?.entry(name).map(|(key, _)| key.span())
    }
}
