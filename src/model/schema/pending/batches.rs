//! A statement that writes many rows, as it should be: one batch after another, in the words of the dialect.

use super::super::catalog::Table;
use super::PendingStep;
use crate::source::Sources;
use crate::sql::{Change, DataVerb, Dialect, tokens};

/// From so many rows on, as for the error (`data/context.toml`), all batches are written out, and not what one looks like.
const MANY: f64 = 10_000_000.0;

/// How many rows a batch has: few enough to be done before anybody notices.
const BATCH: u32 = 10_000;

/// From this major version on PostgreSQL commits within `DO`.
const COMMITS_IN_DO: u32 = 11;

/// Types of whole numbers as the catalog calls them in any dialect; a domain of one's own may end in such a word.
const WHOLE_NUMBERS: &[&str] = &["smallint", "integer", "bigint", "int", "tinyint", "mediumint"];

/// A statement that is longer is not repeated in a help.
const LONGEST: usize = 200;

/// Words after which a statement does more than one table's rows by one condition.
const FURTHER: &[&str] = &["from", "using", "join", "returning", "order", "limit", "with", "top", "output", "as"];

impl PendingStep<'_> {
    /// The statement as it should be: what one batch looks like, and where the configuration says that the table has ten million rows or
    /// more, the loop over all of them.
    pub fn batches_help(&self, sources: &Sources) -> String {
        let Change::Data { verb, .. } = &self.step.op.change else { return String::new() };
        let held = self.before().and_then(|before| self.database.table_called(&before.name));
        let stated = held.and_then(Table::stated_rows).filter(|(rows, _)| *rows >= MANY);
        let Some((rows, said)) = stated else { return self.one_batch(*verb, held, 1000) };
        let count = (rows / f64::from(BATCH)).ceil();
        let head = format!("-- {count} batches of {BATCH} rows, by {said} = {rows}");
        let looped = held.and_then(|held| self.counted_key(held)).zip(self.bounded(*verb, sources));
        match looped.and_then(|(key, statement)| self.all_batches(&self.sql_name(&key), &statement)) {
            Some(text) => format!("{head}; each commits by itself, outside of a transaction\n{text}"),
            None => format!("{head}; until no row is left\n{}", self.one_batch(*verb, held, BATCH)),
        }
    }

    /// What one batch looks like.
    fn one_batch(&self, verb: DataVerb, held: Option<&Table>, size: u32) -> String {
        let table = self.table();
        let key = held.and_then(Table::primary_key).and_then(|key| key.columns());
        let key = match key.as_deref() {
            Some([one]) => self.sql_name(one),
            _ if self.is_postgres() => "ctid".to_owned(),
            _ => "id".to_owned(),
        };
        match (verb, self.is_mysql()) {
            (DataVerb::Delete, true) => format!("DELETE FROM {table} WHERE .. LIMIT {size};"),
            (_, true) => format!("UPDATE {table} SET .. WHERE .. LIMIT {size};"),
            (DataVerb::Delete, false) => {
                format!("DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE .. LIMIT {size});")
            }
            (DataVerb::Insert, false) => {
                format!("INSERT INTO {table} SELECT .. WHERE {key} > .. ORDER BY {key} LIMIT {size};")
            }
            _ => format!("UPDATE {table} SET .. WHERE {key} IN (SELECT {key} FROM {table} WHERE .. LIMIT {size});"),
        }
    }

    /// The column of the primary key, where it is a whole number alone.
    fn counted_key(&self, held: &Table) -> Option<String> {
        let key = held.primary_key()?.columns()?;
        let [one] = key.as_slice() else { return None };
        let column = held.columns.iter().find(|column| *column.name == **one)?;
        let known = column.column_type.known()?;
        let name = known.name.split(' ').next().unwrap_or_default();
        WHOLE_NUMBERS.contains(&name).then(|| (*one).to_string())
    }

    /// The statement up to its condition, and its condition, with `..` for what is too long or too much to repeat.
    fn bounded(&self, verb: DataVerb, sources: &Sources) -> Option<(String, Option<String>)> {
        let table = self.table();
        let abridged = match verb {
            DataVerb::Update => (format!("UPDATE {table} SET .."), Some("..".to_owned())),
            DataVerb::Delete => (format!("DELETE FROM {table}"), Some("..".to_owned())),
            DataVerb::Insert | DataVerb::Truncate => return None,
        };
        let text = sources.text(self.step.op.span).trim().trim_end_matches(';').trim_end();
        Some(plain(text, self.dialect()).unwrap_or(abridged))
    }

    /// The loop over the keys from the least to the greatest; `None` in a dialect that has none outside of functions that is known here.
    fn all_batches(&self, key: &str, (head, condition): &(String, Option<String>)) -> Option<String> {
        let table = self.table();
        let also = condition.as_ref().map(|condition| format!(" AND ({condition})")).unwrap_or_default();
        let batch = |low: &str| format!("{head} WHERE {key} >= {low} AND {key} < {low} + {BATCH}{also};");
        match self.dialect() {
            // A variable called like a column of the table would be ambiguous.
            Dialect::Postgres if self.is_postgres() && self.database.server_version >= COMMITS_IN_DO => Some(format!(
                "DO $$\nDECLARE\n  _low bigint := (SELECT min({key}) FROM {table});\n  _high bigint := (SELECT max({key}) FROM {table});\nBEGIN\n  WHILE \
                 _low <= _high LOOP\n    {}\n    COMMIT;\n    _low := _low + {BATCH};\n  END LOOP;\nEND $$;",
                batch("_low")
            )),
            Dialect::MySql => Some(format!(
                "SELECT min({key}), max({key}) INTO @low, @high FROM {table};\n-- while @low <= @high:\n{}\nSET @low = @low + {BATCH};",
                batch("@low")
            )),
            Dialect::SqlServer => Some(format!(
                "DECLARE @low bigint = (SELECT min({key}) FROM {table}), @high bigint = (SELECT max({key}) FROM {table});\nWHILE @low <= \
                 @high\nBEGIN\n  {}\n  SET @low = @low + {BATCH};\nEND;",
                batch("@low")
            )),
            Dialect::Postgres | Dialect::Sqlite | Dialect::ClickHouse => None,
        }
    }
}

/// A short statement without comments over one table, up to its condition, and its condition.
fn plain(text: &str, dialect: Dialect) -> Option<(String, Option<String>)> {
    if text.contains("--") || text.contains("/*") || text.contains('#') {
        return None;
    }
    let (mut depth, mut at, mut place) = (0usize, 0, None);
    for (number, word) in tokens(text, dialect).into_iter().enumerate() {
        let start = at + text.get(at..)?.find(word)?;
        at = start + word.len();
        match word {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            // `DELETE FROM`.
            _ if depth > 0 || number == 1 => {}
            word if word.eq_ignore_ascii_case("where") => place = place.or(Some((start, at))),
            word if FURTHER.iter().any(|one| word.eq_ignore_ascii_case(one)) => return None,
            _ => {}
        }
    }
    if text.len() > LONGEST {
        return None;
    }
    Some(match place {
        Some((start, end)) => (on_one_line(text.get(..start)?)?, Some(on_one_line(text.get(end..)?)?)),
        None => (on_one_line(text)?, None),
    })
}

/// A text without its line breaks; literals stay as they are. `None` where one has a line break.
fn on_one_line(text: &str) -> Option<String> {
    let (mut out, mut literal) = (String::new(), false);
    for letter in text.trim().chars() {
        literal ^= letter == '\'';
        match letter {
            '\n' if literal => return None,
            letter if letter.is_whitespace() && !literal => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            letter => out.push(letter),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_parted_where_its_condition_begins() {
        let of = |text: &str| plain(text, Dialect::Postgres);
        let some = |head: &str, condition: Option<&str>| Some((head.to_owned(), condition.map(str::to_owned)));
        assert_eq!(of("UPDATE t SET a = 1"), some("UPDATE t SET a = 1", None));
        assert_eq!(of("UPDATE t\n  SET a = (SELECT 1 WHERE true)\n  WHERE b IS NULL"), {
            some("UPDATE t SET a = (SELECT 1 WHERE true)", Some("b IS NULL"))
        });
        assert_eq!(of("DELETE FROM t WHERE a = 'x y'"), some("DELETE FROM t", Some("a = 'x y'")));
        assert_eq!(of("UPDATE t SET a = 1 FROM u WHERE u.id = t.id"), None);
        assert_eq!(of("UPDATE t SET a = 1 -- why\nWHERE b"), None);
        assert_eq!(of("UPDATE t SET a = 'x\ny'"), None);
        assert_eq!(of("UPDATE t SET a = 'x  y'\n  WHERE\n b"), some("UPDATE t SET a = 'x  y'", Some("b")));
    }
}
