//! Errors that tell clients how the service is built.

use super::cursor::{Pin, pin};
use super::{DocumentRef, OperationRef, Property, Set};
use crate::model::words;

/// A property of an error body that tells how the service is built, and the first operation that answers with it.
#[derive(Debug, Clone, Copy)]
pub struct Leak<'a> {
    /// The operation.
    pub operation: OperationRef<'a>,
    /// The property.
    pub property: Property<'a>,
}

impl<'a> DocumentRef<'a> {
    /// Every such property of the errors of a document, of the body itself or of an object in it, each once; and how many bodies were
    /// looked at.
    pub fn leaks(self) -> (Vec<Leak<'a>>, usize) {
        let mut found: Vec<Leak> = Vec::new();
        let mut bodies = 0;
        // Most operations answer with the same few.
        let mut seen: Set<(Pin, Pin)> = Set::default();
        for operation in self.own_operations() {
            let errors = operation.responses().into_iter().filter(|response| response.is_error());
            let schemas = errors.flat_map(|response| response.media()).filter_map(|media| media.schema);
            for schema in schemas.filter(|schema| schema.is_known()) {
                bodies += 1;
                if !seen.insert((pin(schema.cursor.written), schema.pin())) {
                    continue;
                }
                let own = schema.core().possible_properties();
                let inner = own.iter().flat_map(|property| property.schema.core().possible_properties());
                let all: Vec<Property> = own.iter().copied().chain(inner).collect();
                for property in all.into_iter().filter(|property| words::is_inside(property.name) && tells(property)) {
                    if !found.iter().any(|known| known.property.span == property.span) {
                        found.push(Leak { operation, property });
                    }
                }
            }
        }
        (found, bodies)
    }
}

/// Whether it can tell what happened: as free text, or a list. A flag or one of a few words cannot.
fn tells(property: &Property) -> bool {
    let schema = property.schema.core();
    schema.is_array() || schema.is_string() && schema.enum_values().is_empty()
}
