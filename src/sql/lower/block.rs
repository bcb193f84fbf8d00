//! `DO` blocks: the statements inside, each with whether it runs for certain.

use super::routine::{Session, is_code};
use super::{Place, walk};
use crate::sql::cursor::Cursor;
use crate::sql::lexer::{Kind, Lexer, Token, literal_inside};
use crate::sql::{Statement, Understanding};

/// Lowers a `DO` block: its statements, or itself where it holds none that matters.
pub fn lower<'t>(place: Place<'t>, session: &mut Session, tokens: &'t [Token], out: &mut Vec<Statement>) {
    let cursor = place.cursor(tokens);
    let span = super::column::whole(&cursor);
    let before = out.len();
    let body = tokens.iter().find(|token| matches!(token.kind, Kind::Dollar | Kind::Text));
    let is_plpgsql = !tokens.windows(2).any(|pair| is_other_language(&cursor, pair));
    let inside = body.and_then(|token| literal_inside(*token, place.text)).filter(|_| is_plpgsql);
    let understanding = match inside {
        Some(range) => {
            let mut lexer = Lexer::new(place.text, range, place.dialect);
            let inner: Vec<Token> = std::iter::from_fn(|| lexer.next_token()).filter(is_code).collect();
            walk::body(Place { block: Some(span), ..place }, session, &inner, out);
            session.known = Default::default();
            Understanding::NoEffect
        }
        None => Understanding::Opaque("a DO block in a form that is not read".into()),
    };
    if out.len() == before {
        out.push(super::without_ops(Place { block: None, ..place }, &cursor, understanding, Vec::new()));
    }
}

fn is_other_language(cursor: &Cursor, pair: &[Token]) -> bool {
    let [first, second] = pair else { return false };
    cursor.token_text(*first).eq_ignore_ascii_case("LANGUAGE") && cursor.fold(*second).is_none_or(|name| name != "plpgsql")
}
