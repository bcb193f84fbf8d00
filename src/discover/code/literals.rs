//! SQL that stands in the code of a migration as a literal.
//!
//! The text is masked, not cut: everything that is no SQL becomes blanks of the same length, and so do the backslashes of escapes, so
//! that offsets stay those of the file.

use super::{Tool, table};
use std::ops::Range;

/// The SQL in a file of code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Code {
    /// The text with everything that is no SQL as blanks.
    pub masked: String,
    /// Where the literals stand, in order: each is read on its own.
    pub pieces: Vec<Range<usize>>,
    /// Whether the forward direction holds nothing else that could change a database.
    pub complete: bool,
}

/// Reads the forward direction of a migration of a tool.
pub fn read(tool: &str, text: &str) -> Code {
    let Some(tool) = table().tool.iter().find(|row| row.id == tool) else {
        return Code { masked: blank(text), ..Code::default() };
    };
    let section = section(tool, text);
    let mut masked = blank(text).into_bytes();
    let mut pieces: Vec<Range<usize>> = Vec::new();
    let mut at = section.start;
    let mut refused = false;
    while let Some(end) = next_call(tool, text, at, section.end) {
        at = end;
        let Some(start) = skip_lead(text, end) else { continue };
        match literal(text, start, &mut masked) {
            Some((piece, after)) if after <= section.end => {
                at = after;
                pieces.push(piece);
            }
            _ => refused = true,
        }
    }
    let code = text.get(section.clone()).unwrap_or("");
    let branches = ["for ", "for(", "if ", "if(", "while ", "switch", ".each", ".map(", "forEach"];
    let code = without(code, section.start, &pieces);
    let changes = code.matches(tool.subject.as_str()).count();
    let plain = !branches.iter().any(|word| code.contains(word));
    let complete = !refused && !pieces.is_empty() && changes == pieces.len() && plain && tool.subject != "_";
    let masked = String::from_utf8(masked).unwrap_or_else(|_| blank(text));
    Code { masked, pieces, complete }
}

/// Blanks of the same length; line ends stay.
fn blank(text: &str) -> String {
    text.bytes().map(|byte| if byte == b'\n' || byte == b'\r' { byte as char } else { ' ' }).collect()
}

/// The code without its literals.
fn without(code: &str, start: usize, pieces: &[Range<usize>]) -> String {
    let (mut kept, mut at) = (String::new(), 0);
    for piece in pieces {
        let (from, to) = (piece.start.saturating_sub(start), piece.end.saturating_sub(start));
        kept.push_str(code.get(at..from).unwrap_or(""));
        at = to;
    }
    kept.push_str(code.get(at..).unwrap_or(""));
    kept
}

/// The bytes of the forward direction.
fn section(tool: &Tool, text: &str) -> Range<usize> {
    let first = |words: &[String], from: usize| {
        let rest = text.get(from..).unwrap_or("");
        words.iter().filter_map(|word| rest.find(word.as_str())).min().map(|at| at + from)
    };
    if tool.up.is_empty() {
        return 0..text.len();
    }
    let Some(up) = first(&tool.up, 0) else { return 0..0 };
    let down = first(&tool.down, up).unwrap_or(text.len());
    up..down
}

/// Where the next call before a literal ends.
fn next_call(tool: &Tool, text: &str, from: usize, end: usize) -> Option<usize> {
    let own = |at: usize| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        before.is_none_or(|letter| !(letter.is_alphanumeric() || letter == '_'))
    };
    let mut from = from;
    loop {
        let rest = text.get(from..end)?;
        let calls = tool.calls.iter().flat_map(|call| rest.match_indices(call.as_str()).next());
        let (at, word) = calls.min_by_key(|(at, word)| (*at, std::cmp::Reverse(word.len())))?;
        let start = from + at;
        from = start + word.len();
        // Part of a longer word: `no_execute(`.
        if own(start) {
            return Some(from);
        }
    }
}

/// Past white space, the name of the parameter and calls that hand their text on (`text(`, `sa.text(`); `None` where the next thing
/// is no literal.
fn skip_lead(text: &str, mut at: usize) -> Option<usize> {
    loop {
        let rest = text.get(at..)?;
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        let lead = ["sa.text(", "sqlalchemy.text(", "text(", "sql=", "sql:", "ctx,", "dedent(", "textwrap.dedent(", "["];
        match lead.iter().find(|word| trimmed.starts_with(**word)) {
            Some(word) => at += word.len(),
            None => break,
        }
    }
    let rest = text.get(at..)?;
    // `r"..."` and C#'s `@"..."`; what is put together at run time (`f"..."`, `$"..."`) is not SQL yet.
    let plain = rest.strip_prefix(['r', '@', 'R']).filter(|tail| tail.starts_with(['"', '\''])).map(|_| at + 1);
    let starts = rest.starts_with(['"', '\'', '`']) || rest.starts_with("<<");
    plain.or(starts.then_some(at))
}

/// Reads the literal at `at`, and those that are put together with it, into the mask. Gives its bytes and what comes after it.
fn literal(text: &str, at: usize, masked: &mut [u8]) -> Option<(Range<usize>, usize)> {
    if text.get(at..)?.starts_with("<<") {
        return heredoc(text, at, masked);
    }
    let (mut start, mut next, mut end) = (None, at, at);
    loop {
        let (inner, after) = quoted(text, next, masked)?;
        start.get_or_insert(inner.start);
        end = inner.end.max(end);
        let rest = text.get(after..)?;
        let tail = rest.trim_start();
        let here = after + rest.len() - tail.len();
        let glued = tail.strip_prefix(['+', '.']).map(|more| more.trim_start()).unwrap_or(tail);
        if glued.starts_with(['"', '\'', '`']) {
            next = here + tail.len() - glued.len();
            continue;
        }
        let ends = tail.is_empty() || tail.starts_with([')', ',', ';', ']', '}']) || rest.starts_with(['\n', '\r']);
        return ends.then_some((start?..end, after));
    }
}

/// One string in quotes: its content goes to the mask, escapes as blanks.
fn quoted(text: &str, at: usize, masked: &mut [u8]) -> Option<(Range<usize>, usize)> {
    let rest = text.get(at..)?;
    let fence = ["\"\"\"", "'''", "\"", "'", "`"].into_iter().find(|fence| rest.starts_with(*fence))?;
    let start = at + fence.len();
    let bytes = text.as_bytes();
    let is_line = fence.len() == 1 && fence != "`";
    let mut here = start;
    // The quote that an escape has opened: its blank stands outside of what is quoted.
    let mut open = None;
    while here < bytes.len() {
        if text.get(here..).is_some_and(|tail| tail.starts_with(fence)) {
            return Some((start..here, here + fence.len()));
        }
        match *bytes.get(here)? {
            b'\\' => {
                let next = *bytes.get(here + 1)?;
                match next {
                    b'"' | b'\'' | b'`' if open == Some(next) => {
                        *masked.get_mut(here)? = next;
                        open = None;
                    }
                    b'"' | b'\'' | b'`' => {
                        *masked.get_mut(here + 1)? = next;
                        open = open.or(Some(next));
                    }
                    b'\\' | b'$' => *masked.get_mut(here + 1)? = next,
                    b'n' | b't' | b'r' | b'\n' | b'\r' => {}
                    // What the escape stands for has another length.
                    _ => return None,
                }
                here += 2;
            }
            b'\n' if is_line && fence != "\"" => return None,
            byte => {
                *masked.get_mut(here)? = byte;
                here += 1;
            }
        }
    }
    None
}

/// Ruby's `<<-SQL .. SQL` and `<<~SQL`.
fn heredoc(text: &str, at: usize, masked: &mut [u8]) -> Option<(Range<usize>, usize)> {
    let rest = text.get(at..)?.trim_start_matches("<<").trim_start_matches(['-', '~']);
    let word: String =
        rest.trim_start_matches(['\'', '"']).chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    if word.is_empty() {
        return None;
    }
    let start = at + text.get(at..)?.find('\n')? + 1;
    let mut here = start;
    for line in text.get(start..)?.split_inclusive('\n') {
        if line.trim() == word {
            let body = text.get(start..here)?;
            // `#{name}` is put in at run time: the lexer does not know it.
            if body.contains("#{") {
                return None;
            }
            masked.get_mut(start..here)?.copy_from_slice(body.as_bytes());
            return Some((start..here, here + line.len()));
        }
        here += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sql(tool: &str, text: &str) -> (Vec<String>, bool) {
        let code = read(tool, text);
        assert_eq!(code.masked.len(), text.len());
        (code.pieces.iter().map(|piece| code.masked[piece.clone()].trim().to_owned()).collect(), code.complete)
    }

    #[test]
    fn typeorm_queries_are_read_in_full() {
        let text = "export class A implements MigrationInterface {\n  async up(queryRunner: QueryRunner) {\n\
                    await queryRunner.query(`CREATE TABLE \"a\" (\"id\" int)`);\n\
                    await queryRunner.query(\"CREATE INDEX \\\"i\\\" ON \" + \"a (id)\", []);\n  }\n\
                    async down(queryRunner: QueryRunner) { await queryRunner.query(`DROP TABLE a`); }\n}\n";
        let (found, complete) = sql("typeorm", text);
        assert_eq!(found[0], "CREATE TABLE \"a\" (\"id\" int)");
        assert_eq!(found[1].split_whitespace().collect::<Vec<_>>(), ["CREATE", "INDEX", "\"i\"", "ON", "a", "(id)"]);
        assert!(complete && found.len() == 2);
        let more = text.replace(
            "await queryRunner.query(`CREATE TABLE",
            "await queryRunner.createTable(t); await queryRunner.query(`CREATE TABLE",
        );
        assert!(!sql("typeorm", &more).1);
    }

    #[test]
    fn python_and_ruby_literals() {
        let text = "def upgrade():\n    op.execute(\"\"\"\n      CREATE TABLE a (id int)\n    \"\"\")\n    op.add_column('a', x)\n\
                    op.execute(sa.text('DROP INDEX i'))\n    op.execute(f\"DROP TABLE {name}\")\n\ndef downgrade():\n    op.execute('x')\n";
        assert_eq!(sql("alembic", text), (vec!["CREATE TABLE a (id int)".into(), "DROP INDEX i".into()], false));
        let text = "class A < ActiveRecord::Migration[7.0]\n  def up\n    execute <<~SQL\n      CREATE TABLE a (id int);\n    SQL\n\
                    execute \"DROP INDEX i\"\n    execute <<-SQL\n      DROP TABLE #{x}\n    SQL\n  end\n  def down\n    execute 'y'\n  end\nend\n";
        assert_eq!(sql("rails", text), (vec!["CREATE TABLE a (id int);".into(), "DROP INDEX i".into()], false));
        assert_eq!(sql("django", "ops = [migrations.RunSQL('A B', reverse_sql='C')]").0, ["A B"]);
    }

    #[test]
    fn nothing_is_made_of_nothing() {
        for text in ["", "def upgrade():", "op.execute(", "def upgrade(): op.execute('", "def upgrade():\n op.execute(\"\\x41\")"]
        {
            assert!(sql("alembic", text).0.is_empty(), "{text}");
        }
        assert!(read("unheard-of", "x").pieces.is_empty());
    }
}
