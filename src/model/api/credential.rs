//! What parameters carry and what paths are for, as far as words tell: `data/api_policy_words.toml`.

use super::component::{ComponentKind, ComponentRef};
use super::document::DocumentRef;
use super::operation::{Method, OperationRef, Segment};
use super::parameter::{Location, ParameterRef};
use super::schema::SchemaRef;
use super::words;
use serde::Deserialize;
use std::sync::OnceLock;

type Set = super::Set<String>;

/// The whole file.
#[derive(Debug, Default, Deserialize)]
pub(super) struct PolicyWords {
    secrets: Set,
    doubtful_secrets: Set,
    personal: Set,
    personal_names: Set,
    caller_parameters: Set,
    entrances: Set,
    entrance_verbs: Set,
    entrance_callers: Set,
    administration: Set,
    addresses: Set,
    pub(super) ends: Vec<String>,
}

/// The lists, read once.
pub(super) fn policy_words() -> &'static PolicyWords {
    static WORDS: OnceLock<PolicyWords> = OnceLock::new();
    const TEXT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/api_policy_words.toml"));
    WORDS.get_or_init(|| toml::from_str(TEXT).unwrap_or_default())
}

impl<'a> ComponentRef<'a> {
    /// The parameter, where it is one and has a name and a place.
    pub fn parameter(self) -> Option<ParameterRef<'a>> {
        (self.kind() == ComponentKind::Parameter).then(|| ParameterRef::new(self.cursor)).flatten()
    }
}

impl ParameterRef<'_> {
    /// Whether its value is text, as far as the document says; true where it says nothing.
    fn may_be_text(self) -> bool {
        let types = self.schema().map(|schema| schema.core().types()).unwrap_or_default();
        types.is_empty() || types.contains(&"string")
    }

    /// Whether its name says that whoever reads its value is let in: `access_token`, `password`.
    pub fn carries_secret(self) -> bool {
        self.may_be_text() && policy_words().secrets.contains(&self.folded())
    }

    /// Whether its name says so, but also means harmless things: `token`, which may be the mark of a page.
    pub fn may_carry_secret(self) -> bool {
        self.may_be_text() && policy_words().doubtful_secrets.contains(&self.folded())
    }

    /// Whether its name says that its value is about a person: `Some(true)` for an address or a number, `Some(false)` for a name, which
    /// many know anyway. A flag and one of some words are about what is to be answered: `phone=true`.
    pub fn is_about_a_person(self) -> Option<bool> {
        let chooses = |schema: SchemaRef| schema.types() == ["boolean"] || schema.has_key("enum") || schema.has_key("const");
        if self.schema().is_some_and(|schema| chooses(schema.core())) {
            return None;
        }
        let (words, name) = (policy_words(), self.folded());
        let is_address = words.personal.contains(&name);
        (is_address || words.personal_names.contains(&name)).then_some(is_address)
    }

    /// Whether a caller says with it who it is: a header or a cookie such as `Authorization` or `X-API-Key`.
    pub(super) fn names_caller(self) -> bool {
        let place = matches!(self.location(), Location::Header | Location::Cookie);
        place && policy_words().caller_parameters.contains(&self.folded())
    }

    /// Whether it names one thing by its key: `id`, `orderId`, `order_id`, but not `paid`.
    pub fn is_identifier(self) -> bool {
        words::last_token(self.name()) == "id"
    }

    /// Whether it holds an address for the service to call, or to send the caller to: `callback_url`, `redirect`.
    pub fn holds_address(self) -> bool {
        self.may_be_text() && words::tokens(self.name()).iter().any(|word| policy_words().addresses.contains(word))
    }
}

impl DocumentRef<'_> {
    /// Whether a path is about what a parameter says, which then is the service's own trade: `PhoneNumber` beside `/IncomingPhoneNumbers`.
    pub fn deals_in(self, parameter: ParameterRef) -> bool {
        let name = parameter.folded();
        let is_named = |segment: Segment| matches!(segment, Segment::Literal(text) if words::folded(text).contains(&name));
        self.operations().any(|operation| operation.segments().into_iter().any(is_named))
    }
}

impl OperationRef<'_> {
    fn has_path_word(self, set: &Set) -> bool {
        let is_listed = |name: &str| {
            let tokens = words::tokens(name);
            let listed = tokens.iter().any(|word| set.contains(word)) || set.contains(&words::folded(name));
            listed || tokens.windows(2).any(|pair| set.contains(&pair.concat()))
        };
        self.segments().into_iter().any(|segment| matches!(segment, Segment::Literal(name) if is_listed(name)))
    }

    /// Whether it is where callers come from outside: logging in, signing up, a link from a mail, a webhook that is signed.
    pub fn is_entrance(self) -> bool {
        let words = policy_words();
        let named = self.operation_id().map(words::tokens).unwrap_or_default();
        let is_named = match named.as_slice() {
            [verb] => words.entrance_verbs.contains(verb),
            [verb, caller] => words.entrance_verbs.contains(verb) && words.entrance_callers.contains(caller),
            _ => false,
        };
        self.has_path_word(&words.entrances) || is_named
    }

    /// Whether a caller may come to be known by it, as the first word of its name says: `RegisterWatcher`.
    pub fn may_be_entrance(self) -> bool {
        let first = self.operation_id().and_then(|id| words::tokens(id).into_iter().next());
        self.method() == Method::Post && first.is_some_and(|verb| policy_words().entrance_verbs.contains(&verb))
    }

    /// Whether it is for those who run the service, as its path says.
    pub fn is_administration(self) -> bool {
        self.has_path_word(&policy_words().administration)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_read() {
        let words = policy_words();
        assert!(words.secrets.contains("clientsecret") && words.entrances.contains("login"));
        assert!(!words.addresses.is_empty() && !words.administration.is_empty() && !words.caller_parameters.is_empty());
        assert!(!words.doubtful_secrets.is_empty() && !words.ends.is_empty());
    }
}
