//! The file in which gunicorn is told what its command line does not say: `gunicorn.conf.py`.
//!
//! It is Python. Read are plain assignments of numbers and strings at the start of a line; whatever is worked out, or assigned in a
//! branch, is unknown.

use super::compose::words;
use super::service::Service;
use crate::documents::python;
use crate::fact::Fact;
use crate::files;
use crate::model::Workspace;
use crate::source::{SourceId, Span};
use std::collections::BTreeMap;

/// What gunicorn reads where nobody names another file: <https://docs.gunicorn.org/en/stable/settings.html#config>.
const DEFAULT: &str = "gunicorn.conf.py";

/// The file of settings that the server of a service reads.
#[derive(Debug, Clone, Default)]
pub enum ServerFile {
    /// None is known.
    #[default]
    None,
    /// One that was not found, or not understood.
    Unread,
    /// What it says, by name.
    Read(BTreeMap<String, Fact<String>>),
}

impl ServerFile {
    /// Whether there is a file, and all that it says is known or known to be unknown.
    pub fn is_read(&self) -> bool {
        matches!(self, ServerFile::Read(_))
    }

    /// What the file says of a setting; absent where there is no file, or it says nothing.
    pub fn get(&self, name: &str) -> Fact<String> {
        match self {
            ServerFile::None => Fact::Absent,
            ServerFile::Unread => Fact::not_read("its configuration file may say it", Vec::new()),
            ServerFile::Read(entries) => entries.get(name).cloned().unwrap_or(Fact::Absent),
        }
    }
}

/// Finds and reads the file of every service that runs gunicorn.
pub(super) fn read(workspace: &mut Workspace, services: &mut [Service]) {
    for service in services {
        let line: Vec<String> =
            [&service.entrypoint, &service.command].into_iter().filter_map(|part| part.known()).flatten().cloned().collect();
        let Some(arguments) = words::arguments_of(&line, "gunicorn") else { continue };
        let variable = service.environment.get("GUNICORN_CMD_ARGS").known().map(|text| words::split(text)).unwrap_or_default();
        let named = ["-c", "--config"]
            .into_iter()
            .find_map(|flag| words::flag(arguments, flag).or_else(|| words::flag(&variable, flag)))
            .map(|name| name.trim_start_matches("file:").to_owned());
        let found =
            path_of(workspace, service, named.as_deref().unwrap_or(DEFAULT)).and_then(|path| workspace.source(&path).ok());
        service.server_file = match (found, named) {
            (Some(source), _) => entries(source, &workspace.text(source)).map_or(ServerFile::Unread, ServerFile::Read),
            (None, Some(_)) => ServerFile::Unread,
            (None, None) => ServerFile::None,
        };
    }
}

/// Where the file lies: in the folder that the image is built from, under its path or its last name, or where it is mounted from.
fn path_of(workspace: &Workspace, service: &Service, name: &str) -> Option<String> {
    let last = name.rsplit('/').next().unwrap_or(name);
    let mounted = service.mounts.iter().filter_map(|mount| {
        let source = mount.source.as_ref()?;
        if mount.target == name || mount.target.rsplit('/').next() == Some(last) {
            return Some(source.clone());
        }
        let rest = name.strip_prefix(mount.target.trim_end_matches('/'))?.strip_prefix('/')?;
        Some(format!("{source}/{rest}"))
    });
    let context = service.build.known();
    let built = context.into_iter().flat_map(|context| [format!("{context}/{name}"), format!("{context}/{last}")]);
    let inside = built.filter_map(|path| files::resolve("", path.trim_start_matches('/')));
    mounted.chain(inside).find(|path| workspace.exists(path))
}

/// What a file says, by name; `None` where it takes settings from where nobody sees them.
fn entries(source: SourceId, text: &str) -> Option<BTreeMap<String, Fact<String>>> {
    let script = python::read(text);
    if script.is_open || !script.stars.is_empty() {
        return None;
    }
    let mut found = BTreeMap::new();
    for one in script.bindings.iter().filter(|one| !one.in_brackets && !one.path.contains('.')) {
        let span = Span::new(source, one.start, one.end);
        let said = match literal(one.value).filter(|_| !one.in_block) {
            Some(text) => Fact::explicit(text, span),
            None => Fact::not_read("it is worked out when the server starts", vec![span]),
        };
        found.insert(one.path.to_owned(), said);
    }
    Some(found)
}

/// A number, or a string in quotes.
fn literal(value: &str) -> Option<String> {
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_number { Some(value.to_owned()) } else { python::string(value).map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_assignments_are_read() {
        let text = "\"\"\"workers = 9\nthreads = 9\n\"\"\"\nimport os\nworkers = 4  # cores\ntimeout=120\nbind = '0.0.0.0:8000'\n\
                    keepalive = int(os.environ.get('K', 5))\nif x == 1:\n    graceful_timeout = 10\nloglevel == 'x'\n";
        let found = ServerFile::Read(entries(SourceId(0), text).unwrap_or_default());
        let known = |name: &str| found.get(name).known().cloned();
        assert_eq!((known("workers"), known("timeout")), (Some("4".into()), Some("120".into())));
        assert_eq!(known("bind").as_deref(), Some("0.0.0.0:8000"));
        assert!(found.get("keepalive").unknown().is_some() && found.get("graceful_timeout").unknown().is_some());
        assert!(found.get("threads").known_absent() && found.get("loglevel").known_absent());
    }
}
