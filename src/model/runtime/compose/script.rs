//! The script that an image starts with, where the repository has it: which server it becomes in the end.
//!
//! What is absent: everything else that the script does, and scripts that become one of several servers.

use super::words;
use crate::fact::Fact;
use crate::files;
use crate::model::Workspace;
use crate::model::runtime::service::Service;
use crate::source::Span;
use std::collections::HashMap;

/// A longer script is not read.
const LONGEST: usize = 64 << 10;

/// Servers of which the model knows what their words mean.
const SERVERS: [&str; 5] = ["gunicorn", "uvicorn", "hypercorn", "daphne", "uwsgi"];

/// Lets the command of a service that is built here be what its script becomes: `exec gunicorn ..`. Nothing else may be written that the
/// script would run in its place. `context`: the folder that is built from; `dockerfile`: its text, whose variables are not followed.
pub(in crate::model::runtime) fn unfold(workspace: &mut Workspace, service: &mut Service, context: &str, dockerfile: &str) {
    let words = match (service.entrypoint.known(), service.command.known()) {
        (Some(words), None) if service.command.known_absent() => words,
        (None, Some(words)) if service.entrypoint.known_absent() => words,
        _ => return,
    };
    let [name] = words.as_slice() else { return };
    let Some(path) = path_of(workspace, name, context, dockerfile) else { return };
    let Ok(source) = workspace.source(&path) else { return };
    let text = workspace.text(source);
    if text.len() > LONGEST || !text.starts_with("#!") {
        return;
    }
    let Some((line, start, end)) = last_program(&text) else { return };
    let held = Variables { service, defaults: defaults(&text), dockerfile };
    let said: Vec<String> = words::split(&line).iter().map(|word| held.fill(word)).collect();
    let is_server = said.first().is_some_and(|word| SERVERS.contains(&word.rsplit('/').next().unwrap_or(word)));
    if is_server && !said.iter().any(|word| word == "$@" || word == "$*") {
        service.command = Fact::explicit(said, Span::new(source, start, end));
    }
}

/// Where a script of an image lies: what the Dockerfile copies under its last name, else the same path, or the end of it, within the
/// folder that is built from.
fn path_of(workspace: &Workspace, name: &str, context: &str, dockerfile: &str) -> Option<String> {
    let last = name.rsplit('/').next().unwrap_or(name);
    let copied =
        dockerfile.split([' ', '\t', '\n', '"', ',']).filter(|word| word.rsplit('/').next() == Some(last) && *word != name);
    let ends = name.match_indices('/').map(|(at, _)| name.get(at + 1..).unwrap_or("")).chain([name]);
    let candidates =
        copied.chain(ends).take(20).filter_map(|word| files::resolve("", &format!("{context}/{}", word.trim_start_matches('/'))));
    candidates.into_iter().find(|path| workspace.exists(path))
}

/// What the only `exec` of a script runs, and where; that of the words it was given (`exec "$@"`) does not count.
fn last_program(text: &str) -> Option<(String, usize, usize)> {
    let mut found = None;
    let mut open: Option<(usize, String)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let (start, plain) = (at, line.trim_end());
        at += line.len();
        let (begin, mut all) = open.take().unwrap_or_else(|| (start + line.len() - line.trim_start().len(), String::new()));
        if let Some(part) = plain.strip_suffix('\\') {
            all.push_str(part.trim());
            all.push(' ');
            open = Some((begin, all));
            continue;
        }
        all.push_str(plain.trim_start());
        let Some(rest) = all.strip_prefix("exec ").map(str::trim) else { continue };
        if rest.starts_with(['"', '$', '>', '<', '&', '1', '2']) {
            continue;
        }
        if found.replace((rest.to_owned(), begin, start + plain.len())).is_some() {
            return None;
        }
    }
    found
}

/// Variables that a script gives a value where nobody else does: `NAME=${NAME:-value}`, `: "${NAME:=value}"`.
fn defaults(text: &str) -> HashMap<&str, &str> {
    let mut found = HashMap::new();
    for line in text.lines().map(str::trim) {
        let line = line.strip_prefix("export ").unwrap_or(line).trim_start_matches([':', ' ']).trim_matches('"');
        let inner = match line.split_once('=') {
            Some((_, rest)) if !line.starts_with("${") => rest.trim_matches('"'),
            _ => line,
        };
        let inner = inner.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        let Some((name, value)) = inner.and_then(|inner| inner.split_once(":-").or_else(|| inner.split_once(":="))) else {
            continue;
        };
        if !line.starts_with("${") && line.split_once('=').map(|(own, _)| own) != Some(name) {
            continue;
        }
        found.insert(name, value);
    }
    found
}

struct Variables<'s> {
    service: &'s Service,
    defaults: HashMap<&'s str, &'s str>,
    dockerfile: &'s str,
}

impl Variables<'_> {
    /// A word with the variables filled in that are known; the others stay as they are written.
    fn fill(&self, word: &str) -> String {
        let Some((before, rest)) = word.split_once('$') else { return word.to_owned() };
        let inner = rest.strip_prefix('{').unwrap_or(rest);
        let length = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(inner.len());
        let (name, after) = inner.split_at(length);
        let (default, after) = match (inner.len() != rest.len(), after.split_once('}')) {
            (false, _) => (None, after),
            (true, Some((operator, after))) => (operator.strip_prefix(":-").or(operator.strip_prefix(":=")), after),
            (true, None) => return word.to_owned(),
        };
        if after.contains('$') {
            return word.to_owned();
        }
        let value = match self.service.environment.get(name) {
            Fact::Known(value, _) if !value.is_empty() => Some(value),
            Fact::Known(..) | Fact::Absent => {
                let is_set_elsewhere = self.dockerfile.contains(name);
                default.or(self.defaults.get(name).copied()).filter(|_| !is_set_elsewhere).map(str::to_owned)
            }
            Fact::Unknown(_) => None,
        };
        value.map_or_else(|| word.to_owned(), |value| format!("{before}{value}{after}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_only_program_of_a_script() {
        let of = |text: &str| last_program(text).map(|(line, ..)| line);
        assert_eq!(of("#!/bin/sh\nset -e\nexec gunicorn app \\\n  --bind :80\n").as_deref(), Some("gunicorn app --bind :80"));
        assert_eq!(of("if [ $# -gt 0 ]; then\n  exec \"$@\"\nfi\nexec uvicorn a:b\n").as_deref(), Some("uvicorn a:b"));
        assert_eq!(of("case $1 in\n web) exec gunicorn a ;;\nesac\n"), None);
        assert_eq!(of("exec gunicorn a\nexec celery b\n"), None);
    }

    #[test]
    fn values_that_a_script_gives() {
        let found = defaults("WORKERS=${WORKERS:-4}\nexport PORT=\"${PORT:-80}\"\n: \"${HOST:=0.0.0.0}\"\nA=${B:-c}\nX=1\n");
        let mut found: Vec<(&str, &str)> = found.into_iter().collect();
        found.sort_unstable();
        assert_eq!(found, [("HOST", "0.0.0.0"), ("PORT", "80"), ("WORKERS", "4")]);
    }
}
