//! Keywords that speak of values which the type beside them excludes: they demand nothing.

use super::schema_part::SchemaPart;
use super::types::Types;
use crate::documents::NodeRef;
use crate::source::Span;

/// A keyword of a schema that speaks of values of a type which the schema does not allow.
#[derive(Debug, Clone, Copy)]
pub struct IdleKeyword<'a> {
    /// The keyword: `items`.
    pub keyword: &'a str,
    /// Where it is written.
    pub span: Span,
    /// The type of which it speaks: `array`.
    pub speaks_of: &'static str,
}

/// The types that keywords speak of, and their words.
const SPOKEN_OF: [(Types, &str); 4] =
    [(Types::STRING, "string"), (Types::NUMBER, "number"), (Types::ARRAY, "array"), (Types::OBJECT, "object")];

/// What a keyword speaks of; nothing where that is any value.
pub(super) fn spoken_of(keyword: &str) -> Types {
    match keyword {
        "minLength" | "maxLength" | "pattern" => Types::STRING,
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => Types::NUMBER,
        "items" | "prefixItems" | "minItems" | "maxItems" | "uniqueItems" | "contains" | "minContains" | "maxContains"
        | "unevaluatedItems" => Types::ARRAY,
        "properties"
        | "required"
        | "patternProperties"
        | "additionalProperties"
        | "minProperties"
        | "maxProperties"
        | "propertyNames"
        | "dependentRequired"
        | "dependentSchemas"
        | "unevaluatedProperties" => Types::OBJECT,
        _ => Types::NONE,
    }
}

/// Whether a keyword demands or describes anything: `minLength: 0`, `uniqueItems: false`, `required: []` and `properties: {}` do not, nor
/// does a boolean that 2.0 or draft 4 has under a name of a list or a number.
fn demands(keyword: &str, value: NodeRef) -> bool {
    let is_zero = keyword.starts_with("min") && keyword != "minimum" && value.as_f64() == Some(0.0);
    let is_empty = (value.is_map() || value.is_list()) && value.items().len() + value.entries().len() == 0;
    let is_word = value.as_bool().is_some_and(|word| !word || keyword != "uniqueItems");
    !is_zero && !is_empty && !is_word && !value.is_null()
}

impl<'a> SchemaPart<'a> {
    /// Keywords of its own that speak of values of which its type allows none, in order. Nothing where it says no type, where a word is no
    /// type, and of what a reference leads to.
    pub fn idle_keywords(self) -> Vec<IdleKeyword<'a>> {
        let Some(types) = self.node.get("type").filter(|_| !self.part.is_reference) else { return Vec::new() };
        let allowed = Types::written(types);
        let idle = self.node.merged_entries().into_iter().filter_map(|(key, value)| {
            let keyword = key.text()?;
            let (spoken, speaks_of) = SPOKEN_OF.iter().find(|(types, _)| *types == spoken_of(keyword))?;
            let is_idle = allowed.leave_out_some(*spoken) && demands(keyword, value);
            is_idle.then_some(IdleKeyword { keyword, span: key.span(), speaks_of })
        });
        idle.collect()
    }
}
