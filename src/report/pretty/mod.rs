//! The form for people: each finding with the lines that prove it, all files of one finding in one block.
//!
//! `annotate-snippets` draws; what it is given is always a few lines, safe to print. It would count lines and columns within
//! what it is given, so it gets a mark in place of each path, and the true place is written over the mark afterwards.

mod window;

use super::text::{ascii, printable_lines, short};
use super::{count, origin, printable, summary};
use crate::diagnostic::{Finding, Report, Severity};
use crate::source::{Sources, Span};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::collections::BTreeMap;
use window::{Spot, Window};

/// How many labels of a finding are drawn.
const LABELS: usize = 6;
/// How many places are named where a finding repeats, or has more labels than are drawn.
const NAMED: usize = 3;
/// A rule with more findings than this beside those of others is folded ...
const UNFOLDED: usize = 8;
/// ... after so many are drawn in full ...
const DRAWN: usize = 3;
/// ... and so many of the rest are named, one on a line.
const LISTED: usize = 8;
/// Longest message or label that is printed, in characters; names in hostile files may be longer.
const LONGEST: usize = 400;
/// Enclose the number of a window where its place will stand. They cannot come from a file: those are printable by then.
const MARK: (char, char) = ('\u{1}', '\u{2}');

/// How the terminal wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns of the terminal; snippets are cut to it, help is not.
    pub width: usize,
    /// Whether colours are written.
    pub color: bool,
    /// Whether the rule's id is a link (OSC 8).
    pub links: bool,
    /// Whether the terminal shows ASCII only.
    pub ascii: bool,
}

impl Default for Style {
    fn default() -> Style {
        Style { width: 120, color: false, links: false, ascii: false }
    }
}

/// The whole report: findings with a blank line after each, then what a rule that says the same many times has left, then
/// the summary. A report of a single rule was asked for and is drawn in full.
pub fn report(report: &Report, sources: &Sources, style: Style) -> String {
    let mut out = String::new();
    let mut rules: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for one in &report.findings {
        rules.entry(&one.rule).or_default().push(one);
    }
    let is_folded = |rule: &str| rules.len() > 1 && rules.get(rule).is_some_and(|all| all.len() > UNFOLDED);
    let mut drawn: BTreeMap<&str, usize> = BTreeMap::new();
    for one in &report.findings {
        let so_far = drawn.entry(&one.rule).or_default();
        *so_far += 1;
        if *so_far <= DRAWN || !is_folded(&one.rule) {
            out.push_str(&finding(one, sources, style));
            out.push('\n');
        }
    }
    for (rule, all) in rules.iter().filter(|(rule, _)| is_folded(rule)) {
        out.push_str(&finish(folded(rule, &all[DRAWN..], sources), style));
        out.push('\n');
    }
    out.push_str(&finish(summary::lines(report), style));
    out
}

/// What is left of a rule that says the same many times: one line each, and where the rest is to be had.
fn folded(rule: &str, rest: &[&Finding], sources: &Sources) -> String {
    let worst = rest.iter().map(|one| one.severity).max().unwrap_or(Severity::Info);
    let mut out = format!("{}[{}]: {} more\n", worst.name(), printable(rule), rest.len());
    for one in rest.iter().take(LISTED) {
        let place = origin(sources, one.diagnostic.primary.span);
        out.push_str(&format!("  {place}: {}\n", short(&one.diagnostic.message, LONGEST)));
    }
    if rest.len() > LISTED {
        out.push_str(&format!("  and {} more: backend-lint --select {}\n", rest.len() - LISTED, printable(rule)));
    }
    out
}

/// One finding, ended by a line break.
pub fn finding(finding: &Finding, sources: &Sources, style: Style) -> String {
    let diagnostic = &finding.diagnostic;
    let spots = finding.labels().take(LABELS).map(|(role, label)| Spot::new(sources, role, label));
    let windows = window::windows(sources, spots);
    let (level, primary) = match finding.severity {
        Severity::Error => (Level::ERROR, Level::ERROR),
        Severity::Warning => (Level::WARNING, Level::WARNING),
        Severity::Info => (Level::INFO, Level::INFO),
    };
    let title = level.primary_title(short(&diagnostic.message, LONGEST)).id(printable(&finding.rule));
    let title = if finding.url.is_empty() { title } else { title.id_url(printable(&finding.url)) };
    let mut group = Group::with_title(title).elements(windows.iter().zip(0..).map(|(one, at)| snippet(one, at, sources)));
    let note = |name: &'static str, text: String| primary.clone().with_name(name).message(text);
    for (name, text) in notes(finding, sources, style.width) {
        group = group.element(note(name, text));
    }
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(style.width.max(40)).hyperlink(style.links);
    let drawn = renderer.render(&[group]);
    finish(put_places(&drawn, &windows, sources) + "\n", style)
}

/// A window as `annotate-snippets` wants it.
fn snippet<'f>(window: &Window<'f>, at: usize, sources: &Sources) -> Snippet<'f, annotate_snippets::Annotation<'f>> {
    let excerpt = window.excerpt(sources);
    let annotations = window.spots.iter().zip(excerpt.ranges).map(|(spot, range)| {
        let primary = spot.role == crate::diagnostic::Role::Primary;
        let kind = if primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        kind.span(range).label((!spot.text.is_empty()).then(|| short(spot.text, LONGEST)))
    });
    Snippet::source(excerpt.text)
        .line_start(excerpt.first_line as usize)
        .path(format!("{}{at}{}", MARK.0, MARK.1))
        .annotations(annotations)
}

/// What stands below the snippets, by name.
fn notes(finding: &Finding, sources: &Sources, width: usize) -> Vec<(&'static str, String)> {
    let diagnostic = &finding.diagnostic;
    let mut notes = Vec::new();
    let rest: Vec<_> = finding.labels().skip(LABELS).map(|(_, label)| (label.span, label.text.as_str())).collect();
    if !rest.is_empty() {
        notes.push(("see", named(&rest, sources, width)));
    }
    let also: Vec<_> = diagnostic.occurrences.iter().map(|one| (one.span, one.subject.as_str())).collect();
    if !also.is_empty() {
        notes.push(("also", named(&also, sources, width)));
    }
    notes.extend(diagnostic.joins.iter().map(|why| ("joins", short(why, LONGEST).into_owned())));
    notes.extend(diagnostic.because.iter().map(|why| ("because", short(why, LONGEST).into_owned())));
    notes.extend(diagnostic.help.iter().map(|help| ("help", printable_lines(help.trim_end()))));
    notes
}

/// `37 more places: api.yaml:12:7 GET /orders, api.yaml:80:7 GET /users and 35 more`; on lines of their own where one is too short.
fn named(places: &[(Span, &str)], sources: &Sources, width: usize) -> String {
    let name = |(span, text): &(Span, &str)| format!("{} {}", origin(sources, *span), short(text, LONGEST)).trim_end().to_owned();
    let first: Vec<String> = places.iter().take(NAMED).map(name).collect();
    let rest = places.len().saturating_sub(NAMED);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    let number = count(places.len(), "more place");
    let line = format!("{number}: {}{more}", first.join(", "));
    // What stands before it is about as long as the number.
    if line.chars().count() + number.len() <= width { line } else { format!("{number}:\n{}{more}", first.join(",\n")) }
}

/// Writes `path:line:column` over each mark and the line and column that were counted within the window.
fn put_places(drawn: &str, windows: &[Window], sources: &Sources) -> String {
    let mut pieces = drawn.split(MARK.0);
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let Some((number, after)) = piece.split_once(MARK.1) else {
            out.push_str(piece);
            continue;
        };
        let window = number.parse().ok().and_then(|at: usize| windows.get(at));
        if let Some(spot) = window.and_then(|window| window.spots.first()) {
            out.push_str(&origin(sources, Span::new(spot.source, spot.range.start, spot.range.end)));
        }
        out.push_str(after.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit()));
    }
    out
}

fn finish(text: String, style: Style) -> String {
    if style.ascii { ascii(text) } else { text }
}
