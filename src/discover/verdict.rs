//! What a file whose name allows it to be something turns out to be.

use super::{Kind, compose, configuration, foreign, names, scan, servers};
use crate::files::Files;
use crate::model::queries::is_offline;
use crate::model::workspace::{LFS_POINTER, decode};
use memchr::memmem::Finder;
use std::sync::OnceLock;

/// Files larger than this are never scanned for what they are: no contract or migration is that large.
const LARGEST_CANDIDATE: u64 = 256 << 20;

/// What a file turned out to be.
#[derive(Debug, Clone)]
pub(super) enum Verdict {
    Nothing,
    Is(Kind, String),
    /// Somebody else's, or an example.
    Foreign(String),
    Unread(String),
}

/// Looks into a file whose name says that it may be something, and for the images that it runs.
pub(super) fn judge(files: &dyn Files, path: &str, guess: names::Guess) -> (Verdict, Vec<servers::Server>) {
    if is_offline(path) {
        return (Verdict::Is(Kind::Queries, "the offline data of sqlx".into()), Vec::new());
    }
    let bytes = match files.read_up_to(path, LARGEST_CANDIDATE) {
        Ok(bytes) => bytes,
        Err(error) => return (Verdict::Unread(error.0), Vec::new()),
    };
    let is_pointer = bytes.starts_with(LFS_POINTER);
    // Before Java 9 such files were ISO-8859-1; what they are is said in ASCII.
    let latin = path.ends_with(".properties") && !bytes.starts_with(&[0xff, 0xfe]) && !bytes.starts_with(&[0xfe, 0xff]);
    let text = match if latin { Ok(String::from_utf8_lossy(&bytes).into_owned()) } else { decode(bytes) } {
        Ok(text) => text,
        // Only what looks like an artifact is worth a word when it cannot be decoded.
        Err(reason) if guess != names::Guess::Document || names::says_openapi(path) || is_pointer => {
            return (Verdict::Unread(reason), Vec::new());
        }
        Err(_) => return (Verdict::Nothing, Vec::new()),
    };
    let images = match guess {
        names::Guess::Compose | names::Guess::Document if !path.ends_with(".json") => servers::images(path, &text),
        _ => Vec::new(),
    };
    let verdict = judge_text(path, &text, guess);
    if matches!(verdict, Verdict::Is(..)) && !latin && names::left_out(path).is_none() {
        files.keep(path, text.into_bytes());
    }
    (verdict, images)
}

fn judge_text(path: &str, text: &str, guess: names::Guess) -> Verdict {
    match guess {
        names::Guess::Compose if scan::has_template_lines(text) => {
            Verdict::Unread("a template: no YAML before it is rendered".into())
        }
        names::Guess::Compose if scan::has_top_level(text, "services") => {
            Verdict::Is(Kind::Compose, "its name, and a top-level `services`".into())
        }
        names::Guess::Compose | names::Guess::Document => judge_document(path, text),
        names::Guess::Configuration => judge_configuration(path, text),
        names::Guess::HelmValues => Verdict::Is(Kind::HelmValues, "its name, in the folder of a chart".into()),
        names::Guess::Nginx => match nginx_word(text) {
            Some(word) => Verdict::Is(Kind::Nginx, format!("its name, and `{word}`")),
            None => Verdict::Nothing,
        },
        names::Guess::Conf => match nginx_word(text).zip(nginx_directive(text)) {
            Some((word, directive)) => Verdict::Is(Kind::Nginx, format!("`{word}` and `{directive}`")),
            None => Verdict::Nothing,
        },
        names::Guess::Env => Verdict::Is(Kind::Env, "its name".into()),
        names::Guess::Nothing | names::Guess::Template(_) => Verdict::Nothing,
    }
}

/// The keys that name an API document; found ready, because every YAML and JSON file is asked for them.
fn finders() -> &'static [(&'static str, Finder<'static>)] {
    static FINDERS: OnceLock<[(&str, Finder); 2]> = OnceLock::new();
    FINDERS.get_or_init(|| ["openapi", "swagger"].map(|key| (key, Finder::new(key))))
}

fn judge_document(path: &str, text: &str) -> Verdict {
    for (key, finder) in finders() {
        let found = finder.find(text.as_bytes()).and_then(|_| scan::top_level_value(text, key));
        let Some(version) = found else { continue };
        if !version.starts_with(['2', '3']) {
            continue;
        }
        if !text.trim_start_matches('\u{feff}').trim_start().starts_with('{') && scan::has_template_lines(text) {
            return Verdict::Unread("a template: no YAML before it is rendered".into());
        }
        if let Some(reason) = foreign::reason(path, text) {
            return Verdict::Foreign(reason);
        }
        return Verdict::Is(Kind::OpenApi, format!("a top-level `{key}: {version}`"));
    }
    match compose::sign(path, text).filter(|_| is_yaml(path)) {
        Some(_) if scan::has_template_lines(text) => Verdict::Unread("a template: no YAML before it is rendered".into()),
        Some(sign) => Verdict::Is(Kind::Compose, format!("a top-level `services` with `{sign}`")),
        None => judge_configuration(path, text),
    }
}

fn is_yaml(path: &str) -> bool {
    path.ends_with(".yaml") || path.ends_with(".yml")
}

fn judge_configuration(path: &str, text: &str) -> Verdict {
    let Some((kind, evidence)) = configuration::judge(path, text) else { return Verdict::Nothing };
    if is_yaml(path) && scan::has_template_lines(text) {
        return Verdict::Unread("a template: no YAML before it is rendered".into());
    }
    Verdict::Is(kind, evidence)
}

/// Which configuration a text is that stands in another file under a name of its own, and why.
pub fn of_text(name: &str, text: &str) -> Option<(Kind, String)> {
    if let Some(word) = nginx_word(text).filter(|_| name.ends_with(".conf") || name.contains("nginx")) {
        return Some((Kind::Nginx, format!("its name, and `{word}`")));
    }
    if name.ends_with(".env") {
        return Some((Kind::Env, "its name".into()));
    }
    match judge_configuration(name, text) {
        // Manifests within manifests are somebody's templates.
        Verdict::Is(kind, evidence) if !matches!(kind, Kind::Kubernetes | Kind::Kustomize | Kind::Compose) => {
            Some((kind, evidence))
        }
        _ => None,
    }
}

/// A directive by which nginx serves or passes on: other languages of blocks have the words, and no semicolon behind them.
fn nginx_directive(text: &str) -> Option<&'static str> {
    let words = ["proxy_pass", "fastcgi_pass", "uwsgi_pass", "grpc_pass", "listen"];
    let says = |statement: &str, word: &str| statement.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '\t']));
    // What no semicolon ends is no statement: the last piece.
    let ended = || text.rsplit_once(';').map_or("", |(all, _)| all).split([';', '{', '}', '\n']).map(str::trim_start);
    words.into_iter().find(|word| ended().any(|statement| says(statement, word)))
}

/// A block that only nginx configuration has.
fn nginx_word(text: &str) -> Option<&'static str> {
    let opens = |word: &str| {
        let mut lines = text.lines().map(str::trim_start);
        lines.any(|line| {
            line.strip_prefix(word)
                .is_some_and(|rest| rest.starts_with([' ', '{', '\t']) && (rest.contains('{') || word == "proxy_pass"))
        })
    };
    ["http", "server", "upstream", "location", "proxy_pass"].into_iter().find(|word| opens(word))
}
