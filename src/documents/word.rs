//! The words of languages that are lines of words: nginx, HAProxy, Caddy.

use crate::source::Span;

/// One word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Quotes and escapes resolved as its language does; variables are kept.
    pub text: String,
    /// Where it stands, quotes included.
    pub span: Span,
}
