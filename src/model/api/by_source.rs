//! What is kept of each file, found by its number: sources are numbered from 0, so nothing is hashed.

use crate::source::SourceId;

/// One value for some of the files.
#[derive(Debug)]
pub(super) struct BySource<T>(Vec<Option<T>>);

impl<T> Default for BySource<T> {
    fn default() -> BySource<T> {
        BySource(Vec::new())
    }
}

impl<T> BySource<T> {
    #[inline]
    pub(super) fn get(&self, source: SourceId) -> Option<&T> {
        self.0.get(source.0 as usize)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, source: SourceId) -> Option<&mut T> {
        self.0.get_mut(source.0 as usize)?.as_mut()
    }

    fn slot(&mut self, source: SourceId) -> &mut Option<T> {
        let at = source.0 as usize;
        if self.0.len() <= at {
            self.0.resize_with(at + 1, || None);
        }
        &mut self.0[at]
    }

    pub(super) fn insert(&mut self, source: SourceId, value: T) {
        *self.slot(source) = Some(value);
    }

    /// The value of a file, made where there is none.
    pub(super) fn get_or_insert_with(&mut self, source: SourceId, make: impl FnOnce() -> T) -> &mut T {
        self.slot(source).get_or_insert_with(make)
    }

    /// The values in order of the files.
    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flatten()
    }
}

impl<T> FromIterator<(SourceId, T)> for BySource<T> {
    fn from_iter<I: IntoIterator<Item = (SourceId, T)>>(values: I) -> BySource<T> {
        let mut all = BySource::default();
        values.into_iter().for_each(|(source, value)| all.insert(source, value));
        all
    }
}
