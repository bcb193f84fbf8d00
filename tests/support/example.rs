//! An example of a page as a repository in memory.

use backend_lint::diagnostic::{Base, Confidence, Severity};
use backend_lint::engine::{self, Migrations, Options, Outcome};
use backend_lint::files::Memory;
use backend_lint::rules::page;

/// Runs the engine over an example, with every finding however small, and more files beside its own in both trees. `select`: the rules
/// that run; all where there is none.
///
/// `(base)` files stand in both trees unless the head has the same path; a file without `(base)` is new or changed. Where there is no
/// `(base)` file there is no base, and every migration is judged.
pub fn run(example: &page::Example, select: &[&str], beside: &[(&str, &str)]) -> Outcome {
    let (mut head, mut base) = (Memory::new(), Memory::new());
    for file in &example.files {
        let tree = if file.base { &mut base } else { &mut head };
        tree.insert(file.path.clone(), file.text.clone());
        if file.base && !example.files.iter().any(|other| !other.base && other.path == file.path) {
            head.insert(file.path.clone(), file.text.clone());
        }
    }
    for (path, text) in beside {
        head.insert(*path, *text);
        base.insert(*path, *text);
    }
    let changes = example.files.iter().any(|file| file.base);
    let options = Options {
        select: select.iter().map(|rule| (*rule).to_owned()).collect(),
        min_severity: Severity::Info,
        min_confidence: Confidence::Low,
        migrations: if changes { Migrations::Pending } else { Migrations::All },
        ..Options::default()
    };
    let why = Base { revision: None, why: "a page".into() };
    let outcome = match changes {
        true => engine::check(&head, Some(&base), Some(why), &options),
        false => engine::check(&head, None, None, &options),
    };
    outcome.unwrap_or_else(|failure| panic!("`{}`: {failure:?}", example.heading))
}
