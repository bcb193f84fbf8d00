//! What is known, what is known to be absent, and what could not be read: three answers that a rule cannot confuse.
//!
//! There is no conversion into `Option` on purpose: not-there and not-read must stay apart.

use crate::source::Span;
use std::fmt;

/// A product whose configuration we read, by the name that `data/` and messages use: `nginx`, `gunicorn`, `HikariCP`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Product(pub &'static str);

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Where a known value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Written in a file, here.
    Explicit(Span),
    /// The default of a product: its name and since which version, as printed in messages ("nginx default").
    Default {
        /// Product whose default it is. Behind a pointer: it is rare, and a catalog holds a hundred thousand origins.
        product: Box<Product>,
    },
    /// Taken over from an enclosing block or another file, written here.
    Inherited(Span),
    /// Concluded from something else, which is written here.
    Inferred(Span),
}

impl Origin {
    /// The default of this product.
    pub fn default_of(product: &'static str) -> Origin {
        Origin::Default { product: Box::new(Product(product)) }
    }

    /// Where the value is written; a product's default is written nowhere.
    pub fn span(&self) -> Option<Span> {
        match self {
            Origin::Explicit(span) | Origin::Inherited(span) | Origin::Inferred(span) => Some(*span),
            Origin::Default { .. } => None,
        }
    }

    /// Whether the value is a product's default, which makes a finding a warning at most.
    pub fn is_default(&self) -> bool {
        matches!(self, Origin::Default { .. })
    }
}

/// An answer that can be "no", and can be "could not be read".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact<T> {
    /// It is so.
    Known(T, Origin),
    /// It is known not to be there: everything that could have made it was understood.
    Absent,
    /// It could not be read, for this reason, because of these places. Behind a pointer: it is rare, and a catalog holds many facts.
    Unknown(Box<(String, Vec<Span>)>),
}

impl<T> Fact<T> {
    /// A value written at `span`.
    pub fn explicit(value: T, span: Span) -> Fact<T> {
        Fact::Known(value, Origin::Explicit(span))
    }

    /// What could not be read, for this reason, because of these places.
    pub fn not_read(why: impl Into<String>, spans: Vec<Span>) -> Fact<T> {
        Fact::Unknown(Box::new((why.into(), spans)))
    }

    /// The value where it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Fact::Known(value, _) => Some(value),
            _ => None,
        }
    }

    /// The value with its origin where it is known.
    pub fn known_with_origin(&self) -> Option<(&T, &Origin)> {
        match self {
            Fact::Known(value, origin) => Some((value, origin)),
            _ => None,
        }
    }

    /// Whether it is known not to be there.
    pub fn known_absent(&self) -> bool {
        matches!(self, Fact::Absent)
    }

    /// Why it is not known, where it is not.
    pub fn unknown(&self) -> Option<&str> {
        match self {
            Fact::Unknown(unread) => Some(&unread.0),
            _ => None,
        }
    }

    /// Where a known value is written.
    pub fn span(&self) -> Option<Span> {
        self.known_with_origin().and_then(|(_, origin)| origin.span())
    }
}
