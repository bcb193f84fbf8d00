//! What a Dockerfile makes of an image: what it builds upon, how its health is checked, and what it runs.
//!
//! Stages that build upon one another are followed. Absent: everything that only building it could tell, such as the value of an
//! `ARG`; what is written in words of the shell stands as it is written.

use crate::source::{SourceId, Span};
use std::collections::HashMap;

/// A Dockerfile with more stages than this is read up to there.
const MOST_STAGES: usize = 200;

/// Folders of settings, certificates and pages.
const SETTLED: [&str; 7] =
    ["/etc/nginx", "/etc/caddy", "/etc/traefik", "/etc/ssl", "/usr/share/nginx", "/usr/local/etc/haproxy", "/srv"];

/// What an instruction runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// `["program", "argument"]`.
    Exec(Vec<String>),
    /// A line for the shell.
    Shell(String),
}

/// One stage, with all that it takes over from the stages below it.
#[derive(Debug, Clone, Default)]
pub struct Image {
    /// The image of another repository that it builds upon.
    pub base: Option<String>,
    /// Its HEALTHCHECK, unless that is `NONE`.
    pub check: Option<Span>,
    /// Its ENTRYPOINT.
    pub entrypoint: Option<(Run, Span)>,
    /// Its CMD.
    pub command: Option<(Run, Span)>,
    /// Whether it may hold programs that its base does not: it runs commands, or copies elsewhere than to where settings and pages lie.
    pub adds_programs: bool,
}

/// The image that a stage makes; the last stage where none is asked for. `None` where there is no such stage.
pub fn image(source: SourceId, text: &str, target: Option<&str>) -> Option<Image> {
    let mut stages: HashMap<String, Image> = HashMap::new();
    let mut name = None;
    let mut now: Option<Image> = None;
    for (span, line) in instructions(source, text) {
        let (keyword, rest) = line.split_once(char::is_whitespace).unwrap_or((&line, ""));
        let rest = rest.trim();
        let keyword = keyword.to_ascii_uppercase();
        if keyword == "FROM" {
            if let Some((name, image)) = name.take().zip(now.take()) {
                stages.insert(name, image);
            }
            if target.is_some_and(|target| stages.contains_key(&target.to_ascii_lowercase())) || stages.len() > MOST_STAGES {
                break;
            }
            let mut words = rest.split_whitespace().filter(|word| !word.starts_with("--"));
            let base = words.next().unwrap_or("");
            name = words.nth(1).map(str::to_ascii_lowercase);
            let new = || Image { base: Some(base.to_owned()), ..Image::default() };
            now = Some(stages.get(&base.to_ascii_lowercase()).cloned().unwrap_or_else(new));
            continue;
        }
        let Some(image) = now.as_mut() else { continue };
        match keyword.as_str() {
            "HEALTHCHECK" => {
                let is_none = rest.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("NONE"));
                image.check = (!is_none).then_some(span);
            }
            "CMD" => image.command = Some((run(rest), span)),
            // A new entry point forgets the command of the image below.
            "ENTRYPOINT" => (image.entrypoint, image.command) = (Some((run(rest), span)), None),
            "COPY" | "ADD" => image.adds_programs |= !is_settled(rest),
            "RUN" => image.adds_programs |= !is_removal(rest),
            _ => {}
        }
    }
    match target {
        None => now,
        Some(target) => {
            let target = target.to_ascii_lowercase();
            if name.as_ref() == Some(&target) { now } else { stages.remove(&target) }
        }
    }
}

/// Whether what is copied goes where nothing runs it: among settings or pages.
fn is_settled(text: &str) -> bool {
    let target = text.trim_end_matches(']').split_whitespace().next_back().unwrap_or("").trim_matches(['"', ',']);
    SETTLED.iter().any(|folder| target.starts_with(folder))
}

/// Whether a command only removes files.
fn is_removal(text: &str) -> bool {
    text.starts_with("rm ") && !text.contains(['&', ';', '|', '`', '$'])
}

fn run(text: &str) -> Run {
    serde_json::from_str(text).map_or_else(|_| Run::Shell(text.to_owned()), Run::Exec)
}

/// The instructions with their places, lines that go on put together, comments and empty lines left out: neither ends an instruction.
fn instructions(source: SourceId, text: &str) -> Vec<(Span, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let (start, plain) = (at, line.trim_end());
        at += line.len();
        if plain.trim_start().starts_with('#') || plain.is_empty() {
            continue;
        }
        let (begin, mut all) = open.take().unwrap_or_else(|| (start + line.len() - line.trim_start().len(), String::new()));
        match plain.strip_suffix('\\') {
            Some(part) => {
                all.push_str(part.trim_start());
                all.push(' ');
                open = Some((begin, all));
            }
            None => {
                all.push_str(plain.trim_start());
                found.push((Span::new(source, begin, start + plain.len()), all));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, target: Option<&str>) -> Option<Image> {
        image(SourceId(0), text, target)
    }

    #[test]
    fn the_last_stage_counts_unless_another_is_asked_for() {
        let text = "# syntax\nFROM --platform=x python:3 AS base\nHEALTHCHECK CMD true\nENTRYPOINT [\"/init\"]\nCMD [\"a\"]\n\
                    FROM base AS Dev\nCMD flask run \\\n  # why\n  --debug\nFROM base\nHEALTHCHECK NONE\n";
        let last = of(text, None).unwrap_or_default();
        assert_eq!((last.base.as_deref(), last.check), (Some("python:3"), None));
        assert_eq!(last.command.map(|(run, _)| run), Some(Run::Exec(vec!["a".into()])));
        let dev = of(text, Some("dev")).unwrap_or_default();
        assert_eq!(dev.command.map(|(run, _)| run), Some(Run::Shell("flask run  --debug".into())));
        assert!(dev.check.is_some() && dev.entrypoint.is_some() && of(text, Some("none")).is_none());
    }

    #[test]
    fn an_empty_line_does_not_end_an_instruction() {
        let image =
            of("FROM node:22\nRUN npm ci && \\\n\n  npm prune\nCMD node \\\n  \n\n  server.js\nHEALTHCHECK CMD true\n", None);
        let image = image.unwrap_or_default();
        assert_eq!(image.command.map(|(run, _)| run), Some(Run::Shell("node  server.js".into())));
        assert!(image.check.is_some());
    }

    #[test]
    fn hostile_texts_are_read_to_their_end() {
        assert!(of("", None).is_none() && of("CMD a", None).is_none());
        assert!(of("FROM\nCMD [\"a\"\nHEALTHCHECK\n\\", None).is_some());
        assert!(of(&"FROM a AS b\n".repeat(100_000), None).is_some());
    }
}
