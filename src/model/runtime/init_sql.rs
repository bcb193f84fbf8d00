//! What SQL for the first start of a PostgreSQL server sets for the whole of it: `ALTER SYSTEM SET max_connections = 200;`.

use super::server::Told;
use crate::model::Workspace;
use crate::source::{SourceId, Span};

/// Scripts longer than this are not searched.
const LONGEST_SCRIPT: usize = 1 << 20;
const OPENING: &str = "alter system set ";

/// The settings of some scripts, in order, and whether each of them is SQL that was searched.
pub(super) fn settings(workspace: &mut Workspace, paths: &[String]) -> (Vec<Told>, bool) {
    let (mut found, mut is_whole) = (Vec::new(), true);
    for path in paths {
        let source = if path.ends_with(".sql") { workspace.source(path).ok() } else { None };
        let text = source.map(|source| (source, workspace.text(source))).filter(|(_, text)| text.len() <= LONGEST_SCRIPT);
        match text {
            Some((source, text)) => of_script(source, &text, &mut found),
            None => is_whole = false,
        }
    }
    (found, is_whole)
}

fn of_script(source: SourceId, text: &str, found: &mut Vec<Told>) {
    let lower = text.to_ascii_lowercase();
    for (at, _) in lower.match_indices(OPENING) {
        let start = at + OPENING.len();
        let length = lower[start..].find([';', '\n']).unwrap_or(lower.len() - start);
        let said = &text[start..start + length];
        let Some((name, value)) = said.split_once('=').or_else(|| split_at_to(said)) else { continue };
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim().trim_matches(['\'', '"']).to_owned());
        found.push(Told { section: String::new(), name, value, span: Span::new(source, start, start + said.trim_end().len()) });
    }
}

/// `max_connections TO 200`.
fn split_at_to(said: &str) -> Option<(&str, &str)> {
    let at = said.to_ascii_lowercase().find(" to ")?;
    Some((&said[..at], &said[at + 4..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_the_whole_server_are_read() {
        let mut found = Vec::new();
        let text = "ALTER SYSTEM SET max_connections = 50;\nalter system set statement_timeout TO '30s' ;\nALTER SYSTEM SET x\nALTER ROLE a SET y = 1;";
        of_script(SourceId(0), text, &mut found);
        let pairs: Vec<(&str, &str)> = found.iter().map(|told| (told.name.as_str(), told.value.as_str())).collect();
        assert_eq!(pairs, [("max_connections", "50"), ("statement_timeout", "30s")]);
    }
}
