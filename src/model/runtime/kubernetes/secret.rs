//! Secrets whose values stand in the repository as plain text or base64, which is no encryption.

use super::container::{decoded, entries};
use super::object::Object;
use crate::documents::NodeRef;
use crate::model::Workspace;
use crate::model::runtime::profile::{Profile, profile};
use crate::model::runtime::secret::{self, words};
use crate::source::Span;
use std::sync::LazyLock;

/// A Secret with credentials in the repository. Their values are never kept.
#[derive(Debug, Clone)]
pub struct CommittedSecret {
    /// Its name.
    pub name: String,
    /// Where its name stands.
    pub span: Span,
    /// The keys that hold credentials, at least one, with their places.
    pub keys: Vec<(String, Span)>,
    /// Whether they are all made of words of which everybody's local passwords are made, and none of them signs.
    pub is_weak: bool,
    /// Whether a comment says of all of them that they are to be replaced, and none of them signs.
    pub is_remarked: bool,
    /// For which kind of use its file is made.
    pub profile: Profile,
}

struct Words(toml::Table);

impl Words {
    fn list(&self, key: &str) -> impl Iterator<Item = &str> {
        self.0
            .get("secret")
            .and_then(|section| section.get(key)?.as_array())
            .into_iter()
            .flatten()
            .filter_map(toml::Value::as_str)
    }
}

static WORDS: LazyLock<Words> =
    LazyLock::new(|| Words(include_str!("../../../../data/kubernetes.toml").parse().unwrap_or_default()));

/// A Secret that keeps a credential in its manifest; `None` for what is encrypted, empty, or only to be filled in.
pub(super) fn committed(workspace: &Workspace, object: &Object<'_>) -> Option<CommittedSecret> {
    // SOPS keeps its notes beside the encrypted values.
    if object.kind != "Secret" || object.node.get("sops").is_some() {
        return None;
    }
    let is_encoded = |key: &str, value: NodeRef<'_>| object.at("data").is_some_and(|data| data.get(key) == Some(value));
    let all: Vec<(&str, String, Span)> = entries(object)
        .into_iter()
        .filter_map(|(key, value)| {
            let (name, text) = (key.text()?, value.text()?);
            let text = if is_encoded(name, value) { decoded(text)? } else { text.to_owned() };
            Some((name, text, key.span()))
        })
        .collect();
    let open: Vec<(&str, &str)> =
        all.iter().map(|(key, text, _)| (*key, text.as_str())).filter(|(key, _)| !is_credential(key)).collect();
    let mut beside = secret::beside(&open);
    beside.add(object.name);
    let held: Vec<&(&str, String, Span)> =
        all.iter().filter(|(key, text, _)| is_credential(key) && is_literal(key, text)).collect();
    // `app_metrics_api_key_123` under `metrics-api-key`.
    held.iter().for_each(|(key, ..)| beside.add(key));
    // Beside an access key, the secret key is its other half, and signs nothing.
    let ends = |key: &str, end: &str| key.to_ascii_lowercase().replace(['_', '.'], "-").ends_with(end);
    let has_access_key = all.iter().any(|(key, ..)| ends(key, "access-key") && !ends(key, "secret-access-key"));
    let signs = |key: &str| words::signs(key) && !(has_access_key && ends(key, "secret-key"));
    // Of an address only its password protects anything.
    let is_weak = held.iter().all(|(key, text, _)| {
        let protects = secret::password(text).unwrap_or(text);
        words::is_weak(protects, &beside) && !signs(key)
    });
    let is_told = |span: Span| secret::is_remarked(&workspace.text(span.source), span.start as usize);
    // What stands above the first value is said of all where it speaks of several, and what stands above the map of values is, too.
    let of_all = |span: Span| secret::are_remarked(&workspace.text(span.source), span.start as usize);
    let is_map = |key: NodeRef<'_>| matches!(key.text(), Some("data" | "stringData"));
    let is_told_above = || object.node.entries().any(|(key, _)| is_map(key) && is_told(key.span()));
    let is_remarked =
        all.first().is_some_and(|(.., span)| of_all(*span)) || is_told_above() || held.iter().all(|(.., span)| is_told(*span));
    let is_remarked = is_remarked && !held.iter().any(|(key, ..)| signs(key));
    let keys: Vec<(String, Span)> = held.iter().map(|(key, _, span)| ((*key).to_owned(), *span)).collect();
    let (name, span) = (object.name.to_owned(), object.name_span);
    (!keys.is_empty()).then(|| CommittedSecret { name, span, keys, is_weak, is_remarked, profile: profile(object.path, &[]) })
}

/// The name of the Secret that the cluster makes of an object: of a SealedSecret, of an ExternalSecret.
pub(super) fn made(object: &Object<'_>) -> Option<String> {
    let is_made = matches!(object.kind, "SealedSecret" | "ExternalSecret" | "OnePasswordItem");
    let named = object.at("spec/target/name").or(object.at("spec/template/metadata/name")).and_then(NodeRef::text);
    is_made.then(|| named.unwrap_or(object.name).to_owned())
}

/// Whether a key is named for something that lets its owner in.
fn is_credential(key: &str) -> bool {
    let key: String = key.to_ascii_lowercase().chars().map(|c| if c == '-' || c == '.' { '_' } else { c }).collect();
    let ends = |word: &str| key == word || key.ends_with(&format!("_{word}"));
    WORDS.list("credential_words").any(ends)
}

/// Whether a value is one, and not a place where one is to be filled in.
fn is_literal(key: &str, value: &str) -> bool {
    if secret::is_stand_in(value)
        || words::is_to_fill(value)
        || words::repeats(key, value)
        || secret::form_of_address(value).is_some()
    {
        return false;
    }
    let value = value.trim().to_ascii_lowercase();
    // What `envsubst` and its like put in: `$DB_PASS`.
    let is_variable = value.strip_prefix('$').is_some_and(|name| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
    !value.is_empty() && !is_variable && !WORDS.list("placeholders").any(|word| value.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_of_credentials() {
        assert!(is_credential("password") && is_credential("POSTGRES_PASSWORD") && is_credential("jwt-secret"));
        assert!(!is_credential("secret_name") && !is_credential("username") && !is_credential("alertmanager.yaml"));
        assert!(
            is_literal("password", "hunter2")
                && !is_literal("password", "")
                && !is_literal("password", "<your password>")
                && !is_literal("password", "$DB_PASS")
                && !is_literal("password", "changePassword")
                && !is_literal("password", "ENC[AES256_GCM,data:x]")
        );
    }
}
