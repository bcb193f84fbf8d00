//! CODEOWNERS, as GitHub and GitLab read it: who is asked about a file.
//!
//! The last pattern that matches decides; with GitLab's sections the last one of each section, and their owners together.

use globset::{GlobBuilder, GlobMatcher};

/// What CODEOWNERS says.
#[derive(Debug, Clone, Default)]
pub struct Owners {
    sections: Vec<Section>,
    /// The root of the run relative to the folder that the patterns start from; empty or ended by `/`.
    prefix: String,
}

/// A part of the file with a name of its own, or the part before the first one.
#[derive(Debug, Clone, Default)]
struct Section {
    name: String,
    /// Who owns what has no owners of its own.
    default: Vec<String>,
    rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
struct Rule {
    pattern: Option<GlobMatcher>,
    /// Whether it takes files out of its section (GitLab's `!`).
    excludes: bool,
    owners: Vec<String>,
}

impl Owners {
    /// What the text of the file says; `prefix`: the root of the run relative to the folder that the patterns start from, empty or ended
    /// by `/`.
    pub fn of_text(text: &str, prefix: String) -> Owners {
        Owners { sections: parse(text), prefix }
    }

    /// Who owns a file, in the order in which they are named.
    pub fn of(&self, path: &str) -> Vec<String> {
        let path = format!("{}{path}", self.prefix);
        let mut owners: Vec<String> = Vec::new();
        for section in &self.sections {
            let matches = |rule: &&Rule| rule.pattern.as_ref().is_some_and(|pattern| pattern.is_match(&path));
            if section.rules.iter().any(|rule| rule.excludes && matches(&rule)) {
                continue;
            }
            let Some(rule) = section.rules.iter().rev().find(matches) else { continue };
            let named = if rule.owners.is_empty() { &section.default } else { &rule.owners };
            owners.extend(named.iter().cloned());
        }
        let mut seen = std::collections::HashSet::new();
        owners.retain(|owner| seen.insert(owner.clone()));
        owners
    }
}

fn parse(text: &str) -> Vec<Section> {
    let mut sections = vec![Section::default()];
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some((name, default)) = section_head(line) {
            // Sections of one name are one, whatever the case.
            match sections.iter().position(|one| !one.name.is_empty() && one.name.eq_ignore_ascii_case(&name)) {
                Some(at) => {
                    let known = sections.remove(at);
                    let default = if default.is_empty() { known.default } else { default };
                    sections.push(Section { default, ..known });
                }
                None => sections.push(Section { name, default, rules: Vec::new() }),
            }
            continue;
        }
        let words = words(line);
        let Some((first, owners)) = words.split_first() else { continue };
        let (excludes, pattern) = match first.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, first.as_str()),
        };
        let owners = owners.iter().filter(|word| word.contains('@')).cloned().collect();
        if let Some(section) = sections.last_mut() {
            section.rules.push(Rule { pattern: matcher(pattern), excludes, owners });
        }
    }
    sections
}

/// `[Name]`, `^[Name]`, `[Name][2] @owner`: the name and the owners.
fn section_head(line: &str) -> Option<(String, Vec<String>)> {
    let rest = line.strip_prefix('^').unwrap_or(line).strip_prefix('[')?;
    let (name, rest) = rest.split_once(']')?;
    let rest = match rest.strip_prefix('[') {
        Some(approvals) => approvals.split_once(']')?.1,
        None => rest,
    };
    // `[a-z]*.sql @owner` is a pattern, not a head.
    let is_head = rest.is_empty() || rest.starts_with(char::is_whitespace);
    is_head.then(|| (name.trim().to_owned(), words(rest).into_iter().filter(|word| word.contains('@')).collect()))
}

/// The words of a line up to a comment; a backslash keeps a space or a `#`.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' if characters.peek().is_some_and(|next| [' ', '#', '\\'].contains(next)) => {
                word.extend(characters.next());
            }
            '#' if word.is_empty() => break,
            c if c.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            c => word.push(c),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// A pattern as .gitignore reads it, but that `docs/*` stands for the files in `docs` alone. `None` where it is none.
fn matcher(pattern: &str) -> Option<GlobMatcher> {
    let is_anchored = pattern.trim_end_matches('/').contains('/');
    let body = pattern.trim_start_matches('/');
    let start = if is_anchored || body.starts_with("**/") { "" } else { "**/" };
    let glob = match body {
        "" | "*" | "**" => "**".to_owned(),
        body if body.ends_with('/') => format!("{start}{body}**"),
        body if body.ends_with("/*") || body.ends_with("/**") => format!("{start}{body}"),
        body => format!("{start}{body}{{,/**}}"),
    };
    let built = GlobBuilder::new(&glob).literal_separator(true).empty_alternates(true).build();
    built.ok().map(|glob| glob.compile_matcher())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, path: &str) -> String {
        Owners::of_text(text, String::new()).of(path).join(" ")
    }

    #[test]
    fn the_last_pattern_decides_as_on_github() {
        let text = "# all\n*       @all\n*.sql   @dba # why\n/api/   @api @org/team\n/api/legacy/\ndocs/*  docs@example.com\napps/ @apps\n**/logs @logs\n/a\\ b/ @space\n";
        assert_eq!(of(text, "README.md"), "@all");
        assert_eq!(of(text, "db/x/1.sql"), "@dba");
        assert_eq!(of(text, "api/v1/openapi.yaml"), "@api @org/team");
        assert_eq!(of(text, "api/legacy/x.yaml"), "", "a pattern without owners takes them away");
        assert_eq!(of(text, "x/api/openapi.yaml"), "@all", "a leading slash means the top");
        assert_eq!(of(text, "docs/a.md"), "docs@example.com");
        assert_eq!(of(text, "docs/a/b.md"), "@all", "`docs/*` stands for the files in docs alone");
        assert_eq!(of(text, "x/apps/y/z"), "@apps");
        assert_eq!(of(text, "build/logs/x"), "@logs");
        assert_eq!(of(text, "a b/c"), "@space");
        assert_eq!(of("/db @dba\n", "db/1.sql"), "@dba", "a folder stands for all in it");
        assert_eq!(of("/db @dba\n", "dbx/1.sql"), "");
    }

    #[test]
    fn sections_add_up_as_on_gitlab() {
        let text = "* @all\n[Database][2] @dba\n*.sql\n/db/special.sql @special\n!/db/seed.sql\n^[Docs]\n*.md @docs\n[DATABASE]\n*.psql\n";
        assert_eq!(of(text, "x.go"), "@all");
        assert_eq!(of(text, "db/1.sql"), "@all @dba");
        assert_eq!(of(text, "db/1.psql"), "@all @dba", "sections of one name are one");
        assert_eq!(of(text, "db/special.sql"), "@all @special");
        assert_eq!(of(text, "db/seed.sql"), "@all", "taken out of its section");
        assert_eq!(of(text, "a.md"), "@all @docs");
        assert_eq!(of("[a-z]*.sql @x\n", "b.sql"), "@x", "brackets of a pattern are no section");
    }
}
