//! Patterns of the configuration: over paths, and over what a finding is about.

use globset::{GlobBuilder, GlobMatcher};

/// A pattern over paths or subjects.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Pattern {
    text: String,
    matcher: GlobMatcher,
}

impl Pattern {
    /// A pattern over paths: `*` within a folder, `**` across folders, braces for alternatives.
    pub(super) fn path(text: &str) -> Result<Pattern, String> {
        Pattern::build(text.trim_start_matches("./").trim_end_matches('/'), text)
    }

    /// A pattern over subjects. Braces are those of path templates (`/orders/{id}`) and stand for themselves.
    pub(super) fn subject(text: &str) -> Result<Pattern, String> {
        let literal: String = text
            .chars()
            .map(|c| match c {
                '{' => "[{]".to_owned(),
                '}' => "[}]".to_owned(),
                c => c.to_string(),
            })
            .collect();
        Pattern::build(&literal, text)
    }

    fn build(glob: &str, text: &str) -> Result<Pattern, String> {
        let built = GlobBuilder::new(glob).literal_separator(true).build();
        let matcher = built.map_err(|error| error.kind().to_string())?.compile_matcher();
        Ok(Pattern { text: text.to_owned(), matcher })
    }

    /// Whether a path, or a folder above it, matches. A pattern without a slash may match any part, as in .gitignore.
    pub(in crate::engine) fn matches_path(&self, path: &str) -> bool {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        let anywhere = !self.text.trim_end_matches('/').contains('/');
        ends.filter_map(|end| path.get(..end))
            .any(|part| self.matcher.is_match(part) || (anywhere && self.matcher.is_match(part.rsplit('/').next().unwrap_or(""))))
    }

    /// Whether a subject's operation matches: `GET /orders/*`, or `/orders/*` for every method.
    pub(in crate::engine) fn matches_operation(&self, subject: &str) -> bool {
        let Some((method, rest)) = subject.split_once(' ') else { return false };
        let path = rest.split(' ').next().unwrap_or("");
        if !path.starts_with('/') || !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return false;
        }
        match self.text.starts_with('/') {
            true => self.matcher.is_match(path),
            false => self.matcher.is_match(format!("{method} {path}")),
        }
    }

    /// Whether a subject's table matches, with its schema or without: `audit_*`, `public.orders`, `orders.user_id`.
    pub(in crate::engine) fn matches_table(&self, subject: &str) -> bool {
        let name = subject.split(' ').next().unwrap_or("");
        if name.contains('/') {
            return false;
        }
        let starts = std::iter::once(0).chain(name.find('.').map(|at| at + 1));
        let ends: Vec<usize> = name.match_indices('.').map(|(at, _)| at).chain([name.len()]).collect();
        starts.flat_map(|start| ends.iter().filter_map(move |end| name.get(start..*end))).any(|part| self.matcher.is_match(part))
    }

    /// Whether this is the subject, a pattern of it, or what it is a part of: `GET /orders` stands for `GET /orders ?sort`,
    /// `public.orders` and `orders` for `public.orders.customer_id`.
    pub(in crate::engine) fn matches_subject(&self, subject: &str) -> bool {
        let rest = subject.strip_prefix("public.");
        [Some(subject), rest].into_iter().flatten().any(|name| {
            let part_of = name.strip_prefix(self.text.as_str()).is_some_and(|rest| rest.starts_with([' ', '.']));
            name == self.text || part_of || self.matcher.is_match(name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Pattern {
        Pattern::path(text).unwrap()
    }

    fn subject(text: &str) -> Pattern {
        Pattern::subject(text).unwrap()
    }

    #[test]
    fn paths_match_files_folders_and_bare_names() {
        assert!(path("vendor").matches_path("vendor/a/b.sql"));
        assert!(path("vendor/").matches_path("services/vendor/b.sql"));
        assert!(path("api/*.yaml").matches_path("api/shop.yaml"));
        assert!(!path("api/*.yaml").matches_path("api/v1/shop.yaml"));
        assert!(path("**/v1/**").matches_path("api/v1/shop.yaml"));
        assert!(path("*.gen.yaml").matches_path("api/v1/shop.gen.yaml"));
        assert!(path("{a,b}/x").matches_path("b/x"));
        assert!(!path("vendor").matches_path("vendored/a"));
    }

    #[test]
    fn operations_match_with_their_method_or_without() {
        assert!(subject("GET /orders/{id}").matches_operation("GET /orders/{id} 404"));
        assert!(subject("/orders/*").matches_operation("POST /orders/{id}"));
        assert!(subject("* /orders").matches_operation("POST /orders"));
        assert!(!subject("GET /orders").matches_operation("GET /orders/{id}"));
        assert!(!subject("orders").matches_operation("public.orders"));
    }

    #[test]
    fn tables_match_with_their_schema_or_without() {
        assert!(subject("audit_*").matches_table("public.audit_log.created_at"));
        assert!(subject("public.orders").matches_table("public.orders"));
        assert!(subject("orders.user_id").matches_table("public.orders.user_id"));
        assert!(!subject("user_id").matches_table("public.orders.user_id"));
        assert!(!subject("orders").matches_table("GET /orders"));
    }

    #[test]
    fn a_target_stands_for_its_parts() {
        assert!(subject("GET /orders").matches_subject("GET /orders ?sort"));
        assert!(subject("orders").matches_subject("public.orders.customer_id"));
        assert!(subject("public.orders.*").matches_subject("public.orders.customer_id"));
        assert!(!subject("GET /orders").matches_subject("GET /orders/{id}"));
        assert!(!subject("public.order").matches_subject("public.orders"));
    }
}
