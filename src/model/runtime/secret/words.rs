//! What `data/secrets.toml` says: which keys hold secrets, and which values are none.

use super::shape::{has_digit, has_word, is_length_of_time, is_made_of, is_of_words, is_run, is_typed, spelled};
use std::collections::HashSet;
use std::sync::OnceLock;

/// From so many characters on a text of two different ones is there to fill a place.
pub(super) const SHORTEST_FILLED: usize = 8;
/// The same of digits.
const SHORTEST_ZEROS: usize = 20;
/// From so many characters on a value may be one that a machine has made.
pub(super) const SHORTEST_MADE: usize = 16;

struct Words {
    words: HashSet<String>,
    pairs: HashSet<String>,
    not: HashSet<String>,
    not_ends: Vec<String>,
    own: HashSet<String>,
    signing: Vec<String>,
    paired: HashSet<String>,
    lasting: HashSet<String>,
    filed: HashSet<String>,
    opening: HashSet<String>,
    placeholders: Vec<String>,
    placeholder_words: Vec<String>,
    key_files: HashSet<String>,
    own_hosts: HashSet<String>,
    of_all: HashSet<String>,
    public: Vec<String>,
    empty: HashSet<String>,
    weak: HashSet<String>,
    work: HashSet<String>,
    plain: HashSet<String>,
    formed: Vec<String>,
    asking: Vec<String>,
    forms: HashSet<String>,
    show: HashSet<String>,
    elsewhere: HashSet<String>,
    told: Vec<String>,
    told_not: Vec<String>,
    disclaimers: Vec<String>,
}

fn table() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| {
        let table: toml::Table = include_str!("../../../../data/secrets.toml").parse().unwrap_or_default();
        let list = |section: &str, key: &str| -> Vec<String> {
            let items = table.get(section).and_then(|section| section.get(key)?.as_array()).into_iter().flatten();
            items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
        };
        let set = |section: &str, key: &str| list(section, key).into_iter().collect();
        Words {
            words: set("keys", "words"),
            pairs: set("keys", "pairs"),
            not: set("keys", "not"),
            not_ends: list("keys", "not_ends"),
            own: set("keys", "own"),
            signing: list("keys", "signing"),
            paired: set("keys", "paired"),
            lasting: set("keys", "lasting"),
            filed: set("keys", "filed"),
            opening: set("keys", "opening"),
            placeholders: list("values", "placeholders"),
            placeholder_words: list("values", "placeholder_words"),
            key_files: set("values", "key_files"),
            own_hosts: set("values", "own_hosts"),
            of_all: set("remarks", "of_all"),
            public: list("values", "public"),
            empty: set("values", "empty"),
            weak: set("values", "weak"),
            work: set("values", "work"),
            plain: set("values", "plain"),
            formed: list("values", "formed"),
            asking: list("values", "asking"),
            forms: set("values", "forms"),
            show: set("keys", "show"),
            elsewhere: set("keys", "elsewhere"),
            told: list("remarks", "told"),
            told_not: list("remarks", "not"),
            disclaimers: list("remarks", "disclaimers"),
        }
    })
}

/// The words of a key in lower case: `clientSecret`, `CLIENT_SECRET` and `client.secret` are two.
fn words(key: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word = String::new();
    let mut was_lower = false;
    for c in key.chars() {
        if !c.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && was_lower) {
            found.push(std::mem::take(&mut word));
        }
        if c.is_ascii_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        was_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    found.push(word);
    found.retain(|word| !word.is_empty());
    found
}

/// Whether a key holds a secret. Only its last part counts: what stands before a dot says where it is.
pub(super) fn is_secret(key: &str) -> bool {
    let last = key.rsplit('.').find(|part| part.parse::<usize>().is_err()).unwrap_or(key);
    let words = words(last);
    let text = words.join(" ");
    if words.iter().any(|word| table().not.contains(word)) || table().not_ends.iter().any(|end| text.ends_with(end.as_str())) {
        return false;
    }
    let Some(end) = words.last() else { return false };
    let pair = words.len().checked_sub(2).and_then(|at| words.get(at)).map(|before| format!("{before} {end}"));
    table().words.contains(end) || table().pairs.contains(end) || pair.is_some_and(|pair| table().pairs.contains(&pair))
}

/// Whether a cloud knows a key for the password itself, so that its value is none of a name.
pub(super) fn is_own(key: &str) -> bool {
    table().own.contains(key)
}

/// Whether a secret signs or encrypts, so that whoever knows it can be anybody. The secret half of a pair of keys opens a store.
pub(in crate::model::runtime) fn signs(key: &str) -> bool {
    let words = words(key);
    let text = format!(" {} ", words.join(" "));
    let is_half = text.ends_with(" secret key ") && words.iter().any(|word| table().paired.contains(word));
    let opens = words.last().is_some_and(|last| table().opening.contains(last));
    !is_half && !opens && table().signing.iter().any(|word| text.contains(&format!(" {word} ")))
}

/// Whether a key says that its secret is one to be shown.
pub(super) fn is_for_show(key: &str) -> bool {
    words(key).iter().any(|word| table().show.contains(word))
}

/// Whether a secret is one that another company or machine has made: it opens something far away, wherever it is used.
pub(super) fn opens_elsewhere(key: &str, text: &str) -> bool {
    let words = words(key);
    let ends = (1..=2).filter_map(|count| Some(words.get(words.len().checked_sub(count)?..)?.join(" ")));
    ends.into_iter().any(|end| table().elsewhere.contains(&end)) && has_digit(text) && text.len() >= SHORTEST_MADE
}

/// Whether a comment in lower case says that what it is about is to be replaced, or is for nothing but work on the code.
pub(super) fn is_remark(text: &str) -> bool {
    let has = |words: &[String]| words.iter().any(|word| text.contains(word.as_str()));
    has(&table().told) && !has(&table().told_not)
}

/// Whether a comment in lower case speaks of several values.
pub(super) fn is_of_all(text: &str) -> bool {
    words(text).iter().any(|word| table().of_all.contains(word))
}

/// Whether a host of an address is the machine that reads it.
pub(super) fn is_own_host(host: &str) -> bool {
    table().own_hosts.contains(host)
}

/// Whether a comment in lower case says that what it is about is no secret.
pub(super) fn is_disclaimer(text: &str) -> bool {
    table().disclaimers.iter().any(|word| text.contains(word.as_str()))
}

/// Whether a value only repeats its key, so that it can be found and replaced: `GOOGLE_API_KEY_VAL` of `GOOGLE_API_KEY`, `access_key` of
/// `AWS_SECRET_ACCESS_KEY`, or is the name under which it is known elsewhere: `SHOP_API_SECRET` of `api-secret`.
pub(in crate::model::runtime) fn repeats(key: &str, text: &str) -> bool {
    let (last, own) = (words(key.rsplit('.').next().unwrap_or(key)), words(text));
    let is_name = text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    (last.len() > 1 && (own.starts_with(&last) || (is_name && own.ends_with(&last)))) || (own.len() > 1 && last.ends_with(&own))
}

/// Whether a value says by its form that it is made to be given away: `pk_live_..`, and what Datadog gives browsers.
pub(super) fn is_public(text: &str) -> bool {
    let is_of_browser = |rest: &str| rest.len() == 32 && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
    table().public.iter().any(|start| text.starts_with(start.as_str())) || text.strip_prefix("pub").is_some_and(is_of_browser)
}

/// Whether a value under a key for a token is the name of what holds the token: of a cookie, of a header.
pub(super) fn names_token(key: &str, text: &str) -> bool {
    let own = words(key);
    let is_spoken_of = own.iter().any(|word| ["cookie", "cookies", "csrf", "header", "headers", "xsrf"].contains(&word.as_str()))
        || ["x-", "__", "csrf", "xsrf"].iter().any(|start| text.to_ascii_lowercase().starts_with(start));
    let is_token = own.last().is_some_and(|last| last == "token");
    is_token && is_spoken_of && is_name(text) && !text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a value is a secret at all, and no stand-in, path or reference.
pub(in crate::model::runtime) fn is_value(text: &str) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    let is_path = lower.starts_with(['/', '.', '~', '$', '%', '!', '@']) || (lower.contains('/') && is_file(&lower));
    !is_path && !lower.contains(char::is_whitespace) && !is_stand_in(text)
}

/// Whether a value is none by what its key says: how long something lasts, or in which file a key is.
pub(super) fn is_described(key: &str, text: &str) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    let has = |list: &HashSet<String>| words(key).iter().any(|word| list.contains(word));
    (is_length_of_time(&lower) && has(&table().lasting)) || (is_file(&lower) && has(&table().filed))
}

/// Whether a value is the name of a variable that holds the secret, bare or for a program to fill in: `RAILS_MASTER_KEY`, `{CAM_PASSWORD}`.
pub(super) fn names_variable(text: &str) -> bool {
    let bare = text.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text.trim());
    let is_upper = bare.contains('_') && bare.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    is_upper && is_secret(bare)
}

/// Whether a value is the path of a file that holds a key: `cert/orders.key`.
fn is_file(lower: &str) -> bool {
    let is_plain = lower.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte));
    let ending = lower.rsplit_once('.').map_or("", |(_, ending)| ending);
    is_plain && table().key_files.contains(ending)
}

/// Whether a value means nothing, or stands where another is to be put.
pub(super) fn is_stand_in(text: &str) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    // `SetARandomStringHere`; and what is no text at all.
    let is_request = words(text).last().is_some_and(|last| last == "here") || text.contains('\u{fffd}');
    // `AAAAAAAAAAAa`, and what is dots or zeros alone; people take `00000000` for a password.
    let shortest = if lower.bytes().all(|byte| byte.is_ascii_digit()) { SHORTEST_ZEROS } else { SHORTEST_FILLED };
    let few = || lower.chars().collect::<HashSet<char>>().len() < 3;
    // `5555555555:AAAAAAAAAAAAAAAAAA`.
    let is_run = || lower.as_bytes().windows(2).filter(|pair| pair.first() == pair.last()).count() * 5 >= lower.len() * 4;
    let is_filled = lower.len() >= shortest && (few() || (lower.len() >= SHORTEST_MADE && is_run()));
    // `__ORDERS_API_KEY__`; `sk_live_production_key`.
    let is_slot = names_variable(text) || lower.len() > 4 && lower.starts_with("__") && lower.ends_with("__");
    let is_formless = table().formed.iter().filter_map(|start| text.trim().strip_prefix(start.as_str())).any(is_of_words);
    is_request
        || is_filled
        || is_slot
        || is_formless
        || table().empty.contains(&lower)
        || table().placeholders.iter().any(|part| lower.contains(part.as_str()))
        || is_to_fill(text)
}

/// Whether a value says in words that another is to be put in its place.
pub(in crate::model::runtime) fn is_to_fill(text: &str) -> bool {
    table().placeholder_words.iter().any(|word| has_word(text, word, &|word| table().weak.contains(word)))
}

/// Whether a value asks in words to be replaced, and is taken as it is where nobody does.
pub(super) fn asks(text: &str) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    let is_written = lower.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.!".contains(&byte));
    is_written && table().asking.iter().any(|word| has_word(text, word, &|word| table().weak.contains(word)))
}

/// Whether the user and the password of an address are a form to fill in: `user:pass`.
pub(super) fn is_form(user_and_password: &str) -> bool {
    table().forms.contains(&user_and_password.to_ascii_lowercase())
}

/// Whether a value may be the name of an object, a key or a file: letters of one case, digits and what parts words, in short runs.
pub(super) fn is_name(text: &str) -> bool {
    let runs = || text.split(['-', '.', '_', '/']);
    let is_made_of =
        |fits: fn(&u8) -> bool| runs().all(|run| run.len() < 16 && run.bytes().all(|byte| fits(&byte) || byte.is_ascii_digit()));
    is_made_of(u8::is_ascii_lowercase) || (is_made_of(u8::is_ascii_uppercase) && text.contains('_'))
}

/// What stands in the open beside the secrets of a file: users, databases, names of services.
#[derive(Debug, Default)]
pub(in crate::model::runtime) struct Beside {
    /// In lower case.
    whole: HashSet<String>,
    words: HashSet<String>,
}

impl Beside {
    /// Adds one more.
    pub(in crate::model::runtime) fn add(&mut self, text: &str) {
        self.whole.insert(text.to_ascii_lowercase());
        self.words.extend(words(text));
    }
}

impl<T: AsRef<str>> FromIterator<T> for Beside {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Beside {
        let mut beside = Beside::default();
        texts.into_iter().for_each(|text| beside.add(text.as_ref()));
        beside
    }
}

/// Whether a value is made of the words of which everybody's local passwords are made, or of those that `beside` it stand in the
/// open (the user, the database, the service).
pub(in crate::model::runtime) fn is_weak(text: &str, beside: &Beside) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    if lower.len() < 6 || beside.whole.contains(&lower) {
        return true;
    }
    // `ampass` beside a database `am`.
    let ends = ["password", "passwd", "pass", "pwd", "secret"];
    let base = ends.iter().find_map(|end| lower.strip_suffix(end)).map(|base| base.trim_end_matches(['-', '_']));
    if base.is_some_and(|base| beside.whole.contains(base)) {
        return true;
    }
    let has_no_digit = !has_digit(&lower);
    if has_no_digit && words(&lower).iter().any(|word| table().plain.contains(word)) {
        return true;
    }
    if is_typed(text) || is_run(&lower) || says_for_work(&lower) {
        return true;
    }
    let is_known = |word: &str| table().weak.contains(word) || beside.words.contains(word);
    let parts = words(&lower);
    let parts: Vec<String> = parts.iter().map(|part| part.trim_matches(|c: char| c.is_ascii_digit()).to_owned()).collect();
    parts.iter().filter(|part| !part.is_empty()).all(|part| is_known(part))
        || is_made_of(&lower.chars().filter(char::is_ascii_alphabetic).collect::<String>(), &is_known)
        || ['a', 'o'].iter().any(|at| is_made_of(&spelled(&lower, *at), &is_known))
}

/// Whether a phrase says of itself that it is for work on the code: `orders-dev-refresh-key-32bytes`. What a machine has made is no phrase.
fn says_for_work(lower: &str) -> bool {
    let parts = words(lower);
    let is_word =
        |part: &String| part.len() < SHORTEST_FILLED || !(has_digit(part) && part.bytes().any(|byte| byte.is_ascii_alphabetic()));
    parts.len() > 2 && parts.iter().all(is_word) && parts.iter().any(|part| table().work.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_objects_are_no_secrets() {
        for name in ["orders-db", "private.pem", "password", "LLM_API_KEY", "tls/ca.crt"] {
            assert!(is_name(name), "{name}");
        }
        for secret in ["CeRc6WK8KjzRXrKkd9YFnSWcN", "s3cr3t!", "0123456789abcdef0123456789abcdef", "AKIAIOSFODNN7EXAMPLE"] {
            assert!(!is_name(secret), "{secret}");
        }
    }

    #[test]
    fn keys_that_hold_secrets() {
        for key in [
            "POSTGRES_PASSWORD",
            "spring.datasource.password",
            "clientSecret",
            "JWT_SECRET",
            "api-key",
            "AWS_SECRET_ACCESS_KEY",
            "tokens.0.token",
        ] {
            assert!(is_secret(key), "{key}");
        }
        for key in [
            "PASSWORD_FILE",
            "secretName",
            "JWT_TOKEN_EXPIRY",
            "token.type",
            "max_tokens",
            "STRIPE_PUBLISHABLE_KEY",
            "KEY",
            "secret.path",
            "tokenUrl",
            "password_policy.min",
            "compass",
            "ETCD_INITIAL_CLUSTER_TOKEN",
        ] {
            assert!(!is_secret(key), "{key}");
        }
        assert!(signs("JWT_SECRET") && signs("app.secret-key") && !signs("DB_PASSWORD"));
        assert!(
            signs("SESSION_SECRET") && signs("master-key") && !signs("REDIS_MASTER_PASSWORD") && !signs("MASTERCARD_API_TOKEN")
        );
        assert!(!signs("minio.secret-key") && !signs("S3_SECRET_KEY") && signs("S3_ENCRYPTION_KEY"));
    }

    #[test]
    fn values_that_are_secrets() {
        for value in [
            "hunter22",
            "s3cr3t-Pr0d",
            "postgres",
            "2818143646516f6f",
            "Exchange-2931-Kq7x",
            "8dvQ2unsetR71k9",
            "MyFakeReal98Zq1k",
            "k7x2-some-9q1z",
            "Xq7m2sopsL91",
            "Aizawa!Kenji",
            "aizawa-Prod!",
            "Sg.KqTzWmLp!",
            "kq7.29zx.pub",
            "482915d",
            "8Changeling29xZq71Lm",
        ] {
            assert!(is_value(value), "{value}");
        }
        for value in [
            "",
            "null",
            "<password>",
            "change-me",
            "changePassword",
            "changeme123",
            "yourpassword",
            "your-256bit-secret",
            "your-s3cr3t-key",
            "please-change-it-32",
            "AIzaSyDummyKey",
            "FAKE_TOKEN_1",
            "your-secret-key",
            "/run/secrets/db",
            "${X}",
            "vault:kv/db",
            "two words",
            "ENC(abc)",
            "SetARandomStringHere",
            "AAAAAAAAAAAAAAAAAAAa",
            "\u{fffd}\u{fffd}e",
            "cert/orders.key",
            "{SHA}AWr9b86Vk4p8tqZCyPpzVJbsZyc=",
            "-----BEGIN PRIVATE KEY-----\\n...\\n-----END PRIVATE KEY-----",
            "sk_live_production_key",
            "__ORDERS_API_KEY__",
            "RAILS_MASTER_KEY",
            "{CAM_PASSWORD}",
            "5555555555:AAAAAAAAAAAAAAAAAAAAAAAA",
            "ENC[AES256_GCM,data:x]",
        ] {
            assert!(!is_value(value), "{value}");
        }
        assert!(is_described("ttl.access_token", "720h") && is_described("privateKey", "orders.key"));
        assert!(!is_described("DB_PASSWORD", "482915d") && !is_described("FTP_PASSWORD", "kq7.29zx.pub"));
        assert!(is_public("pk_live_51H8") && is_public(&format!("pub{}", "50834fcc1999d53e".repeat(2))));
        assert!(!is_public("publisher-71") && !is_public("sk_live_51H8"));
        assert!(names_token("cookies.token", "__auth__") && names_token("csrfToken", "x-auth-token"));
        assert!(!names_token("API_TOKEN", "f1sh-and-chips") && !names_token("cookie.secret", "__auth__"));
        assert!(repeats("GOOGLE_API_KEY", "GOOGLE_API_KEY_VAL") && repeats("spring.datasource.dbPassword", "db-password"));
        assert!(repeats("AWS_SECRET_ACCESS_KEY", "access_key"));
        assert!(!repeats("PASSWORD", "password1") && !repeats("GOOGLE_API_KEY", "AIzaSyD3f"));
        let beside = Beside::from_iter(["shop", "orders-db"]);
        for value in [
            "astronomy_password",
            "accounts-pwd",
            "mysecret",
            "postgres",
            "password123",
            "shop",
            "orders-db-dev",
            "abc12",
            "dev_password",
            "shoppass",
            "myrootpassword",
            "testpassword1",
            "AdminPass123",
            "insecuretoken",
            "Pa55word11",
            "P@$$w0rd!",
            "passw@rd",
            "0123456789abcdef",
            "dpc-safe",
            "iuasbcuasdcbasdgcasdgcuysachjsacyasdgjcgasdj",
            "orders-dev-refresh-key-32bytes!!!",
        ] {
            assert!(is_weak(value, &beside), "{value}");
        }
        for value in [
            "s3cr3t-Pr0d",
            "hunter22",
            "2818143646516f6f",
            "SuperSecretive9",
            "KvTmRqWzLpXcNbHsJdFgYtQe",
            "wd{q!zk@u",
            "sk-dev-8f14e45fceea167a",
        ] {
            assert!(!is_weak(value, &beside), "{value}");
        }
        assert!(
            opens_elsewhere("NOTIFY_API_KEY", "team-339063cc-26db-4374") && opens_elsewhere("github.token", "ghp_8d71kz02mq99xq")
        );
        assert!(!opens_elsewhere("JWT_SECRET", "339063cc-26db-4374-bfad") && !opens_elsewhere("API_KEY", "k8w2-Vq7T"));
    }
}
