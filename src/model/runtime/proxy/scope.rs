//! The blocks around a place, and which setting is in force there.

use super::library::{Configuration, FileId, Library};
use crate::documents::nginx::{Directive, DirectiveId};
use crate::fact::{Fact, Origin};
use crate::source::Span;
use std::collections::HashMap;

/// Includes are spliced this deep, and this many times in one configuration.
const DEEPEST_INCLUDE: usize = 16;
const MOST_SPLICES: usize = 5_000;

/// One block with its includes spliced in.
pub(super) struct Frame<'c> {
    pub(super) opening: Option<&'c Directive>,
    by_name: HashMap<&'c str, Vec<&'c Directive>>,
    /// The blocks within, in order.
    pub(super) blocks: Vec<(FileId, &'c Directive)>,
    /// An include that is not in the repository: it may set anything that the block itself does not.
    open: Option<Span>,
    /// The variables that `map` makes here, with what they hold where no line fits.
    pub(super) maps: Vec<(&'c str, Option<&'c str>)>,
    /// The variables that an `if` within sets, where its condition is met.
    pub(super) set_by_condition: Vec<&'c str>,
}

/// Makes frames, within a bound on how much may be spliced.
pub(super) struct Framer<'c, 'w, 'a, 's> {
    pub(super) library: &'c Library<'w, 'a, 's>,
    pub(super) configuration: &'c Configuration,
    pub(super) splices: usize,
}

impl<'c> Framer<'c, '_, '_, '_> {
    /// The frame of a block, or of a whole file.
    pub(super) fn frame(&mut self, file: FileId, opening: Option<&'c Directive>) -> Frame<'c> {
        let (by_name, blocks, maps, set_by_condition) = (HashMap::new(), Vec::new(), Vec::new(), Vec::new());
        let mut frame = Frame { opening, by_name, blocks, open: None, maps, set_by_condition };
        let ids = match opening {
            Some(directive) => directive.block.as_deref(),
            None => self.library.nginx(file).map(|nginx| nginx.roots()),
        };
        self.fill(&mut frame, file, ids.unwrap_or(&[]), DEEPEST_INCLUDE);
        frame
    }

    fn fill(&mut self, frame: &mut Frame<'c>, file: FileId, ids: &'c [DirectiveId], left: usize) {
        let library = self.library;
        let Some(nginx) = library.nginx(file) else { return };
        for id in ids {
            let directive = nginx.directive(*id);
            if directive.name.text == "include" {
                let files = self.configuration.includes.get(&(file, *id)).and_then(Option::as_ref);
                self.splices += 1;
                match files.filter(|_| left > 0 && self.splices < MOST_SPLICES) {
                    Some(files) => {
                        for other in files {
                            let roots = library.nginx(*other).map_or(&[][..], |nginx| nginx.roots());
                            self.fill(frame, *other, roots, left - 1);
                        }
                    }
                    None => frame.open = Some(directive.span),
                }
                continue;
            }
            if directive.name.text == "map"
                && let Some(variable) = directive.arguments.get(1)
            {
                let lines = directive.block.as_deref().unwrap_or(&[]).iter().take(2_000).map(|id| nginx.directive(*id));
                let default = lines.into_iter().find(|line| line.name.text == "default").and_then(|line| line.arguments.first());
                frame.maps.push((variable.text.as_str(), default.map(|word| word.text.as_str())));
            }
            if directive.name.text == "if" {
                let lines = directive.block.as_deref().unwrap_or(&[]).iter().take(2_000).map(|id| nginx.directive(*id));
                let sets = lines.filter(|line| line.name.text == "set").filter_map(|line| line.arguments.first());
                frame.set_by_condition.extend(sets.map(|word| word.text.as_str()));
            }
            if directive.block.is_some() {
                frame.blocks.push((file, directive));
            }
            frame.by_name.entry(directive.name.text.as_str()).or_default().push(directive);
        }
    }
}

impl<'c> Frame<'c> {
    /// The directives of a name in this very block.
    pub(super) fn own(&self, name: &str) -> &[&'c Directive] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }
}

/// The blocks around a place, outermost first.
pub(super) struct Scope<'f, 'c> {
    pub(super) frames: &'f [Frame<'c>],
    /// Whether nothing outside of the outermost block could speak.
    pub(super) is_whole: bool,
}

impl<'c> Scope<'_, 'c> {
    /// The directives in force under a name: those of the nearest block that has any.
    pub(super) fn directives(&self, name: &str) -> Fact<Vec<&'c Directive>> {
        for (depth, frame) in self.frames.iter().enumerate().rev() {
            if let Some(last) = frame.own(name).last() {
                let is_own = depth + 1 == self.frames.len();
                let origin = if is_own { Origin::Explicit(last.span) } else { Origin::Inherited(last.span) };
                return Fact::Known(frame.own(name).to_vec(), origin);
            }
            if let Some(span) = frame.open {
                // What the main context includes are modules; what `http` includes are settings.
                let is_main = depth == 0 && self.frames.get(1).is_some_and(|inner| inner.is("http"));
                if !is_main {
                    return Fact::not_read("an include that is not in the repository", vec![span]);
                }
            }
        }
        match self.is_whole {
            true => Fact::Absent,
            false => Fact::not_read("the file that includes this one is not in the repository", Vec::new()),
        }
    }

    /// What a variable holds whatever the request is: the value of the only `set` around the place, where no `if` sets it, too, and no
    /// include that is not in the repository could. (`set` stands in servers and what is within them, never in `http`.)
    pub(super) fn always_set(&self, name: &str) -> Option<&'c str> {
        let may_set = |frame: &Frame<'_>| ["server", "location", "if"].iter().any(|block| frame.is(block));
        if self.frames.iter().any(|frame| frame.open.is_some() && may_set(frame)) {
            return None;
        }
        let is_it = |variable: &str| variable.strip_prefix('$') == Some(name);
        if self.frames.iter().flat_map(|frame| &frame.set_by_condition).any(|variable| is_it(variable)) {
            return None;
        }
        let sets = self.frames.iter().flat_map(|frame| frame.own("set").iter().take(200));
        let mut values = sets.filter_map(|set| match set.arguments.as_slice() {
            [variable, value] if is_it(&variable.text) => Some(value.text.as_str()),
            _ => None,
        });
        let value = values.next()?;
        values.next().is_none().then_some(value)
    }

    /// The value of a variable that exactly one `set` around the place gives, and gives as plain text.
    pub(super) fn variable(&self, name: &str) -> Option<&'c str> {
        let sets = self.frames.iter().flat_map(|frame| frame.own("set").iter().take(200));
        let mut values = sets.filter_map(|set| match set.arguments.as_slice() {
            [variable, value] if variable.text.strip_prefix('$') == Some(name) => Some(value.text.as_str()),
            _ => None,
        });
        let value = values.next()?;
        (values.next().is_none() && !value.contains('$')).then_some(value)
    }
}

impl Frame<'_> {
    /// An include within that is not in the repository.
    pub(super) fn open_span(&self) -> Option<Span> {
        self.open
    }

    /// Whether the block has this name.
    pub(super) fn is(&self, name: &str) -> bool {
        self.opening.is_some_and(|opening| opening.name.text == name)
    }
}
