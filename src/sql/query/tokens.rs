//! Placeholders of all drivers and tools as one kind of token, so that a query reads alike whoever runs it.

use crate::sql::Dialect;
use crate::sql::lexer::{Kind, Token};

/// The words of sqlc that stand for a parameter.
const SQLC: &[&str] = &["arg", "narg", "slice"];

/// The tokens with `?`, `?1`, `:name`, `@name`, `%(name)s`, `%s`, `sqlc.arg(name)` as parameters, and `=?` taken apart.
pub fn with_parameters(text: &str, tokens: &[Token], dialect: Dialect) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let rest = tokens.get(at + 1..).unwrap_or(&[]);
        let taken = match token.kind {
            Kind::Symbol => symbol(text, *token, rest, dialect, &mut out),
            Kind::Word if token.text(text).eq_ignore_ascii_case("sqlc") => macro_call(text, *token, rest, &mut out),
            _ => None,
        };
        match taken {
            Some(more) => at += 1 + more,
            None => {
                out.push(*token);
                at += 1;
            }
        }
    }
    out
}

fn part(kind: Kind, start: u32, end: u32) -> Token {
    Token { kind, start, end }
}

/// `sqlc.arg(name)`: how many tokens after the first it takes.
fn macro_call(text: &str, first: Token, rest: &[Token], out: &mut Vec<Token>) -> Option<usize> {
    let [dot, word, open, _, close, ..] = rest else { return None };
    let is_call = dot.kind == Kind::Dot && open.kind == Kind::Open && close.kind == Kind::Close;
    let known = SQLC.iter().any(|one| word.text(text).eq_ignore_ascii_case(one));
    (is_call && known).then(|| {
        out.push(part(Kind::Parameter, first.start, close.end));
        5
    })
}

/// A symbol that is a placeholder, or ends with one; how many tokens after it belong to it.
fn symbol(text: &str, token: Token, rest: &[Token], dialect: Dialect, out: &mut Vec<Token>) -> Option<usize> {
    let written = token.text(text);
    let next = rest.first().copied();
    let touching = |kinds: &[Kind]| next.filter(|next| next.start == token.end && kinds.contains(&next.kind));
    let named = touching(&[Kind::Word]);
    match written {
        ":" => {
            let name = touching(&[Kind::Word, Kind::Number, Kind::Quoted])?;
            // `array[1:2]` is a slice.
            if name.kind == Kind::Number && out.last().is_some_and(|last| last.kind == Kind::Number) {
                return None;
            }
            out.push(part(Kind::Parameter, token.start, name.end));
            return Some(1);
        }
        "@" => {
            out.push(part(Kind::Parameter, token.start, named?.end));
            return Some(1);
        }
        "%" => return percent(text, token, rest, out),
        "?" => {
            if is_operator(out.last().copied(), next, text, dialect) {
                return None;
            }
            let number = touching(&[Kind::Number]);
            out.push(part(Kind::Parameter, token.start, number.map_or(token.end, |number| number.end)));
            return Some(usize::from(number.is_some()));
        }
        _ => {}
    }
    // `=?`, `>=@name`: the operator and the placeholder touch.
    let (head, mark) = written.split_at(written.len().checked_sub(1)?);
    let compares = ["=", "<", ">", "<=", ">=", "<>", "!=", "+", "-", "*", "/", "||"].contains(&head);
    let middle = token.end.checked_sub(1)?;
    match mark {
        "?" if compares => {
            out.push(part(Kind::Symbol, token.start, middle));
            out.push(part(Kind::Parameter, middle, token.end));
            Some(0)
        }
        "@" if compares => {
            let name = named?;
            out.push(part(Kind::Symbol, token.start, middle));
            out.push(part(Kind::Parameter, middle, name.end));
            Some(1)
        }
        _ => None,
    }
}

/// `%s`, `%(name)s`.
fn percent(text: &str, token: Token, rest: &[Token], out: &mut Vec<Token>) -> Option<usize> {
    let is = |token: &Token, word: &str| token.kind == Kind::Word && token.text(text) == word;
    match rest {
        [word, ..] if word.start == token.end && is(word, "s") => {
            out.push(part(Kind::Parameter, token.start, word.end));
            Some(1)
        }
        [open, _, close, word, ..]
            if open.start == token.end && close.kind == Kind::Close && word.start == close.end && is(word, "s") =>
        {
            out.push(part(Kind::Parameter, token.start, word.end));
            Some(4)
        }
        _ => None,
    }
}

/// Whether `?` asks jsonb for a key: there is a value on both sides of it.
fn is_operator(before: Option<Token>, after: Option<Token>, text: &str, dialect: Dialect) -> bool {
    let Some((before, after)) = before.zip(after) else { return false };
    let is_value = match before.kind {
        Kind::Close | Kind::Quoted | Kind::Text => true,
        Kind::Word => ![
            "and",
            "or",
            "in",
            "like",
            "ilike",
            "limit",
            "offset",
            "then",
            "else",
            "when",
            "by",
            "not",
            "between",
            "where",
            "set",
            "values",
            "returning",
            "on",
            "select",
            "from",
            "is",
        ]
        .iter()
        .any(|word| before.text(text).eq_ignore_ascii_case(word)),
        _ => false,
    };
    dialect == Dialect::Postgres && is_value && matches!(after.kind, Kind::Text | Kind::Parameter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::lexer::Lexer;

    fn read(text: &str, dialect: Dialect) -> Vec<String> {
        let mut lexer = Lexer::new(text, 0..text.len(), dialect);
        let tokens: Vec<Token> = std::iter::from_fn(|| lexer.next_token()).collect();
        let all = with_parameters(text, &tokens, dialect);
        all.iter().filter(|token| token.kind == Kind::Parameter).map(|token| token.text(text).to_owned()).collect()
    }

    #[test]
    fn every_placeholder_is_a_parameter() {
        let postgres =
            "a = $1 AND b=@name AND c = :c::text AND d = sqlc.narg('d') AND e = %(e)s AND f = %s AND g ? 'k' AND h[1:2] = ?1";
        assert_eq!(read(postgres, Dialect::Postgres), ["$1", "@name", ":c", "sqlc.narg('d')", "%(e)s", "%s", "?1"]);
        assert_eq!(read("a=? AND b>=? LIMIT ?", Dialect::MySql), ["?", "?", "?"]);
    }
}
