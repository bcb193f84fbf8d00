//! MySQL's `MODIFY`, which states a column anew: what it leaves out is lost.

use super::column_extras::is_mysql_text;
use super::view::ColumnRef;
use crate::fact::Fact;

impl ColumnRef<'_> {
    /// The statement that gives it a type, everything else as it was declared. Two dots stand for what is not known, and a comment says
    /// what to write there.
    pub fn modify_sql(&self, to: &str, not_null: bool) -> String {
        let start = format!("ALTER TABLE {} MODIFY {} {to}", self.table().sql_name(), self.sql_name());
        let null = if not_null { " NOT NULL" } else { "" };
        // A later element may have stated it anew too.
        let is_known = self.changes().is_empty() && self.nullable.known().is_some();
        let default = match &self.default {
            Fact::Known(default, _) => format!(" DEFAULT {}", default.text),
            Fact::Absent => String::new(),
            _ => return unsaid(&start, null),
        };
        if !is_known {
            return unsaid(&start, null);
        }
        let generated = self.generated.zip(self.expression()).map(|(stored, expression)| {
            format!(" GENERATED ALWAYS AS ({expression}) {}", if stored { "STORED" } else { "VIRTUAL" })
        });
        let numbered = if self.auto_increment { " AUTO_INCREMENT" } else { "" };
        let attributes = self.extras.as_ref().and_then(|extras| extras.attributes.as_ref());
        let attributes = attributes.map(|written| format!(" {written}"));
        let (generated, attributes) = (generated.unwrap_or_default(), attributes.unwrap_or_default());
        format!("{start}{}{generated}{null}{default}{numbered}{attributes};", self.charset_sql(to))
    }

    /// The character set of a text, where it is not that of its table.
    fn charset_sql(&self, to: &str) -> String {
        let kind = to.split(['(', ' ']).next().unwrap_or("").to_ascii_lowercase();
        let table = self.table();
        let is_own = self.charset() != table.charset.as_deref() || self.collation() != table.collation.as_deref();
        if !is_mysql_text(&kind) || !is_own {
            return String::new();
        }
        let charset = self.charset().map(|name| format!(" CHARACTER SET {name}"));
        let collation = self.collation().map(|name| format!(" COLLATE {name}"));
        charset.into_iter().chain(collation).collect()
    }
}

fn unsaid(start: &str, null: &str) -> String {
    format!(
        "{start}{null} ..; -- repeat the character set, DEFAULT, ON UPDATE and COMMENT that it has: MODIFY drops what it does not say"
    )
}
