//! What the API says a field is where it is left out, against what its column says.

use super::view::PropertyColumn;
use crate::model::schema::ColumnRef;
use crate::source::Span;
use crate::sql::DefaultKind;

/// Two defaults of one thing.
#[derive(Debug, Clone)]
pub struct DefaultClash<'m> {
    /// The column.
    pub column: ColumnRef<'m>,
    /// The API's default, as it is written.
    pub said: String,
    /// Where.
    pub said_at: Span,
    /// The column's, without quotes and casts.
    pub held: String,
    /// Where.
    pub held_at: Span,
}

impl<'m> PropertyColumn<'m> {
    /// The default of the API and that of the column, where clients may leave the field out and both are constants that differ.
    pub fn default_clash(&self) -> Option<DefaultClash<'m>> {
        let schema = self.property.schema;
        let said = schema.default_text().or_else(|| schema.core().default_text()).filter(|_| self.in_request)?;
        self.columns.iter().find_map(|column| {
            let held = column.default.known().filter(|held| held.kind == DefaultKind::Constant)?;
            let text = literal(&held.text)?;
            let clash = || DefaultClash {
                column: *column,
                said: said.value.to_owned(),
                said_at: said.span,
                held: text.clone(),
                held_at: held.span,
            };
            // What a generator of Protocol Buffers writes for every enum: the value that means none.
            let is_zero = said.value.ends_with("_UNSPECIFIED");
            (!is_zero && !same(said.value, &text)).then(clash)
        })
    }
}

/// What a default is, without quotes, casts and brackets around it. `None` for NULL, for nothing, and for what is no plain value.
fn literal(written: &str) -> Option<String> {
    let bare = written.trim().trim_start_matches('(').trim_end_matches(')').trim();
    let bare = bare.strip_prefix(['E', 'N', 'b', 'B']).filter(|rest| rest.starts_with('\'')).unwrap_or(bare);
    let value = match bare.strip_prefix('\'') {
        Some(quoted) => quoted.split_once('\'').filter(|(_, rest)| !rest.starts_with('\''))?.0,
        None => bare.split("::").next().unwrap_or(bare).trim(),
    };
    let plain = value.chars().all(|c| c.is_alphanumeric() || " -_.:/@+,".contains(c));
    // An empty text is what old rows get where nothing is known of them.
    (plain && !value.is_empty() && !value.eq_ignore_ascii_case("null")).then(|| value.to_owned())
}

/// Whether two texts are one value: numbers by value, truth by meaning, words by letter.
fn same(a: &str, b: &str) -> bool {
    let truth = |text: &str| match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "1" | "yes" | "on" => Some(true),
        "false" | "f" | "0" | "no" | "off" => Some(false),
        _ => None,
    };
    let number = |text: &str| text.parse::<f64>().ok();
    match (number(a).zip(number(b)), truth(a).zip(truth(b))) {
        (Some((a, b)), _) => (a - b).abs() < f64::EPSILON,
        (_, Some((a, b))) => a == b,
        _ => a.eq_ignore_ascii_case(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_compared_by_value() {
        assert!(same("1", "1.0") && same("true", "1") && same("FALSE", "f") && same("Draft", "draft"));
        assert!(!same("draft", "open") && !same("1", "2") && !same("true", "0"));
    }

    #[test]
    fn constants_are_read_through_quotes_and_casts() {
        for (written, value) in [
            ("'draft'::order_status", Some("draft")),
            ("0", Some("0")),
            ("(0)", Some("0")),
            ("true", Some("true")),
            ("'it''s'", None),
            ("NULL", None),
            ("''", None),
            ("'{}'::jsonb", None),
            ("b'0'", Some("0")),
        ] {
            assert_eq!(literal(written).as_deref(), value, "{written}");
        }
    }
}
