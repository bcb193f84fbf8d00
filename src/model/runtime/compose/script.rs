//! The script that an image starts with, where the repository has it: which server it becomes in the end.
//!
//! What is absent: everything else that the script does, and scripts that become one of several servers.

use super::words;
use crate::fact::Fact;
use crate::files;
use crate::model::Workspace;
use crate::model::runtime::service::Service;
use crate::source::Span;
use std::collections::{HashMap, HashSet};

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
    let Some((script, (line, start, end))) = Script::read(&text) else { return };
    let held = Variables { service, script, dockerfile };
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

/// What a script says.
#[derive(Debug, Default)]
struct Script<'s> {
    /// Variables that it gives a value where nobody else does: `NAME=${NAME:-value}`, `: "${NAME:=value}"`.
    defaults: HashMap<&'s str, &'s str>,
    /// Variables that it sets, or may set.
    set: HashSet<&'s str>,
    /// Whether it runs what may set any variable.
    sets_all: bool,
}

/// Words that begin what may not be run, or not once.
const OPENING: [&str; 8] = ["if", "case", "for", "while", "until", "select", "{", "("];
/// Words that end it.
const CLOSING: [&str; 5] = ["fi", "esac", "done", "}", ")"];
/// Words after which a command begins.
const LEADING: [&str; 8] = ["then", "do", "else", "elif", "!", "export", "local", "readonly"];

impl<'s> Script<'s> {
    /// A script and what its last command runs, and where, if that is an `exec` outside of every branch and no other command may take
    /// its place; that of the words it was given (`exec "$@"`), in a branch, does not count. `None` for what is not understood.
    fn read(text: &'s str) -> Option<(Script<'s>, (String, usize, usize))> {
        let mut script = Script::default();
        let mut found = None;
        let (mut depth, mut here): (usize, Option<&str>) = (0, None);
        let mut open: Option<(usize, String)> = None;
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let (start, plain) = (at, line.trim_end());
            at += line.len();
            if let Some(end) = here {
                here = Some(end).filter(|end| plain.trim_start_matches('\t') != *end);
                continue;
            }
            if open.is_none() && (plain.trim_start().starts_with('#') || plain.trim().is_empty()) {
                continue;
            }
            if found.is_some() {
                return None;
            }
            let is_open = |quote: char| plain.matches(quote).count() % 2 == 1;
            if is_open('"') || is_open('\'') || is_open('`') {
                return None;
            }
            let continued = open.is_some();
            let (begin, mut all) = open.take().unwrap_or_else(|| (start + line.len() - line.trim_start().len(), String::new()));
            let part = plain.strip_suffix('\\');
            if !continued || part.is_none() || !all.starts_with("exec ") {
                depth = script.line(part.unwrap_or(plain).trim(), depth, continued)?;
            }
            if let Some(part) = part {
                all.push_str(part.trim());
                all.push(' ');
                open = Some((begin, all));
                continue;
            }
            all.push_str(plain.trim_start());
            if let Some((_, word)) = plain.split_once("<<").filter(|(_, rest)| !rest.starts_with('<')) {
                here = word.trim_start_matches('-').split_whitespace().next().map(|word| word.trim_matches(['"', '\'']));
            }
            let Some(rest) = all.strip_prefix("exec ").map(str::trim).filter(|rest| !is_redirection(rest)) else { continue };
            if depth > 0 {
                continue;
            }
            if is_given(rest) || rest.contains([';', '|']) || rest.contains("&&") || rest.ends_with('&') || here.is_some() {
                return None;
            }
            found = Some((rest.to_owned(), begin, start + plain.len()));
        }
        found.map(|found| (script, found))
    }

    /// Notes what the commands of a line set. The depth behind it; `None` where something else may be run in the end.
    fn line(&mut self, line: &'s str, mut depth: usize, is_continued: bool) -> Option<usize> {
        if let Some((name, value)) = default(line).filter(|_| depth == 0) {
            self.defaults.entry(name).or_insert(value);
            return Some(depth);
        }
        for (index, command) in line.split([';', '|', '&']).enumerate() {
            let mut words = command
                .split_whitespace()
                .skip_while(|word| LEADING.contains(word) || (depth > 0 && word.ends_with(')') && *word != ")"));
            let mut first = words.next();
            if first.is_some_and(|word| word.starts_with('#')) {
                break;
            }
            while let Some((name, _)) = first.and_then(|word| word.split_once('=')).filter(|(name, _)| is_variable(name)) {
                self.set.insert(name);
                first = words.next();
            }
            // What is given a value within a word: `: ${NAME:=value}` in a branch.
            for word in command.split("${").skip(1) {
                self.set.extend(word.split_once(":=").map(|(name, _)| name).filter(|name| is_variable(name)));
            }
            let Some(first) = first else { continue };
            let rest: Vec<&'s str> = words.collect();
            let opens = OPENING.contains(&first) || (first.starts_with('(') && !command.trim_end().ends_with(')'));
            if opens || rest.last() == Some(&"{") || first.ends_with("(){") {
                depth += 1;
            }
            if CLOSING.contains(&first) {
                depth = depth.checked_sub(1)?;
            }
            match first {
                "." | "source" | "eval" => self.sets_all = true,
                "read" | "for" | "getopts" | "printf" | "unset" | "declare" => {
                    self.set.extend(rest.iter().copied().map(|word| word.split('=').next().unwrap_or(word)));
                }
                "exit" | "return" if depth > 0 && rest.first().is_none_or(|code| *code != "1") => return None,
                "exec" if depth > 0 || index > 0 || is_continued => {
                    let program = rest.join(" ");
                    if !is_redirection(&program) && (!is_given(&program) || depth == 0) {
                        return None;
                    }
                }
                _ => {}
            }
        }
        Some(depth)
    }
}

fn is_variable(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether `exec` only redirects: `exec > log`, `exec 2>&1`.
fn is_redirection(rest: &str) -> bool {
    rest.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(['>', '<', '&'])
}

/// Whether what `exec` runs is what the script was given.
fn is_given(rest: &str) -> bool {
    rest.starts_with(['"', '$'])
}

/// A line that gives a variable a value where nobody else does.
fn default(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix("export ").unwrap_or(line).trim_start_matches([':', ' ']).trim_matches('"');
    let own = line.split_once('=').filter(|_| !line.starts_with("${"));
    let inner = own.map_or(line, |(_, rest)| rest.trim_matches('"'));
    let inner = inner.strip_prefix("${")?.strip_suffix('}')?;
    let (name, value) = inner.split_once(":-").or_else(|| inner.split_once(":="))?;
    (own.is_none_or(|(own, _)| own == name) && is_variable(name) && !value.contains(['$', '{', '}'])).then_some((name, value))
}

struct Variables<'s> {
    service: &'s Service,
    script: Script<'s>,
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
        if after.contains('$') || self.script.sets_all || self.script.set.contains(name) {
            return word.to_owned();
        }
        let value = match self.service.environment.get(name) {
            Fact::Known(value, _) if !value.is_empty() => Some(value),
            Fact::Known(..) | Fact::Absent => {
                let is_set_elsewhere = self.dockerfile.contains(name);
                default.or(self.script.defaults.get(name).copied()).filter(|_| !is_set_elsewhere).map(str::to_owned)
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
    fn the_last_program_of_a_script() {
        let of = |text: &str| Script::read(text).map(|(_, (line, ..))| line);
        assert_eq!(of("#!/bin/sh\nset -e\nexec gunicorn app \\\n  --bind :80\n").as_deref(), Some("gunicorn app --bind :80"));
        assert_eq!(of("if [ $# -gt 0 ]; then\n  exec \"$@\"\nfi\nexec uvicorn a:b\n# end\n").as_deref(), Some("uvicorn a:b"));
        assert_eq!(of("wait() {\n  sleep 1\n}\nexec 2>&1\nwait\nexec uvicorn a:b\n").as_deref(), Some("uvicorn a:b"));
        for none in [
            "case $1 in\n web) exec gunicorn a ;;\nesac\n",
            "exec gunicorn a\nexec celery b\n",
            "if [ $A ]; then\n  exec gunicorn a\nfi\npython b.py\n",
            "if [ $A ]; then exec gunicorn a; fi\n",
            "run() {\n  exec gunicorn a\n}\n",
            "cat > a.sh <<EOF\nexec gunicorn a\nEOF\nsupervisord\n",
            "echo \"\nexec gunicorn a\n\"\n",
            "[ $A ] && exec celery b\nexec gunicorn a\n",
            "if [ $A ]; then\n  celery b\n  exit\nfi\nexec gunicorn a\n",
            "exec \"$@\"\nexec gunicorn a\n",
        ] {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn values_that_a_script_gives() {
        let text = "WORKERS=${WORKERS:-4}\nexport PORT=\"${PORT:-80}\"\n: \"${HOST:=0.0.0.0}\"\nA=${B:-c}\nexport X=1\n\
                    if true; then\n  THREADS=${THREADS:-2}\nfi\nread -r LEVEL\nexec gunicorn a\n";
        let (script, _) = Script::read(text).expect("it is understood");
        let mut found: Vec<(&str, &str)> = script.defaults.into_iter().collect();
        found.sort_unstable();
        assert_eq!(found, [("HOST", "0.0.0.0"), ("PORT", "80"), ("WORKERS", "4")]);
        assert!(["A", "X", "THREADS", "LEVEL"].iter().all(|name| script.set.contains(name)), "{:?}", script.set);
        assert!(!script.sets_all && Script::read(". ./env\nexec gunicorn a\n").is_some_and(|(script, _)| script.sets_all));
    }
}
