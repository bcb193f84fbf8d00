//! What the server refuses by its catalog alone.

use super::PendingStep;
use crate::model::schema::Refusal;

impl<'m> PendingStep<'m> {
    /// Why the server refuses the step, and its statement with it; `None` where it does not, or where a view forbids it.
    pub fn refusal(&self) -> Option<&'m Refusal> {
        let effects = &self.step.effects;
        effects.refusal().filter(|_| effects.refused_by().is_none() && !self.statement.maybe)
    }
}
