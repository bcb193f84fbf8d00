//! Health checks of services: how they are asked, and for what.

/// A health check of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthCheck {
    /// Whether it is switched off (`disable: true` or `test: NONE`).
    pub is_disabled: bool,
    /// `interval` as written.
    pub interval: Option<String>,
    /// `timeout` as written.
    pub timeout: Option<String>,
    /// `retries` as written.
    pub retries: Option<String>,
    /// The words of `test`, `CMD` and `CMD-SHELL` included; empty where they could not be read.
    pub test: Vec<String>,
}

impl HealthCheck {
    /// The port of the container itself that it asks over HTTP: who does not listen there is never well.
    pub fn own_port(&self) -> Option<u16> {
        let words = || self.test.iter().flat_map(|word| word.split([' ', '\t', '"', '\'', '`', ';', '(', ')']));
        let is_fetcher = words().any(|word| matches!(word.rsplit('/').next(), Some("curl" | "wget")));
        let gives_up = words().all(|word| word != "||") || words().any(|word| word == "exit");
        let mut hosts = words().filter_map(|word| word.strip_prefix("http://")?.split(['/', '?']).next());
        let authority = hosts.next().filter(|_| is_fetcher && gives_up && !self.is_disabled)?;
        let (host, port) = authority.split_once(':').unwrap_or((authority, "80"));
        let is_own = matches!(host, "localhost" | "127.0.0.1" | "0.0.0.0") && hosts.next().is_none();
        port.parse().ok().filter(|_| is_own)
    }

    /// The port and the path of the container itself that it asks for over HTTP, where an answer of 404 makes it fail.
    pub fn asked(&self) -> Option<(u16, &str)> {
        let words = || {
            self.test.iter().flat_map(|word| word.split_whitespace()).map(|word| word.trim_matches(['\'', '"', ';', '(', ')']))
        };
        let short = |word: &str| word.starts_with('-') && !word.starts_with("--") && word.contains('f');
        let is_curl = words().any(|word| word == "curl") && words().any(|word| word == "--fail" || short(word));
        // How a shell ends that runs more than one command, or turns the answer around, only a shell knows.
        let is_program = |text: &String| {
            let text = text.trim().trim_end_matches(';').replace("||", " ");
            text.contains([';', '|', '!', '`', '\n']) || text.contains("$(")
        };
        if self.test.iter().any(is_program) {
            return None;
        }
        // What follows a failure may make it none: `|| true`, `|| exit 0`.
        let mut after = words().skip_while(|word| *word != "||").skip(1);
        let is_kept = match after.next() {
            None | Some("false") => true,
            Some("exit") => after.next().is_none_or(|code| code != "0"),
            Some(_) => false,
        };
        let fails = is_kept && (is_curl || words().any(|word| word == "wget"));
        let url = words().find_map(|word| word.strip_prefix("http://")).filter(|_| fails && !self.is_disabled)?;
        let (authority, path) = url.split_at(url.find('/').unwrap_or(url.len()));
        let (host, port) = authority.split_once(':').unwrap_or((authority, "80"));
        let is_own = matches!(host, "localhost" | "127.0.0.1" | "0.0.0.0");
        let is_plain = !path.is_empty() && !path.contains(['$', '{', '|']);
        (is_own && is_plain).then_some((port.parse().ok()?, path))
    }
}
