//! Steps after which code of the release before fails: the second half of expand and contract.

use super::{Audience, PendingStep};

impl PendingStep<'_> {
    /// What it takes away from code that runs, in words after "and": "`orders.note` is dropped". None where nobody uses it, or where
    /// the old name stays alive.
    pub fn taken_from_running_code(&self) -> Option<String> {
        if self.statement.maybe {
            return None;
        }
        let in_use = self.column_audience() == Audience::Everybody && !self.is_external();
        let column = |name: &str| format!("`{}.{}`", self.table(), self.sql_name(name));
        if let Some(name) = self.dropped_column().filter(|_| in_use) {
            return Some(format!("{} is dropped", column(name)));
        }
        if let Some((from, to)) = self.renamed_column().filter(|_| in_use) {
            return (from != to && !self.is_old_name_kept(from)).then(|| format!("{} is renamed", column(from)));
        }
        if let Some((old, _)) = self.renamed_table().filter(|_| in_use) {
            return Some(format!("`{old}` is renamed"));
        }
        let lost = self.lost_tables().into_iter();
        let mut used = lost.filter(|lost| lost.table.is_some() && self.audience_of(&lost.name) == Audience::Everybody);
        used.next().map(|lost| format!("`{}` is dropped", self.spoken(&lost.name)))
    }
}
