//! What the code of a project in Go says of SQLite while its tool migrates: whether the connection has foreign keys on, which Go's
//! drivers leave off, and whether the tool opens a transaction.

use super::folders::split;
use super::tools::{SqliteInGo, table};
use super::{Read, names};
use crate::discover::{MigrationSet, Transaction};
use crate::files::Listing;
use crate::model::mentions::is_code;
use crate::sql::Dialect;

/// Words of migrations of which the code says what they do.
const ASKED: &[&str] = &["foreign_keys", "begin"];

/// What code says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    /// Where foreign keys are turned on, and whether that stands under a condition.
    on: Option<(String, bool)>,
    /// What keeps the tool from opening a transaction, and where.
    unwrapped: Option<String>,
}

/// Tells the sets of SQLite what the code around them says.
pub(super) fn settle(sets: &mut [MigrationSet], listing: &Listing, read: Read) {
    let words = &table().sqlite_in_go;
    let ours = |set: &&mut MigrationSet| set.dialect == Dialect::Sqlite && words.tools.contains(&set.tool);
    for set in sets.iter_mut().filter(ours) {
        // Most sets never ask, and the code of a project is long.
        let asks = |text: String| ASKED.iter().any(|word| text.to_ascii_lowercase().contains(word));
        let Some(root) =
            module_of(&set.folder, listing).filter(|_| set.migrations.iter().any(|one| read(&one.path).is_some_and(asks)))
        else {
            continue;
        };
        let code = listing.below(root).filter(|path| path.ends_with(".go") && is_code(path) && names::left_out(path).is_none());
        let mut said = Said::default();
        for path in code {
            if let Some(text) = read(path).filter(|text| words.hints.iter().any(|hint| text.contains(hint.as_str()))) {
                said.hear(path, &text, words);
            }
        }
        set.foreign_keys_off = match said.on {
            None => Some("Go's drivers leave the foreign keys of SQLite off, and no code here turns them on".into()),
            Some((path, true)) => Some(format!("`{path}` turns foreign keys on under a condition alone")),
            Some((_, false)) => None,
        };
        let Some(why) = said.unwrapped.filter(|_| set.tool == "golang-migrate") else { continue };
        let convention = table().tool.iter().find(|tool| tool.id == set.tool).map(|tool| tool.convention(set.dialect).1);
        for migration in &mut set.migrations {
            if matches!(&migration.transaction, Transaction::Wrapped(because) if Some(because.as_str()) == convention) {
                migration.transaction = Transaction::Unwrapped(why.clone());
            }
        }
    }
}

/// The folder of the module of Go around the migrations.
fn module_of<'f>(folder: &'f str, listing: &Listing) -> Option<&'f str> {
    let mut at = folder;
    loop {
        if listing.has(format!("{at}/go.mod").trim_start_matches('/')) {
            return Some(at);
        }
        if at.is_empty() {
            return None;
        }
        at = split(at).0;
    }
}

impl Said {
    fn hear(&mut self, path: &str, text: &str, words: &SqliteInGo) {
        let mut before = String::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let folded: String = line.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().to_lowercase();
            let says = |list: &[String]| list.iter().find(|word| folded.contains(word.as_str())).cloned();
            if !folded.starts_with("//") {
                if let Some(word) = says(&words.unwrapped) {
                    self.unwrapped.get_or_insert(format!("`{word}` in {path}"));
                }
                if says(&words.foreign_keys_on).is_some() {
                    let is_conditional = before.starts_with("if") && before.ends_with('{');
                    // One connection without them is enough to doubt.
                    let doubted = self.on.as_ref().is_some_and(|(_, conditional)| *conditional);
                    if !doubted && (is_conditional || self.on.is_none()) {
                        self.on = Some((path.to_owned(), is_conditional));
                    }
                }
                before = folded;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_says_how_it_opens_the_database() {
        let hear = |text: &str| {
            let mut said = Said::default();
            said.hear("db.go", text, &table().sqlite_in_go);
            said
        };
        assert_eq!(hear("db, err := sql.Open(\"sqlite\", path)\n"), Said::default());
        assert_eq!(hear("open(path + \"?_fk=true\")").on, Some(("db.go".into(), false)));
        assert_eq!(hear("if !off {\n\turl += \"&_fk=true\"\n}\nopen(\"x?_fk=true\")").on, Some(("db.go".into(), true)));
        let config = hear("Config{\n\tNoTxWrap: true,\n}");
        assert_eq!(config.unwrapped.as_deref(), Some("`notxwrap:true` in db.go"));
        assert_eq!(hear("// NoTxWrap: true").unwrapped, None);
    }
}
