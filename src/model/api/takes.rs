//! Which texts a parameter takes, as far as its schema says so.

use super::parameter::ParameterRef;
use super::schema::SchemaRef;

/// Formats whose values a word is not.
const FORMATS: [&str; 13] =
    ["uuid", "date", "date-time", "time", "email", "ipv4", "ipv6", "uri", "byte", "int32", "int64", "snowflake", "float"];

impl ParameterRef<'_> {
    /// Whether its value can be this text. False where its type, format, values or a pattern (which is not evaluated) may
    /// exclude it, and where its schema is not known.
    pub fn takes_text(self, text: &str) -> bool {
        let Some(schema) = self.schema().map(SchemaRef::core) else { return true };
        if !schema.is_wholly_known() || schema.pattern().is_some() || schema.has_alternatives() {
            return false;
        }
        let values = schema.enum_values();
        if !values.is_empty() {
            return values.iter().any(|value| value.value == text);
        }
        let is_number = schema.is_number() || schema.is_boolean();
        let formatted = schema.format().is_some_and(|format| FORMATS.contains(&format));
        let long =
            schema.max_length().is_some_and(|length| usize::try_from(length.value).is_ok_and(|most| text.chars().count() > most));
        !(formatted || long || is_number && text.parse::<f64>().is_err())
    }
}
