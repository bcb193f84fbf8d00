//! Sections of applications' own settings that describe a client of another service.
//!
//! What is absent: clients that only code describes, and limits that only code sets.

use super::Runtime;
use super::application::squash;
use super::profile::Profile;
use crate::discover::Kind;
use crate::source::Span;
use std::collections::{BTreeMap, HashSet};

/// A section that tunes a client of another service.
#[derive(Debug, Clone)]
pub struct ClientSection {
    /// `settings config/production.toml/payments`.
    pub subject: String,
    /// The section: `payments`.
    pub name: String,
    /// A setting beside the address: what is tuned, and where.
    pub tuned: (String, Span),
    /// Whether any limit stands in the section, or one for all clients elsewhere.
    pub has_limit: bool,
    /// Where the address stands.
    pub span: Span,
    /// For which kind of use it is made.
    pub use_for: Profile,
}

/// Last parts of keys that hold the address of a service, without what parts words.
const ADDRESSES: [&str; 6] = ["url", "baseurl", "apiurl", "endpoint", "uri", "address"];
/// What keys that tune a client have in them.
const TUNED: [&str; 8] = ["retr", "attempt", "pool", "maxconn", "ratelimit", "concurren", "keepalive", "backoff"];
/// What keys that bound a wait have in them.
const LIMITS: [&str; 2] = ["timeout", "deadline"];

impl Runtime {
    /// Every section with the address of a service and a setting that tunes its client, each place once; those for real use first.
    pub fn client_sections(&self) -> Vec<ClientSection> {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for view in self.views().into_iter().filter(|view| view.application.format == Kind::Application) {
            let entries = view.entries();
            let says = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
            // A limit for clients in general is one for each of them.
            let for_all = entries.iter().any(|entry| says(&entry.name, &["client", "http"]) && says(&entry.name, &LIMITS));
            let mut sections: BTreeMap<&str, Vec<_>> = BTreeMap::new();
            for entry in &entries {
                let (section, last) = entry.key.rsplit_once('.').unwrap_or(("", &entry.key));
                sections.entry(section).or_default().push((squash(last), *entry));
            }
            for (section, own) in sections.iter().filter(|(section, _)| !section.is_empty()) {
                let is_address = |name: &str| ADDRESSES.contains(&name);
                let Some((_, address)) = own.iter().find(|(last, _)| is_address(last)) else { continue };
                let Some((_, tuned)) = own.iter().find(|(last, _)| says(last, &TUNED)) else { continue };
                let said = view.said(address);
                let is_service =
                    said.known().is_some_and(|said| said.text.starts_with("http") && !said.text.contains("localhost"));
                if !is_service || !seen.insert(address.span()) {
                    continue;
                }
                let below = entries.iter().filter(|entry| entry.key.starts_with(*section));
                let has_limit = for_all || below.into_iter().any(|entry| says(&entry.name, &LIMITS));
                found.push(ClientSection {
                    subject: format!("{}/{section}", view.application.subject()),
                    name: (*section).to_owned(),
                    tuned: (tuned.key.rsplit('.').next().unwrap_or_default().to_owned(), tuned.span()),
                    has_limit,
                    span: address.span(),
                    use_for: view.use_for(),
                });
            }
        }
        found
    }
}
