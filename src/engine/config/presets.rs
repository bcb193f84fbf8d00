//! What a configuration can start from (`preset = "strict"`); the presets are data: `data/presets.toml`.

use super::{Entry, Layer, Level, Scope, Shown};
use crate::diagnostic::{Confidence, Severity};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A preset as it is written.
#[derive(Debug, Deserialize)]
struct Preset {
    about: String,
    fail_on: Severity,
    min_severity: Severity,
    min_confidence: Confidence,
    #[serde(default)]
    opt_in: bool,
    #[serde(default)]
    lowered: Vec<String>,
    #[serde(default)]
    rules: BTreeMap<String, String>,
}

fn presets() -> &'static BTreeMap<String, Preset> {
    static PRESETS: OnceLock<BTreeMap<String, Preset>> = OnceLock::new();
    PRESETS.get_or_init(|| toml::from_str(include_str!("../../../data/presets.toml")).unwrap_or_default())
}

/// The names of all presets and what each is for, in order of name.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    presets().iter().map(|(name, preset)| (name.as_str(), preset.about.as_str()))
}

/// A preset as the layer that stands below the file that names it. `None` where there is no such preset.
pub(super) fn layer(name: &str, scope: &Scope) -> Option<Layer> {
    let preset = presets().get(name)?;
    let entry = |name: &str, level: Level| Entry { name: name.to_owned(), level, span: None };
    let lowered = preset.lowered.iter().map(|group| entry(group, Level::Lowered));
    let written = preset.rules.iter().filter_map(|(rule, word)| Some(entry(rule, Level::parse(word)?)));
    Some(Layer {
        scope: scope.clone(),
        path: format!("preset `{name}`"),
        rules: lowered.chain(written).collect(),
        opt_in: preset.opt_in,
        shown: Shown {
            fail_on: Some((Some(preset.fail_on), None)),
            min_severity: Some((preset.min_severity, None)),
            min_confidence: Some((preset.min_confidence, None)),
        },
        ..Layer::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::selection;

    /// The groups that the rules of presets may name before their first rule is there.
    const PLANNED: [&str; 9] =
        ["naming", "observability", "operations", "paths", "rate-limit", "schemas", "slo", "status", "versioning"];

    #[test]
    fn presets_name_rules_and_levels_that_exist() {
        assert_eq!(all().map(|(name, _)| name).collect::<Vec<_>>(), ["adoption", "pedantic", "strict"]);
        for (name, preset) in presets() {
            let words = preset.rules.keys().chain(&preset.lowered);
            let unknown: Vec<&String> =
                words.filter(|word| !selection::known(word) && !PLANNED.contains(&word.as_str())).collect();
            assert!(unknown.is_empty(), "{name}: {unknown:?}");
            assert!(preset.rules.values().all(|word| Level::parse(word).is_some()), "{name}: {:?}", preset.rules);
        }
    }
}
