//! The secrets that stand in one file.

use super::{Credential, Form};
use crate::model::runtime::Profile;

/// The secrets of one file that stand there in one form, with those of files that repeat its first one.
#[derive(Debug, Clone)]
pub struct FileSecrets {
    /// The (first) file.
    pub path: String,
    /// How they stand there.
    pub form: Form,
    /// In order of file and place; at least one.
    pub all: Vec<Credential>,
}

impl FileSecrets {
    /// Why none of them protects anything, as far as can be seen; `None` where one was chosen to, or the file is made for production.
    pub fn why_harmless(&self) -> Option<&'static str> {
        let mut mattering = self.all.iter().filter(|one| self.matters(one)).peekable();
        match mattering.peek() {
            None => Some("it protects nothing but containers of one machine, as far as the file says"),
            // Whoever does not follow the comment signs with a key that everybody has.
            Some(_) => {
                mattering.all(|one| one.is_remarked && !one.signs).then_some("a comment beside it says that it is no real one")
            }
        }
    }

    /// Whether one of them protects something: what everybody uses on a machine of their own does not, where it stays there.
    fn matters(&self, one: &Credential) -> bool {
        match (one.is_weak, one.is_local) {
            (false, false) => true,
            (true, true) => false,
            _ => one.use_for == Profile::Production || (one.signs && self.form == Form::Fallback && !one.is_for_work),
        }
    }

    /// For which kind of use the file is made: where its secrets differ, the one for real use counts.
    pub fn use_for(&self) -> Profile {
        let real = self.all.iter().map(|one| one.use_for).find(|profile| !profile.is_rehearsal());
        real.or_else(|| self.all.first().map(|one| one.use_for)).unwrap_or(Profile::Unknown)
    }

    /// The one that is shown: one that was chosen to protect something, else one that matters, else the first.
    pub fn first(&self) -> Option<&Credential> {
        let chosen = self.all.iter().find(|one| !one.is_weak && !one.is_local && !one.is_remarked);
        let mattering = || self.all.iter().find(|one| self.matters(one));
        chosen.or_else(mattering).or_else(|| self.all.first())
    }
}
