//! What a property says: a literal, a reference to something in the same files, or nothing that we can know.

use crate::fact::{Fact, Origin};
use crate::model::runtime::timeout::Timeout;
use crate::source::Span;
use std::time::Duration;

/// What a property says.
#[derive(Debug, Clone)]
pub(super) enum Property {
    /// It is not written.
    Absent,
    /// A text or number, and where it comes from (a parameter's default is inherited: a deployment may say otherwise).
    Text(String, Origin),
    /// Something in the same files, by its name there.
    Reference(String, Span),
    /// A collection.
    Collection(Span),
    /// What only a deployment knows.
    Unknown(&'static str, Span),
}

impl Property {
    /// Seconds as a whole number or a fraction.
    pub(super) fn seconds(&self) -> Fact<Timeout> {
        match self {
            Property::Absent => Fact::Absent,
            Property::Text(text, origin) => {
                let seconds = text.trim().parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                let unknown = || Fact::not_read("not a number of seconds", origin.span().into_iter().collect());
                seconds.map_or_else(unknown, |seconds| Fact::Known(Timeout::after(seconds, text.trim()), origin.clone()))
            }
            Property::Reference(_, span) | Property::Collection(span) => Fact::not_read("not a number", vec![*span]),
            Property::Unknown(why, span) => Fact::not_read(*why, vec![*span]),
        }
    }

    /// A whole number.
    pub(super) fn whole(&self) -> Fact<u32> {
        match self.seconds() {
            Fact::Known(timeout, origin) => {
                match timeout.after.map(|after| after.as_secs()).and_then(|whole| u32::try_from(whole).ok()) {
                    Some(whole) => Fact::Known(whole, origin),
                    None => Fact::not_read("not a whole number", origin.span().into_iter().collect()),
                }
            }
            Fact::Absent => Fact::Absent,
            Fact::Unknown(why) => Fact::Unknown(why),
        }
    }

    /// Whether something is written here at all.
    pub(super) fn presence(&self) -> Fact<()> {
        match self {
            Property::Absent => Fact::Absent,
            Property::Text(_, origin) => Fact::Known((), origin.clone()),
            Property::Reference(_, span) | Property::Collection(span) => Fact::explicit((), *span),
            Property::Unknown(why, span) => Fact::not_read(*why, vec![*span]),
        }
    }

    /// The name that it refers to.
    pub(super) fn target(&self) -> Option<&str> {
        match self {
            Property::Reference(name, _) => Some(name),
            _ => None,
        }
    }
}
