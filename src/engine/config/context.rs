//! Reads `[context]`: what no file can tell.

use super::reader::{Reader, Section, Value};
use crate::engine::context::{Facts, Key, Said, keys, presets, table_keys};
use toml::de::DeValue;

/// Reads the section; values of its preset stand below what is written.
pub(super) fn read(reader: &mut Reader, section: &Section, path: &str) -> Facts {
    reader.keys(section, "context");
    let mut facts = Facts::default();
    let names: Vec<&str> = presets().iter().map(|preset| preset.name.as_str()).collect();
    let preset = reader.word(section, "preset", &names, |word| presets().iter().find(|preset| preset.name == word));
    for (key, value) in
        preset.iter().flat_map(|preset| preset.values.iter().map(move |value| (preset, value))).map(|(_, pair)| pair)
    {
        let by = format!("preset `{}`", preset.map_or("", |preset| preset.name.as_str()));
        facts.values.insert(key.clone(), Said { value: value.clone(), by });
    }
    for key in keys() {
        let value = said(reader, section, key, "[context]");
        facts.values.extend(value.map(|value| (key.name.clone(), Said { value, by: path.to_owned() })));
    }
    if let Some(tables) = section.get("tables").and_then(|value| reader.section(value, "[context.tables]")) {
        for (name, value) in tables.entries {
            let what = format!("[context.tables.{}]", name.get_ref());
            let Some(table) = reader.section(value, &what) else { continue };
            reader.keys(&table, "tables");
            for key in table_keys() {
                let value = said(reader, &table, key, &what);
                let held = facts.tables.entry(key.name.clone()).or_default();
                held.extend(value.map(|value| (name.get_ref().to_string(), Said { value, by: path.to_owned() })));
            }
        }
    }
    facts
}

/// What a section says under a key.
fn said(reader: &mut Reader, section: &Section, key: &Key, what: &str) -> Option<String> {
    if key.number {
        return section.get(&key.name).and_then(|value| number(reader, value, &format!("`{}` in {what}", key.name)));
    }
    let words: Vec<&str> = key.words.iter().map(String::as_str).collect();
    reader.word(section, &key.name, &words, |word| words.contains(&word).then(|| word.to_owned()))
}

/// A number that is not negative, without the signs that only part its digits.
fn number(reader: &mut Reader, value: &Value, what: &str) -> Option<String> {
    let written = match value.get_ref() {
        DeValue::Integer(number) => Some(number.as_str().replace('_', "")),
        DeValue::Float(number) => Some(number.as_str().replace('_', "")),
        _ => None,
    };
    let plain = written.filter(|text| text.parse::<f64>().is_ok_and(|number| number.is_finite() && number >= 0.0));
    if plain.is_none() {
        reader.wrong(value, what, "a number that is not negative");
    }
    plain
}
