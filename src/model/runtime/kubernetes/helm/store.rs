//! Stores that a chart brings along as charts of others: what their values tell the server.

use super::values::Values;
use super::{Chart, WHY};
use crate::model::runtime::managed::Told;
use crate::model::runtime::service::Service;
use crate::model::runtime::tables::tables;
use crate::source::Span;

/// Texts with lines of the server's own settings file.
const TEXTS: [&str; 8] = [
    "primary/extendedConfiguration",
    "primary/configuration",
    "extendedConfiguration",
    "configuration",
    "postgresqlExtendedConfig",
    "master/configuration",
    "commonConfiguration",
    "primary/extraConfiguration",
];

/// Maps with settings of the server, in camel case.
const MAPS: [&str; 4] = ["postgresqlExtendedConf", "postgresqlConfiguration", "primary/postgresqlExtendedConf", "postgresqlConf"];

/// Single settings that a chart has a key of its own for: key, and the setting of the server.
const KEYS: [(&str, &str); 3] = [
    ("postgresqlMaxConnections", "max_connections"),
    ("maxConnections", "max_connections"),
    ("postgresqlStatementTimeout", "statement_timeout"),
];

/// The product of a chart of this name.
pub(super) fn product(name: &str) -> Option<&'static str> {
    let known =
        tables().product(name).filter(|product| matches!(product.role.as_str(), "datastore" | "cache" | "broker" | "pooler"));
    known.map(|product| product.name.as_str())
}

/// Adds the stores of an installation. Variables of the other parts say by which names they are reached.
pub(super) fn add(chart: &Chart, values: &Values<'_>, project: usize, services: &mut Vec<Service>) {
    let before = services.len();
    for key in values.keys() {
        let Some(name) = key.text() else { continue };
        let part = chart.parts.iter().find(|(alias, _)| alias == name).map_or(name, |(_, chart)| chart.as_str());
        let store = values.map(name);
        let is_off = store.flag("enabled") == Some(false) || store.flag("deploy") == Some(false);
        let Some(product) = product(part).or_else(|| product(name)).filter(|_| !store.layers().is_empty() && !is_off) else {
            continue;
        };
        let is_part = chart.parts.iter().any(|(alias, _)| alias == name);
        if is_part || store.entry("image").is_some() {
            services.push(of_values(project, chart, name, key.span(), product, &store));
        }
    }
    let (parts, stores) = services.split_at_mut(before);
    for store in stores {
        let ending = format!("-{}", store.name);
        let mut hosts: Vec<String> = parts
            .iter()
            .flat_map(|part| part.environment.iter())
            .filter_map(|(_, variable)| {
                let text = variable.value.known().or(variable.partly.as_ref())?;
                let host = crate::documents::url::parse(text).and_then(|url| url.host).unwrap_or_else(|| text.clone());
                (host.ends_with(&ending) && host.len() < 100 && !host.contains(['/', ' ', ':'])).then_some(host)
            })
            .collect();
        hosts.sort();
        hosts.dedup();
        hosts.retain(|host| !store.aliases.iter().any(|(known, _)| known == host));
        store.aliases.extend(hosts.into_iter().map(|host| (host, "name of a chart's part")));
    }
}

fn of_values(project: usize, chart: &Chart, name: &str, span: Span, product: &'static str, values: &Values<'_>) -> Service {
    let mut service = told(product, values).service(project, name.to_owned(), "Chart", span, WHY);
    service.aliases.push((format!("{}-{name}", chart.name), "name of a chart's part"));
    service
}

/// What the values tell the server; the strongest word stands last.
fn told(product: &'static str, values: &Values<'_>) -> Told {
    let mut told = Told::of(product);
    for node in TEXTS.iter().rev().filter_map(|path| values.first(&[*path])) {
        for line in node.text().unwrap_or("").lines().take(500) {
            let line = line.split('#').next().unwrap_or("").trim();
            let Some((name, value)) = line.split_once(['=', ' ']) else { continue };
            let value = value.trim().trim_start_matches('=').trim().trim_matches(['\'', '"']);
            let is_plain = !value.is_empty() && !value.contains("{{") && !name.contains("{{");
            if is_plain {
                told.say(name.trim(), value, node.span());
            }
        }
    }
    for map in MAPS.iter().filter_map(|path| values.first(&[*path])).filter(|node| node.is_map()) {
        for (key, value) in map.merged_entries().into_iter().take(500) {
            if let (Some(key), Some(text)) = (key.text(), value.text()) {
                told.say(&snake(key), text, value.span());
            }
        }
    }
    for (key, name) in KEYS {
        let said = values.first(&[key]).and_then(|node| Some((node.text().filter(|text| !text.is_empty())?, node.span())));
        said.into_iter().for_each(|(text, span)| told.say(name, text, span));
    }
    told
}

/// `maxConnections` as the server writes it.
fn snake(key: &str) -> String {
    let mut out = String::with_capacity(key.len() + 4);
    for c in key.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}
