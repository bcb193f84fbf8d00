//! One container: its variables, its probes, and what it does before it is stopped.

use super::object::Object;
use super::overlay::Overlays;
use super::workload::of_seconds;
use crate::documents::NodeRef;
use crate::documents::interpolation::STAND_IN;
use crate::fact::{Fact, Origin};
use crate::model::runtime::compose::words;
use crate::model::runtime::service::{Environment, Handler, MissingKey, Probe, ProbeKind, StrayPort, Variable};
use crate::model::runtime::timeout::{self, Timeout, Units};
use crate::source::Span;
use std::collections::BTreeMap;
use std::time::Duration;

/// Variables of a container that are read.
const MOST: usize = 2_000;

/// No value of configuration is longer once its variables are replaced.
const LONGEST: usize = 1 << 14;

/// Reads the variables of containers.
pub(super) struct Variables<'a, 't> {
    /// The objects of the namespace.
    pub(super) objects: &'a [&'a Object<'t>],
    pub(super) overlays: &'a Overlays,
}

impl Variables<'_, '_> {
    /// The variables of a container, and the keys that it asks for in vain.
    pub(super) fn of_container(&self, container: NodeRef<'_>) -> (Environment, Vec<MissingKey>) {
        let mut environment = Environment::default();
        let mut missing = Vec::new();
        for source in container.get("envFrom").into_iter().flat_map(NodeRef::items).take(MOST) {
            self.all_of(source, &mut environment);
        }
        let mut known: BTreeMap<&str, String> = BTreeMap::new();
        for entry in container.get("env").into_iter().flat_map(NodeRef::items).take(MOST) {
            let Some((name, key_span)) = entry.get("name").and_then(|name| Some((name.text()?, name.span()))) else { continue };
            let (value, partly) = match entry.get("valueFrom").filter(|from| !from.is_null()) {
                Some(from) => (self.from(from, &mut missing), None),
                None => expanded(entry.get("value"), key_span, &known),
            };
            if let Some(text) = value.known() {
                known.insert(name, text.clone());
            }
            environment.set(name.to_owned(), Variable { value, partly, key_span });
        }
        (environment, missing)
    }

    fn object(&self, kind: &str, name: &str) -> Option<&Object<'_>> {
        self.objects.iter().copied().find(|object| object.kind == kind && object.name == name)
    }

    /// `envFrom`: every key of a ConfigMap or a Secret.
    fn all_of(&self, source: NodeRef<'_>, environment: &mut Environment) {
        let prefix = source.get_text("prefix").unwrap_or("");
        for (key, kind) in [("configMapRef", "ConfigMap"), ("secretRef", "Secret")] {
            let Some(name) = source.get(key).and_then(|reference| reference.get("name")) else { continue };
            let text = name.text().unwrap_or("");
            let Some(object) = self.object(kind, text) else {
                environment.opened(format!("the {kind} `{text}` is not in the repository"), name.span());
                continue;
            };
            if let Some(why) = self.overlays.patch_of(object) {
                environment.opened(why, name.span());
            }
            for (key, value) in entries(object) {
                let Some(name) = key.text() else { continue };
                let value = value_of(object, name, value);
                environment.set(format!("{prefix}{name}"), Variable { value, partly: None, key_span: key.span() });
            }
        }
    }

    /// `valueFrom`: one key of a ConfigMap or a Secret; a field of the pod is not known here.
    fn from(&self, from: NodeRef<'_>, missing: &mut Vec<MissingKey>) -> Fact<String> {
        for (reference, kind) in [("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")] {
            let Some(reference) = from.get(reference) else { continue };
            let (Some(name), Some(key)) = (reference.get_text("name"), reference.get("key")) else { break };
            let Some(key_text) = key.text() else { break };
            let Some(object) = self.object(kind, name) else {
                return Fact::not_read(format!("the {kind} `{name}` is not in the repository"), vec![reference.span()]);
            };
            let all = entries(object);
            if let Some((_, value)) = all.iter().find(|(one, _)| one.text() == Some(key_text)) {
                return value_of(object, key_text, *value);
            }
            let is_optional = reference.get("optional").and_then(NodeRef::as_bool) == Some(true);
            // What is encrypted, or filled in before it is applied, is the name of no key.
            let is_key = key_text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
            let is_open = self.overlays.patch_of(object).is_some()
                || self.overlays.generates(kind, name)
                || is_filled_later(object)
                || !is_key;
            if !is_optional && !is_open {
                let has = all.iter().filter_map(|(key, _)| key.text().map(str::to_owned)).collect();
                let (object, object_span, span) = (name.to_owned(), object.name_span, key.span());
                missing.push(MissingKey { kind, object, key: key_text.to_owned(), has, span, object_span });
            }
            return Fact::not_read(format!("the {kind} `{name}` has no such key"), vec![key.span()]);
        }
        Fact::not_read("the cluster gives it", vec![from.span()])
    }
}

/// Whether something else than the manifest gives an object its keys: it holds none, or says that it is managed.
fn is_filled_later(object: &Object<'_>) -> bool {
    let managed = object.at("metadata/annotations").map(NodeRef::merged_entries).unwrap_or_default();
    entries(object).is_empty() || managed.iter().any(|(key, _)| key.text().is_some_and(|key| !key.starts_with("kubectl.")))
}

/// The keys of a ConfigMap or a Secret with their values.
pub(super) fn entries<'t>(object: &Object<'t>) -> Vec<(NodeRef<'t>, NodeRef<'t>)> {
    let parts = ["data", "stringData", "binaryData"].into_iter().filter_map(|part| object.at(part));
    parts.flat_map(|part| part.merged_entries().into_iter().take(MOST)).collect()
}

/// The value under a key of a ConfigMap or a Secret.
fn value_of(object: &Object<'_>, key: &str, value: NodeRef<'_>) -> Fact<String> {
    let Some(text) = value.text() else { return Fact::not_read("not a scalar", vec![value.span()]) };
    let is_encoded = object.kind == "Secret" && object.at("data").is_some_and(|data| data.get(key) == Some(value));
    let text = if is_encoded { decoded(text) } else { Some(text.to_owned()) };
    match text {
        Some(text) => Fact::Known(text, Origin::Inherited(value.span())),
        None => Fact::not_read("not base64", vec![value.span()]),
    }
}

/// Base64 to text; `None` where it is neither, or too long to be a setting.
pub(super) fn decoded(text: &str) -> Option<String> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let text = text.trim_end();
    if text.len() > LONGEST {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0);
    for byte in text.trim_end_matches('=').bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        let value = ALPHABET.iter().position(|one| *one == byte)? as u32;
        bits = (bits << 6) | value;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    String::from_utf8(bytes).ok()
}

/// A value with `$(NAME)` replaced by the variables before it; and what is known of it where one is not.
fn expanded(value: Option<NodeRef<'_>>, key: Span, known: &BTreeMap<&str, String>) -> (Fact<String>, Option<String>) {
    let Some(value) = value.filter(|value| !value.is_null()) else { return (Fact::explicit(String::new(), key), None) };
    let Some(text) = value.text() else { return (Fact::not_read("not a scalar", vec![value.span()]), None) };
    let (mut out, mut rest, mut is_whole) = (String::new(), text, true);
    while let Some((before, after)) = rest.split_once("$(") {
        out.push_str(before);
        let Some((name, after)) = after.split_once(')') else {
            out.push_str("$(");
            rest = after;
            break;
        };
        match known.get(name) {
            Some(value) => out.push_str(value),
            None => {
                out.push(STAND_IN);
                is_whole = false;
            }
        }
        rest = after;
        if out.len() > LONGEST {
            return (Fact::not_read("too long once its variables are replaced", vec![value.span()]), None);
        }
    }
    out.push_str(rest);
    match is_whole {
        true => (Fact::explicit(out, value.span()), None),
        false => (Fact::not_read("a variable that is not known here", vec![value.span()]), Some(out)),
    }
}

/// A number of seconds under a key.
pub(super) fn seconds(node: Option<NodeRef<'_>>) -> Fact<Timeout> {
    let Some(node) = node.filter(|node| !node.is_null()) else { return Fact::Absent };
    match node.text().and_then(of_seconds) {
        Some(timeout) => Fact::explicit(timeout, node.span()),
        None => Fact::not_read("not a number of seconds", vec![node.span()]),
    }
}

/// The probes of a container.
pub(super) fn probes(container: NodeRef<'_>) -> Vec<Probe> {
    let kinds =
        [("livenessProbe", ProbeKind::Liveness), ("readinessProbe", ProbeKind::Readiness), ("startupProbe", ProbeKind::Startup)];
    let found = kinds.into_iter().filter_map(|(key, kind)| {
        let (key, probe) = container.entry(key).filter(|(_, probe)| probe.is_map())?;
        Some(Probe {
            kind,
            handler: handler(probe),
            period: seconds(probe.get("periodSeconds")),
            timeout: seconds(probe.get("timeoutSeconds")),
            failures: failures(probe.get("failureThreshold")),
            container: container.get_text("name").unwrap_or_default().to_owned(),
            stray_port: stray_port(container, probe),
            span: key.span(),
        })
    });
    found.collect()
}

/// The port that a probe asks, where its container lists ports, all of them readable, and not this one. A port that is filled in
/// later may be any.
fn stray_port(container: NodeRef<'_>, probe: NodeRef<'_>) -> Option<StrayPort> {
    let asked = ["httpGet/port", "tcpSocket/port"].into_iter().find_map(|path| probe.at(path))?;
    let text = asked.text()?.trim();
    let ports: Vec<NodeRef<'_>> = container.get("ports")?.items().take(MOST).collect();
    let number = |port: &NodeRef<'_>| port.get_text("containerPort").and_then(|text| text.trim().parse::<u16>().ok());
    let name = |port: &NodeRef<'_>| port.get_text("name").map(str::to_owned);
    let is_name = text.parse::<u16>().is_err();
    let is_open = text.contains(['$', '{']) || (!is_name && ports.iter().any(|port| number(port).is_none()));
    let is_listed = ports.iter().any(|port| match is_name {
        true => name(port).is_some_and(|name| name == text || name.contains(['$', '{'])),
        false => number(port).is_some_and(|number| number.to_string() == text),
    });
    if ports.is_empty() || is_open || is_listed {
        return None;
    }
    let listed = ports.iter().filter_map(|port| name(port).filter(|_| is_name).or_else(|| Some(number(port)?.to_string())));
    Some(StrayPort { port: text.to_owned(), is_name, listed: listed.collect(), span: asked.span() })
}

fn failures(node: Option<NodeRef<'_>>) -> Fact<u32> {
    let Some(node) = node.filter(|node| !node.is_null()) else { return Fact::Absent };
    match node.text().and_then(|text| text.trim().parse().ok()) {
        Some(number) => Fact::explicit(number, node.span()),
        None => Fact::not_read("not a number", vec![node.span()]),
    }
}

fn handler(probe: NodeRef<'_>) -> Fact<Handler> {
    let text = |node: Option<NodeRef<'_>>, default: &str| node.and_then(NodeRef::text).unwrap_or(default).to_owned();
    if let Some(http) = probe.get("httpGet") {
        let handler = Handler::Http(text(http.get("path"), "/"), text(http.get("port"), ""));
        return Fact::explicit(handler, http.get("path").unwrap_or(http).span());
    }
    if let Some(socket) = probe.get("tcpSocket") {
        return Fact::explicit(Handler::Tcp(text(socket.get("port"), "")), socket.span());
    }
    if let Some(grpc) = probe.get("grpc") {
        return Fact::explicit(Handler::Grpc(text(grpc.get("port"), "")), grpc.span());
    }
    let Some(command) = probe.at("exec/command") else { return Fact::not_read("no known form", vec![probe.span()]) };
    let words: Vec<String> = command.items().take(MOST).filter_map(|word| word.text().map(str::to_owned)).collect();
    Fact::explicit(Handler::Command(words::unwrap_shell(&words)), command.span())
}

/// How long the `preStop` hook of a container sleeps; `None` without a hook. A hook that does something else takes a time that
/// nobody knows.
pub(super) fn pre_stop(container: NodeRef<'_>) -> Option<Fact<Timeout>> {
    let hook = container.at("lifecycle/preStop")?;
    if let Some(seconds) = hook.at("sleep/seconds") {
        return Some(self::seconds(Some(seconds)));
    }
    let unknown = |why: &str| Some(Fact::not_read(why.to_owned(), vec![hook.span()]));
    let Some(command) = hook.at("exec/command") else { return unknown("a hook that is no command") };
    let words: Vec<String> = command.items().take(MOST).filter_map(|word| word.text().map(str::to_owned)).collect();
    let words = words::unwrap_shell(&words);
    let Some(arguments) = words::arguments_of(&words, "sleep") else { return unknown("a hook that does not sleep") };
    let sleeps = arguments.first().and_then(|word| timeout::parse(word, Units::Common, Some(1.0)));
    match sleeps {
        Some(duration) if duration > Duration::ZERO => {
            Some(Fact::explicit(Timeout::after(duration, arguments.first().map_or("", String::as_str)), command.span()))
        }
        _ => unknown("a sleep of unknown length"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_decoded() {
        assert_eq!(decoded("cG9zdGdyZXM6Ly9kYg=="), Some("postgres://db".into()));
        assert_eq!(decoded("YQ=="), Some("a".into()));
        assert_eq!(decoded(""), Some(String::new()));
        assert_eq!(decoded("no base64!"), None);
        assert_eq!(decoded("//79"), None);
    }
}
