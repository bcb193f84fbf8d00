//! A repository in memory, read as far as its configuration, by one thread.

use backend_lint::discover;
use backend_lint::files::Memory;
use backend_lint::model::runtime::{self, Runtime};
use backend_lint::model::{Settings, Workspace};
use backend_lint::source::Sources;

/// The configuration of some files, and what could not be read as `path: reason`.
pub fn read_runtime<Bytes: AsRef<[u8]>>(files: &[(&str, Bytes)]) -> (Runtime, Sources, Vec<String>) {
    let mut memory = Memory::new();
    files.iter().for_each(|(path, bytes)| memory.insert(*path, bytes.as_ref()));
    let settings = Settings { threads: 1, ..Settings::default() };
    let discovery = discover::find(&memory, &settings);
    let mut sources = Sources::default();
    let mut workspace = Workspace::new(&memory, &mut sources, 1);
    let runtime = runtime::read(&mut workspace, &discovery, &settings);
    let unread = workspace.finish().into_iter().map(|one| (one.path, one.reason)).chain(discovery.unread);
    let unread = unread.map(|(path, reason)| format!("{path}: {reason}")).collect();
    (runtime, sources, unread)
}
