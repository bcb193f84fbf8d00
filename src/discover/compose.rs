//! Compose files under any name: a top-level `services` whose entries say what Compose asks for. Nothing is parsed here.

use super::names::listed;
use super::scan;
use memchr::memmem::Finder;
use std::collections::HashSet;
use std::sync::OnceLock;

/// Services of one file that are looked at.
const MOST_SERVICES: usize = 20;

struct Words {
    /// Keys of a service.
    service_keys: HashSet<String>,
    /// Keys at the top of a file.
    top_keys: HashSet<String>,
    /// Names of files, and of folders, that are others' although their `services` look like those of Compose.
    other_names: HashSet<String>,
    other_folders: HashSet<String>,
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    let set = |key: &str| listed(key).into_iter().collect();
    WORDS.get_or_init(|| Words {
        service_keys: set("compose_keys"),
        top_keys: set("compose_top_keys"),
        other_names: set("not_compose_names"),
        other_folders: set("not_compose_folders"),
    })
}

fn is_extension(key: &str) -> bool {
    key.starts_with("x-")
}

/// Whether a path says that a file is another one.
fn is_of_others(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    words().other_names.contains(name) || folders.split('/').any(|folder| words().other_folders.contains(folder))
}

/// Which key of a service says that a text is a Compose file; `None` where it is none, or says nothing that others do not.
pub(super) fn sign(path: &str, text: &str) -> Option<&'static str> {
    static FINDER: OnceLock<Finder<'static>> = OnceLock::new();
    let finder = FINDER.get_or_init(|| Finder::new("services:"));
    let is_at_margin = |at: &usize| *at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n');
    let at = finder.find_iter(text.as_bytes()).find(is_at_margin)?;
    let mut lines = text.get(at..)?.lines();
    let head = lines.next()?.strip_prefix("services:")?.trim();
    let is_open = head.is_empty() || head.starts_with(['#', '&']);
    let sign = is_open.then(|| of_services(lines)).flatten().filter(|_| !is_of_others(path))?;
    // An entry of a list may stand at the margin too.
    let is_strange = |key: &str| !words().top_keys.contains(key) && !is_extension(key) && !key.starts_with('-');
    scan::top_level_keys(text, is_strange).is_empty().then_some(sign)
}

/// The lines below `services:`. Every key of every service has to be one of Compose, and one of them has to say what runs.
fn of_services<'t>(lines: impl Iterator<Item = &'t str>) -> Option<&'static str> {
    let (mut sign, mut services) = (None, 0);
    // How deep the names of services stand, and the keys of the one that is read.
    let (mut name_depth, mut key_depth) = (None, None);
    for line in lines {
        let written = line.trim_start_matches(' ');
        let depth = line.len() - written.len();
        if written.trim().is_empty() || written.starts_with('#') {
            continue;
        }
        if depth == 0 {
            break;
        }
        if depth <= *name_depth.get_or_insert(depth) {
            services += 1;
            key_depth = None;
            if services > MOST_SERVICES {
                break;
            }
            // A list of services is of somebody else.
            let name = written.split_once(':').filter(|_| !written.starts_with('-'))?;
            if !(name.1.trim().is_empty() || name.1.trim_start().starts_with(['#', '&', '{'])) {
                return None;
            }
            continue;
        }
        let is_key =
            depth == *key_depth.get_or_insert(depth) && written.starts_with(|c: char| c.is_ascii_alphabetic() || c == '"');
        let Some((key, _)) = written.split_once(':').filter(|_| is_key) else { continue };
        let key = key.trim().trim_matches('"');
        if !words().service_keys.contains(key) && !is_extension(key) {
            return None;
        }
        sign = sign.or(["image", "build"].into_iter().find(|one| *one == key));
    }
    sign
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_say_whose_they_are() {
        let compose = "x-a: &a\n  b: 1\n\nservices:\n  # first\n  web:\n    <<: *a\n    image: shop/web:1\n    command: >\n      run: this\n    ports:\n    - 80:80\n  db: &db\n    build:\n      context: db\nvolumes:\n  x:\n";
        assert_eq!(sign("a.yml", compose), Some("image"));
        assert_eq!(sign("a.yml", "---\ninclude:\n- path: b.yml\nservices:\n  web:\n    image: shop/web:1\n"), Some("image"));
        assert_eq!(sign("a.yml", "services:\n    web:\n        build: .\n"), Some("build"));
    }

    #[test]
    fn others_have_services_too() {
        for text in [
            "image: ruby\nservices:\n  - postgres:17\n",
            "services:\n- docker\n",
            "services:\n  web:\n    type: node\n    build: [npm install]\n",
            "services:\n  App\\Mailer:\n    class: App\\Mailer\n    image: x\n",
            "services:\n  web:\n    labels: [a]\n",
            "services:\n  timeout: 5s\n  image: x\n",
            "job:\n  services:\n    db:\n      image: postgres\n",
            "pipeline:\n  test: {image: golang}\nservices:\n  db:\n    image: postgres\n",
            "services:\n  db:\n    image: postgres\nsteps:\n- image: golang\n",
            "kind: pipeline\nservices:\n  db:\n    image: postgres\n",
            "services: {}\n",
            "services:\n",
            "",
        ] {
            assert_eq!(sign("a.yml", text), None, "{text}");
        }
    }

    #[test]
    fn the_path_of_others_says_so() {
        let text = "services:\n  web:\n    image: shop/web:1\n";
        for path in [".woodpecker.yml", "api/.drone.yml", ".woodpecker/test.yaml", "ansible/group_vars/all.yml"] {
            assert_eq!(sign(path, text), None, "{path}");
        }
        assert_eq!(sign("deploy/woodpecker.yml", text), Some("image"));
    }
}
