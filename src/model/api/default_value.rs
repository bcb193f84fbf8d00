//! What a schema says a value is where it is left out.

use super::schema::SchemaRef;
use crate::source::Spanned;

impl<'a> SchemaRef<'a> {
    /// `default`, where it is a scalar other than null, as it is written.
    pub fn default_text(self) -> Option<Spanned<&'a str>> {
        let value = self.cursor.raw("default").filter(|value| !value.is_null())?;
        Some(Spanned::new(value.text()?, value.span()))
    }
}
