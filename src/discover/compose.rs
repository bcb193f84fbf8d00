//! Compose files under any name: a top-level `services` whose entries say what Compose asks for. Nothing is parsed here.

use super::names::listed;
use memchr::memmem::Finder;
use std::collections::HashSet;
use std::sync::OnceLock;

/// Services of one file that are looked at.
const MOST_SERVICES: usize = 20;

/// Which key of a service says that a text is a Compose file; `None` where it is none, or says nothing that others do not.
pub(super) fn sign(text: &str) -> Option<&'static str> {
    static FINDER: OnceLock<Finder<'static>> = OnceLock::new();
    let finder = FINDER.get_or_init(|| Finder::new("services:"));
    let is_at_margin = |at: &usize| *at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n');
    let at = finder.find_iter(text.as_bytes()).find(is_at_margin)?;
    let mut lines = text.get(at..)?.lines();
    let head = lines.next()?.strip_prefix("services:")?.trim();
    let is_open = head.is_empty() || head.starts_with(['#', '&']);
    is_open.then(|| of_services(lines)).flatten()
}

/// The lines below `services:`. Every key of every service has to be one of Compose, and one of them has to say what runs.
fn of_services<'t>(lines: impl Iterator<Item = &'t str>) -> Option<&'static str> {
    static KEYS: OnceLock<HashSet<String>> = OnceLock::new();
    let keys = KEYS.get_or_init(|| listed("compose_keys").into_iter().collect());
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
        if !keys.contains(key) && !key.starts_with("x-") {
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
        assert_eq!(sign(compose), Some("image"));
        assert_eq!(sign("services:\n    web:\n        build: .\n"), Some("build"));
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
            "services: {}\n",
            "services:\n",
            "",
        ] {
            assert_eq!(sign(text), None, "{text}");
        }
    }
}
