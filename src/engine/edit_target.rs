//! Where a finding is mended: in a file that something else writes, an edit is lost, so the finding names what to edit instead. And in
//! which form an exception fits: a comment where an edit is harmless, an entry of the configuration elsewhere.

use super::pending;
use crate::diagnostic::{Exception, Finding};
use crate::discover::Discovery;
use crate::discover::generated::{Generated, LOOKED_AT};
use crate::files::Files;
use crate::model::api::OperationRef;
use crate::model::mentions;
use crate::model::workspace::in_threads;
use crate::model::{Model, Pending};
use crate::source::Sources;
use aho_corasick::AhoCorasick;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// In larger repositories the code is not searched for the place that a document was made from.
const MOST_FILES: usize = 4_000;

/// Larger files are not searched.
const LARGEST: u64 = 512 << 10;

/// Shorter names of operations are found anywhere.
const SHORTEST_NAME: usize = 6;

/// What is asked of the files of a run.
pub(super) struct Targets<'r> {
    pub(super) files: &'r dyn Files,
    pub(super) sources: &'r Sources,
    pub(super) discovery: &'r Discovery,
    pub(super) model: &'r Model,
    pub(super) pending: &'r Pending,
    /// The year of the run.
    pub(super) year: Option<i32>,
    /// How many threads may read.
    pub(super) threads: usize,
}

impl Targets<'_> {
    /// Names in each finding what to edit, and how it is allowed where it is right as it is.
    pub(super) fn name(&self, findings: &mut [Finding]) {
        let migrations = pending::migration_files(self.discovery);
        let mut known: BTreeMap<&str, Option<Generated>> = BTreeMap::new();
        let path_of = |finding: &Finding| self.sources.path(finding.diagnostic.primary.span.source);
        for finding in findings.iter() {
            let (path, source) = (path_of(finding), finding.diagnostic.primary.span.source);
            // A migration that a tool wrote is edited all the same, until it has run.
            let text = self.sources.get(source).head(LOOKED_AT);
            let made =
                || self.discovery.generated(path, text, |path| self.files.exists(path)).filter(|_| !migrations.contains(path));
            known.entry(path).or_insert_with(made);
        }
        let is_made = |finding: &Finding| known.get(path_of(finding)).is_some_and(Option::is_some);
        let wanted: Vec<OperationRef> =
            findings.iter().filter(|finding| is_made(finding)).filter_map(|finding| self.operation(finding)).collect();
        let places = self.places(&wanted);
        for finding in findings {
            let path = path_of(finding);
            let made = known.get(path).and_then(Option::as_ref);
            if let Some(made) = made {
                let place = self.operation(finding).and_then(|operation| places.get(&operation.subject()));
                let sentence = sentence(path, made, place.map(String::as_str));
                let help =
                    finding.diagnostic.help.take().map_or(sentence.clone(), |help| format!("{}\n{sentence}", help.trim_end()));
                finding.diagnostic.help = Some(help);
            }
            // What the configuration and the suppressions are told about is mended, not allowed.
            let is_ours = ["suppressions/", "config/", "internal/"].iter().any(|group| finding.rule.starts_with(group));
            let ran = migrations.contains(path) && !self.is_new(path);
            finding.exception = (!is_ours).then(|| self.exception(finding, path, made.is_some() || ran));
        }
    }

    /// Whether a migration is known not to have run.
    fn is_new(&self, path: &str) -> bool {
        matches!(self.pending, Pending::Changed(_)) && self.pending.status(path).runs_anew()
    }

    fn exception(&self, finding: &Finding, path: &str, is_fixed: bool) -> Exception {
        let name = path.rsplit('/').next().unwrap_or("");
        let mark = match name.rsplit_once('.').map_or(name, |(_, ending)| ending) {
            "sql" => Some("--"),
            "yaml" | "yml" | "toml" | "conf" | "env" => Some("#"),
            _ if name.starts_with(".env") || name.starts_with("nginx") => Some("#"),
            _ => None,
        };
        let reason = "reason = \"why it is right as it is\"";
        match mark.filter(|_| !is_fixed) {
            Some(mark) => Exception {
                is_comment: true,
                text: format!("{mark} backend-lint: allow({}) {}", finding.rule, reason.replace(" = ", "=")),
            },
            None => {
                let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
                let (rule, target) = (quoted(&finding.rule), quoted(&finding.diagnostic.subject));
                let until = self.year.map_or(String::new(), |year| format!("until = {}-12-31\n", year + 1));
                Exception { is_comment: false, text: format!("[[allow]]\nrule = {rule}\ntarget = {target}\n{reason}\n{until}") }
            }
        }
    }

    /// The operation that a finding is about.
    fn operation(&self, finding: &Finding) -> Option<OperationRef<'_>> {
        let subject = &finding.diagnostic.subject;
        let mut words = subject.split(' ');
        let (method, path) = (words.next()?, words.next().filter(|path| path.starts_with('/'))?);
        self.model.api.operations().find(|operation| operation.method().name() == method && operation.path() == path)
    }

    /// Where the code has the operations of documents that were made from it, by subject: `internal/orders.go:42`. Only what is written
    /// in one place alone is known.
    fn places(&self, operations: &[OperationRef]) -> HashMap<String, String> {
        let mut needles: Vec<(String, String)> = Vec::new();
        for operation in operations {
            needles.extend(spellings(*operation).into_iter().map(|needle| (needle, operation.subject())));
        }
        needles.sort();
        needles.dedup();
        if needles.is_empty() {
            return HashMap::new();
        }
        let listing = self.files.list();
        let code: Vec<&str> = listing.iter().filter(|path| mentions::is_code(path)).collect();
        let Some(finder) = AhoCorasick::new(needles.iter().map(|(needle, _)| needle)).ok().filter(|_| code.len() <= MOST_FILES)
        else {
            return HashMap::new();
        };
        let files = self.files;
        let found = in_threads(self.threads, &code, |path| {
            let text = files.read_up_to(path, LARGEST).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
            let lines = text.lines().zip(1u32..);
            let hits = lines.flat_map(|(line, number)| {
                let whole = |hit: &aho_corasick::Match| is_whole(line, hit.start(), hit.end());
                finder.find_iter(line).filter(whole).map(|hit| (hit.pattern().as_usize(), number)).collect::<Vec<_>>()
            });
            hits.collect::<BTreeSet<(usize, u32)>>()
        });
        let mut places: HashMap<String, BTreeSet<String>> = HashMap::new();
        for (path, hits) in code.iter().zip(found) {
            for (needle, line) in hits {
                if let Some((_, subject)) = needles.get(needle) {
                    places.entry(subject.clone()).or_default().insert(format!("{path}:{line}"));
                }
            }
        }
        let sole = |places: BTreeSet<String>| if places.len() == 1 { places.into_iter().next() } else { None };
        places.into_iter().filter_map(|(subject, places)| Some((subject, sole(places)?))).collect()
    }
}

/// How code may name an operation: swag's annotation, the id, or the function that FastAPI makes the id from.
fn spellings(operation: OperationRef) -> Vec<String> {
    let method = operation.method().name().to_ascii_lowercase();
    let mut found = vec![format!("@Router {} [{method}]", operation.path())];
    if let Some(id) = operation.operation_id().filter(|id| id.len() >= SHORTEST_NAME) {
        found.push(format!("\"{id}\""));
        let worded: String = operation.path().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        if let Some(name) = id.strip_suffix(&format!("{worded}_{method}")).filter(|name| !name.is_empty()) {
            found.push(format!("def {name}("));
        }
    }
    found
}

/// Whether a hit is no part of a longer word.
fn is_whole(line: &str, start: usize, end: usize) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (before, after) = (line.get(..start).unwrap_or(""), line.get(end..).unwrap_or(""));
    let first = line.get(start..end).and_then(|hit| hit.chars().next()).is_some_and(is_word);
    let last = line.get(start..end).and_then(|hit| hit.chars().next_back()).is_some_and(is_word);
    let goes_on = (first && before.ends_with(is_word)) || (last && after.starts_with(is_word));
    !goes_on
}

/// What is said of a finding in a file that something made.
fn sentence(path: &str, made: &Generated, place: Option<&str>) -> String {
    let by = made.by.as_ref().map_or(String::new(), |by| format!(" by {by}"));
    let change = match (place, &made.source) {
        (Some(place), Some(source)) => format!("change {source} at {place}"),
        (Some(place), None) => format!("change what it is made from, at {place},"),
        (None, Some(source)) => format!("change {source}"),
        (None, None) => "change what it is made from".to_owned(),
    };
    let again = made.command.as_ref().map_or("make it anew".to_owned(), |command| format!("run `{command}`"));
    format!("`{path}` is generated{by}, so an edit there is lost: {change} and {again}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hit_is_a_whole_word() {
        assert!(is_whole("id: \"listOrders\",", 4, 16));
        assert!(is_whole("def list_orders():", 0, 16));
        assert!(!is_whole("undef list_orders():", 2, 18));
    }

    #[test]
    fn the_sentence_names_what_is_known() {
        let swag = Generated {
            by: Some("swag".into()),
            source: Some("the annotations".into()),
            command: Some("swag init".into()),
            evidence: String::new(),
        };
        assert_eq!(
            sentence("docs/swagger.yaml", &swag, Some("orders.go:7")),
            "`docs/swagger.yaml` is generated by swag, so an edit there is lost: change the annotations at orders.go:7 and run `swag init`"
        );
        assert_eq!(
            sentence("a.yaml", &Generated::default(), None),
            "`a.yaml` is generated, so an edit there is lost: change what it is made from and make it anew"
        );
    }
}
