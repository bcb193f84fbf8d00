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
    /// Whether foreign keys are turned on, whatever else holds.
    on: bool,
    /// Where they are turned on under a condition that speaks of them.
    doubted: Option<String>,
    /// Whether a database of SQLite is opened by what stands in the code in full.
    opens: bool,
    /// Whether one may be opened by what does not: a variable, a part of the configuration, words that are not understood.
    unclear: bool,
    /// What keeps the tool from opening a transaction, and where.
    unwrapped: Option<String>,
    /// Whether an instance of the tool is made without that.
    wrapped: bool,
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
        let is_off = !said.on && said.opens && !said.unclear;
        set.foreign_keys_off = match said.doubted {
            Some(path) => Some(format!("`{path}` turns foreign keys on under a condition alone")),
            None => is_off.then(|| "Go's drivers leave the foreign keys of SQLite off, and no code here turns them on".into()),
        };
        let unwrapped = said.unwrapped.filter(|_| set.tool == "golang-migrate" && !said.wrapped);
        let Some(why) = unwrapped else { continue };
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

/// What a mention of foreign keys does to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turns {
    On,
    Off,
    Unknown,
}

impl Said {
    fn hear(&mut self, path: &str, text: &str, words: &SqliteInGo) {
        let lines = text.lines().map(folded).filter(|line| !line.is_empty() && !line.starts_with("//"));
        let code: Vec<String> = lines.collect();
        let mut before = "";
        for line in &code {
            for turns in mentions(line, words) {
                // `if !strings.Contains(url, "_fk") {` adds what is not there yet.
                let is_conditional = before.starts_with("if")
                    && before.ends_with('{')
                    && !before.contains(['"', '`'])
                    && words.conditions.iter().any(|word| before.contains(word.as_str()));
                match turns {
                    // One connection without them is enough to doubt.
                    Turns::On if is_conditional => self.doubted = self.doubted.take().or_else(|| Some(path.to_owned())),
                    Turns::On => self.on = true,
                    Turns::Off => {}
                    Turns::Unknown => self.unclear = true,
                }
            }
            for (receiver, arguments) in calls(line, &words.opening) {
                match is_plain(receiver, arguments) {
                    Some(true) => self.opens = true,
                    Some(false) => self.unclear = true,
                    None => {}
                }
            }
            before = line;
        }
        self.hear_of_transactions(path, &code.concat(), words);
    }

    /// Whether every instance of the tool in a file is told to open no transaction.
    fn hear_of_transactions(&mut self, path: &str, code: &str, words: &SqliteInGo) {
        let instances = calls(code, &[".withinstance(".to_owned()]).filter(|(receiver, _)| receiver.contains("sqlite")).count();
        let made = instances + code.matches("sqlite://").count() + code.matches("sqlite3://").count();
        let told: Vec<&String> = words.unwrapped.iter().filter(|word| code.contains(word.as_str())).collect();
        let times: usize = told.iter().map(|word| code.matches(word.as_str()).count()).sum();
        self.wrapped |= made > times;
        if let Some(word) = told.first().filter(|_| made > 0) {
            self.unwrapped.get_or_insert(format!("`{word}` in {path}"));
        }
    }
}

/// A line without white space, in lower case.
fn folded(line: &str) -> String {
    line.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().to_lowercase()
}

/// What each mention of foreign keys in a line does: `_fk=1`, `foreign_keys(1)`, `"_foreign_keys","on"`.
fn mentions<'l>(line: &'l str, words: &'l SqliteInGo) -> impl Iterator<Item = Turns> + 'l {
    let of_word = move |(at, word): (usize, &str)| {
        let (before, after) = (line.get(..at)?, line.get(at + word.len()..)?);
        // `orders_fk`, `foreign_keyset`, and a PRAGMA that defers their checks.
        let is_name = word.starts_with('_') && before.ends_with(|last: char| last.is_alphanumeric() || last == '_');
        if is_name || after.starts_with(char::is_alphanumeric) || before.ends_with("defer_") {
            return None;
        }
        let value = after.trim_start_matches(|letter: char| !letter.is_alphanumeric());
        let value = value.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or("");
        let is = |list: &[String]| list.iter().any(|one| one == value);
        Some(match (is(&words.on), is(&words.off)) {
            (true, _) => Turns::On,
            (_, true) => Turns::Off,
            _ => Turns::Unknown,
        })
    };
    words.foreign_keys.iter().flat_map(move |word| line.match_indices(word.as_str())).filter_map(of_word)
}

/// The calls of functions in a line: what stands before the dot, and what follows the parenthesis.
fn calls<'l>(line: &'l str, functions: &'l [String]) -> impl Iterator<Item = (&'l str, &'l str)> {
    functions.iter().flat_map(move |function| {
        line.match_indices(function.as_str()).filter_map(move |(at, _)| {
            let before = line.get(..at)?;
            let receiver = before.rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_').next()?;
            Some((receiver, line.get(at + function.len()..)?))
        })
    })
}

/// Whether a call that opens a database says with what in full; `None` where it opens none of SQLite.
fn is_plain(receiver: &str, arguments: &str) -> Option<bool> {
    let (first, _) = arguments.split_once(',').unwrap_or((arguments, ""));
    // `gorm.Open(sqlite.Open(..))`: the inner call says it.
    if first.contains(".open(") {
        return None;
    }
    let is_text = first.starts_with(['"', '`']);
    let is_ours = receiver.contains("sqlite") || arguments.contains("sqlite");
    // `sql.Open(driver, dsn)` may be anything.
    let may_be = !is_text && matches!(receiver, "sql" | "sqlx");
    if !is_ours && !may_be {
        return None;
    }
    let inside = arguments.split_once(')').map_or("", |(inside, _)| inside);
    let is_literal = |text: &str| {
        let bare = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        bare.or_else(|| text.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'))).is_some_and(|bare| !bare.contains('"'))
    };
    Some(!inside.is_empty() && inside.split(',').all(is_literal))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hear(text: &str) -> Said {
        let mut said = Said::default();
        said.hear("db.go", text, &table().sqlite_in_go);
        said
    }

    #[test]
    fn code_says_how_it_opens_the_database() {
        assert_eq!(hear("db, err := sql.Open(\"sqlite\", \"app.db\")\n"), Said { opens: true, ..Said::default() });
        for elsewhere in [
            "sql.Open(\"sqlite\", path)",
            "sql.Open(\"sqlite3\", \"file:\" + path)",
            "sql.Open(driver, dsn)",
            "gorm.Open(sqlite.Open(os.Getenv(\"DSN\")), &gorm.Config{})",
            "sql.Open(\n\t\"sqlite3\",\n\tdsn)\nquery.Set(\"_foreign_keys\", value)",
        ] {
            let said = hear(elsewhere);
            assert!(said.unclear && !said.on, "{elsewhere}: {said:?}");
        }
        for other in ["os.Open(path)", "sql.Open(\"pgx\", dsn)", "gorm.Open(mysql.Open(dsn))", "const x = `CONSTRAINT orders_fk`"]
        {
            assert_eq!(hear(other), Said::default(), "{other}");
        }
    }

    #[test]
    fn code_turns_foreign_keys_on() {
        for text in [
            "open(path + \"?_fk=true\")",
            "query.Set(\"_foreign_keys\", \"on\")",
            "query.Add(\"_pragma\", \"foreign_keys(1)\")",
            "if driver == \"sqlite3\" {\n\tdb.Exec(\"PRAGMA foreign_keys = ON\")\n}",
        ] {
            assert_eq!(hear(text), Said { on: true, ..Said::default() }, "{text}");
        }
        let doubted = hear("if !foreignKeysOff {\n\turl += \"&_fk=true\"\n}\nopen(\"x?_fk=true\")").doubted;
        assert_eq!(doubted.as_deref(), Some("db.go"));
        assert_eq!(hear("db.Exec(\"PRAGMA defer_foreign_keys = ON; PRAGMA foreign_keys = OFF\")"), Said::default());
    }

    #[test]
    fn every_instance_must_be_told_to_open_no_transaction() {
        let told = "sqlite.WithInstance(db, &sqlite.Config{\n\tNoTxWrap: true,\n})\n";
        assert_eq!(hear(told).unwrapped.as_deref(), Some("`notxwrap:true` in db.go"));
        assert_eq!(hear(&format!("// {told}")).unwrapped, None);
        assert_eq!(hear("Config{NoTxWrap: true}"), Said::default());
        assert!(hear(&format!("{told}sqlite.WithInstance(db, &sqlite.Config{{}})")).wrapped);
    }
}
