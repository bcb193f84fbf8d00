//! What a PromQL expression asks, by its features: ranges, functions, metrics, comparisons. It is not parsed: what only its
//! structure could tell is absent.

use super::timeout::{self, Units};
use std::time::Duration;

/// The features of an expression.
#[derive(Debug, Clone, Default)]
pub struct Features {
    /// Ranges (`[5m]`, of subqueries the outer one) and those that names of recorded series state (`:rate5m`), each once, in order.
    pub windows: Vec<Duration>,
    /// Names of functions and aggregations.
    pub calls: Vec<String>,
    /// Names of series.
    pub metrics: Vec<String>,
    /// Names of labels that are matched or grouped by.
    pub labels: Vec<String>,
    /// Names of labels of which it asks for some values only (`handler="/pay"`, and not `code!="404"`, `route=~".+"` or all methods).
    pub narrowed: Vec<String>,
    /// Whether it compares (`>`, `<`, `==` ..).
    pub compares: bool,
    /// Whether it divides.
    pub divides: bool,
    /// Of `histogram_quantile(0.99, ..) > 0.5` both numbers; `None` where the whole is not of this form.
    pub quantile_above: Option<(f64, f64)>,
    /// Of `.. > 14.4 * 0.001` and `.. > (14.4 * (1 - 0.999))` both numbers; `None` where none is written so, where several shares differ,
    /// and where it is not a share of requests that fail: of slow ones, in percent, or worked on.
    pub budget: Option<Budget>,
}

/// What a burn rate is compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// The share of requests that may fail.
    pub share: f64,
    /// How many times as fast as that they may; `None` where several differ.
    pub factor: Option<f64>,
}

const KEYWORDS: [&str; 13] =
    ["by", "without", "on", "ignoring", "group_left", "group_right", "and", "or", "unless", "offset", "bool", "inf", "nan"];
/// Words after which a list of labels comes.
const GROUPINGS: [&str; 6] = ["by", "without", "on", "ignoring", "group_left", "group_right"];

/// Reads the features of an expression; `None` where a template fills parts of it in.
pub fn features(text: &str) -> Option<Features> {
    if ["{{", "%(", "$__", "${", "<%"].iter().any(|mark| text.contains(mark)) {
        return None;
    }
    let mut found = Features { quantile_above: quantile_above(text), budget: budget(text), ..Features::default() };
    let mut rest = text;
    let mut after_grouping = false;
    while let Some(first) = rest.chars().next() {
        match first {
            '#' => rest = &rest[rest.find('\n').unwrap_or(rest.len())..],
            '"' | '\'' | '`' => rest = &rest[quoted(rest)..],
            '[' => {
                let end = rest.find(']').unwrap_or(rest.len());
                let range = rest[1..end].split(':').next().unwrap_or("");
                found.window(range.trim());
                rest = &rest[end..];
            }
            '{' => {
                let length = braces(rest);
                found.matchers(&rest[1..length.max(1)]);
                rest = &rest[length..];
            }
            '(' if after_grouping => {
                let end = rest.find(')').unwrap_or(rest.len());
                found.labels.extend(rest[1..end].split(',').map(|label| label.trim().to_owned()));
                rest = &rest[end..];
                after_grouping = false;
            }
            first if first.is_ascii_alphabetic() || first == '_' || first == ':' => {
                let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
                let (word, tail) = rest.split_at(length);
                rest = tail;
                found.word(word, rest);
                after_grouping = GROUPINGS.contains(&word.to_ascii_lowercase().as_str());
                continue;
            }
            first if first.is_ascii_digit() => {
                // A number, or the length of an offset: letters belong to it.
                let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).unwrap_or(rest.len());
                rest = &rest[length..];
                continue;
            }
            _ => {
                found.compares |= matches!(first, '>' | '<') || rest.starts_with("==") || rest.starts_with("!=");
                found.divides |= first == '/';
            }
        }
        rest = rest.get(rest.chars().next().map_or(0, char::len_utf8)..).unwrap_or("");
    }
    Some(found)
}

/// Both numbers of `histogram_quantile(0.99, ..) > 0.5`, where an expression is that and nothing else.
fn quantile_above(text: &str) -> Option<(f64, f64)> {
    let rest = text.trim().strip_prefix("histogram_quantile")?.trim_start().strip_prefix('(')?;
    let (quantile, rest) = rest.split_once(',')?;
    // The brace that ends the call: labels in quotes may hold others, but no such expression has them in use.
    let mut open = 1usize;
    let end = rest.bytes().position(|byte| {
        match byte {
            b'(' => open += 1,
            b')' => open -= 1,
            _ => {}
        }
        open == 0
    })?;
    let threshold = rest.get(end + 1..)?.trim_start().strip_prefix('>')?;
    let threshold = threshold.strip_prefix('=').unwrap_or(threshold);
    Some((quantile.trim().parse().ok()?, threshold.trim().parse().ok()?))
}

/// A length of time as Prometheus writes it: `5m`, `1h`, `90s`.
pub fn shown(length: Duration) -> String {
    let seconds = length.as_secs();
    let units = [(86_400, "d"), (3_600, "h"), (60, "m")];
    match units.into_iter().find(|(unit, _)| seconds >= *unit && seconds.is_multiple_of(*unit)) {
        Some((unit, name)) => format!("{}{name}", seconds / unit),
        None => format!("{seconds}s"),
    }
}

/// The length of a quoted text up to its closing quote.
fn quoted(text: &str) -> usize {
    let quote = text.chars().next().unwrap_or('"');
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote != '`' => escaped = true,
            _ if c == quote => return at,
            _ => {}
        }
    }
    text.len()
}

/// The length of `{ .. }` up to its closing brace, which may stand in quotes too.
fn braces(text: &str) -> usize {
    let mut at = 1;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        match c {
            '}' => return at,
            '"' | '\'' | '`' => at += quoted(&text[at..]) + 1,
            _ => at += c.len_utf8(),
        }
    }
    text.len()
}

impl Features {
    fn window(&mut self, text: &str) {
        if let Some(window) = timeout::parse(text, Units::Prometheus, None).filter(|window| !self.windows.contains(window)) {
            self.windows.push(window);
        }
    }

    fn word(&mut self, word: &str, rest: &str) {
        let lower = word.to_ascii_lowercase();
        let rest = rest.trim_start();
        if rest.starts_with('(') && !KEYWORDS.contains(&lower.as_str()) {
            self.calls.push(lower);
        } else if KEYWORDS.contains(&lower.as_str()) {
        } else if ["by", "without"]
            .iter()
            .any(|word| rest.strip_prefix(word).is_some_and(|rest| rest.trim_start().starts_with('(')))
        {
            // `sum by (job) (..)`
            self.calls.push(lower);
        } else {
            // `apiserver_request:burnrate1h`, `job:errors:rate5m`
            let digits = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
            let number = digits.len() - digits.chars().rev().take_while(char::is_ascii_digit).count();
            if number < digits.len() && word.contains(':') {
                self.window(&word[number..]);
            }
            self.metrics.push(word.to_owned());
        }
    }

    /// `job="api", __name__="up"`.
    fn matchers(&mut self, text: &str) {
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '"' || c == '\'') {
            rest = &rest[start..];
            if rest.starts_with(['"', '\'']) {
                rest = rest.get(quoted(rest) + 1..).unwrap_or("");
                continue;
            }
            let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
            let (name, after) = rest.split_at(length);
            self.labels.push(name.to_owned());
            if let Some(value) = after.trim_start().strip_prefix('=')
                && !value.strip_prefix('~').is_some_and(|pattern| fits_all(unquoted(pattern.trim_start())))
            {
                self.narrowed.push(name.to_owned());
            }
            rest = after;
        }
    }

    /// Whether a function or an aggregation of this name is used.
    pub fn calls(&self, name: &str) -> bool {
        self.calls.iter().any(|call| call == name)
    }
}

/// What stands between the quotes at the head of a text.
fn unquoted(text: &str) -> &str {
    text.get(1..quoted(text)).unwrap_or("")
}

/// Methods of requests that do something: https://www.rfc-editor.org/rfc/rfc9110#section-9.3, https://www.rfc-editor.org/rfc/rfc5789
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Whether a pattern leaves out none of what serves: anything fits, or all methods are listed.
fn fits_all(pattern: &str) -> bool {
    let bare = pattern.trim_start_matches(['^', '(']).trim_start_matches("?:").trim_end_matches(['$', ')']);
    let lists = |method: &str| bare.split('|').any(|one| one.eq_ignore_ascii_case(method));
    matches!(bare, ".+" | ".*") || METHODS.into_iter().all(lists)
}

/// The share of requests that may fail, by all factors of burn rates that an expression compares with.
fn budget(text: &str) -> Option<Budget> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    // Slow requests have a promise of their own, and what is in percent is compared with percent.
    if ["_bucket", "{le=", ",le=", "100*", "*100"].iter().any(|mark| plain.contains(mark)) {
        return None;
    }
    let number = |text: &str| -> Option<(f64, usize)> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        Some((text.get(..end)?.parse().ok()?, end))
    };
    // Factor and share, and what stands after them.
    let product = |(at, _): (usize, &str)| {
        let after = plain.get(at + 1..)?.trim_start_matches(['=', '(']);
        let (factor, end) = number(after)?;
        let share = after.get(end..)?.strip_prefix('*')?;
        let (share, goal) = share.strip_prefix("(1-").map_or((share, false), |goal| (goal, true));
        let (number, end) = number(share)?;
        Some((factor, if goal { 1.0 - number } else { number }, share.get(end..)?.trim_start_matches(')')))
    };
    let mut found: Option<Budget> = None;
    for (factor, share, rest) in plain.match_indices('>').filter_map(product) {
        // `0.1 / 100` and `1e-3` are other numbers than those that were read.
        if rest.starts_with(['*', '/', '%', '^', '+', '-', 'e', 'E']) {
            return None;
        }
        if share <= 0.0 || share >= 0.5 {
            continue;
        }
        let is_same = |one: f64, other: f64| (one - other).abs() < one / 1000.0;
        found = match found {
            None => Some(Budget { share, factor: Some(factor) }),
            Some(first) if !is_same(first.share, share) => return None,
            Some(first) => Some(Budget { factor: first.factor.filter(|one| is_same(*one, factor)), ..first }),
        };
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_read_without_parsing() {
        let text = "sum by (job) (rate(http_requests_total{code=~\"5..|}\", job!='x'}[5m])) # [9h]\n / ignoring(code) \
                    sum without(code) (job:http_requests:rate1h offset 1d) > 0.5";
        let found = features(text).unwrap_or_default();
        let minutes: Vec<u64> = found.windows.iter().map(|window| window.as_secs() / 60).collect();
        assert_eq!(minutes, [5, 60]);
        assert_eq!(found.metrics, ["http_requests_total", "job:http_requests:rate1h"]);
        assert_eq!(found.calls, ["sum", "rate", "sum"]);
        assert_eq!(found.labels, ["job", "code", "job", "code", "code"]);
        assert_eq!(found.narrowed, ["code"]);
        assert!(found.compares && found.divides);
    }

    #[test]
    fn a_label_is_narrowed_by_what_not_everything_fits() {
        let of = |matcher: &str| features(&format!("rate(a{{{matcher}}}[5m]) > 1")).map(|found| !found.narrowed.is_empty());
        for part in ["route=\"/pay\"", "route=~\"/pay.*\"", "method=~\"GET|HEAD\"", "method=~\"POST|PUT|DELETE\"", "a=~\"\""] {
            assert_eq!(of(part), Some(true), "{part}");
        }
        for all in ["route=~\".+\"", "route =~ '^.*$'", "method=~`(GET|HEAD|POST|PUT|PATCH|DELETE)`", "route!=\"\"", "a!~\"b\""] {
            assert_eq!(of(all), Some(false), "{all}");
        }
    }

    #[test]
    fn both_numbers_of_a_quantile_are_read() {
        let of = |text: &str| features(text).and_then(|found| found.quantile_above);
        let whole = "histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m]))) > 0.5";
        assert_eq!(of(whole), Some((0.99, 0.5)));
        assert_eq!(of(&format!("\n {} \n", whole.replace("> 0.5", ">= 2"))), Some((0.99, 2.0)));
        for other in [" and on() up", " * 2", " > bool 1"] {
            assert_eq!(of(&format!("{whole}{other}")), None);
        }
        for other in
            ["histogram_quantile(0.99, x))) > 1", "histogram_quantile(", "histogram_quantile(0.9", "avg(x) > 1", "(x) > é"]
        {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn budgets_are_those_of_failing_requests() {
        let of = |text: &str| features(text).and_then(|found| found.budget).map(|budget| (budget.share, budget.factor));
        assert_eq!(of("a / b > (14.4 * 0.001) and c > 14.4 * 0.001"), Some((0.001, Some(14.4))));
        assert_eq!(of("a / b > 6 * 0.01 or c > 14.4 * 0.01"), Some((0.01, None)));
        for other in [
            "a > 14.4 * 0.1 / 100",
            "a > (14.4 * 0.1) / 100",
            "100 * a / b > 14.4 * 0.1",
            "a / b * 100 > 14.4 * 0.1",
            "1 - rate(h_bucket{le=\"0.5\"}[1h]) / rate(h_count[1h]) > 14.4 * 0.01",
            "1 - h:rate1h{job=\"a\", le=\"0.5\"} > 14.4 * 0.01",
            "a > 14.4 * 0.1e-2",
            "a > 14.4 * 0.01 and b > 14.4 * 0.02",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn hostile_texts_end() {
        for text in ["{", "\"", "[", "sum by (", "a{b=\"", "é[5m", "{é}", "'\\", "by", "a[1h30m:5m]"] {
            assert!(features(text).is_some(), "{text}");
        }
        assert!(features("up{job=\"{{ .Values.job }}\"} == 0").is_none());
    }
}
