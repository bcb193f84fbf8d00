//! Database URLs, JDBC URLs and libpq connection strings.
//!
//! Passwords never leave this module: no value holds one, so none can be printed. What is absent: any knowledge of what a
//! parameter means.

/// Where a database is and how it is spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    /// The product behind the scheme: `postgres`, `mysql`, `mongodb`, `redis`, `amqp`, `nats`, `sqlserver`, `clickhouse`, `sqlite`.
    pub system: &'static str,
    /// The driver that the scheme names, as `asyncpg` in `postgresql+asyncpg`; `jdbc` for JDBC URLs.
    pub driver: Option<String>,
    /// The (first) host; `None` for a socket, a file, and where it could not be read (a placeholder, a variable).
    pub host: Option<String>,
    /// Whether it names several hosts, of which the driver takes one.
    pub has_more_hosts: bool,
    /// The port, where one is written.
    pub port: Option<u16>,
    /// The user, where one is written.
    pub user: Option<String>,
    /// The database or virtual host.
    pub database: Option<String>,
    /// Query parameters in order, decoded; those that could hold a secret are left out.
    pub parameters: Vec<(String, String)>,
    /// Whether a password stands in it.
    pub has_password: bool,
}

impl DatabaseUrl {
    /// The last value of a parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Settings that the URL makes in a PostgreSQL session: `options=-c name=value`, and parameters that drivers pass on.
    pub fn session_setting(&self, name: &str) -> Option<String> {
        let options = self.parameter("options").map(|options| options.replace('+', " "));
        let from_options = options.and_then(|options| {
            let settings = server_settings(options.split_whitespace());
            settings.into_iter().rev().find(|(key, _)| key == name).map(|(_, value)| value)
        });
        from_options.or_else(|| self.parameter(name).map(str::to_owned))
    }

    /// `user:password` before the address.
    fn set_user(&mut self, text: &str) {
        let (user, password) = text.split_once(':').map_or((text, None), |(user, password)| (user, Some(password)));
        self.has_password = password.is_some();
        self.user = Some(decode(user)).filter(|user| !user.is_empty() && !is_placeholder(user));
    }

    /// Whether it speaks to this very machine: a loopback address, a socket or a file.
    pub fn is_local(&self) -> bool {
        matches!(self.host.as_deref(), Some("localhost" | "127.0.0.1" | "::1" | "0.0.0.0" | "host.docker.internal"))
            || self.system == "sqlite"
    }
}

/// The settings among the words of a PostgreSQL command line: `-c name=value`, `-cname=value`, `--name=value`.
pub fn server_settings<'w>(words: impl IntoIterator<Item = &'w str>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut expects = false;
    for word in words {
        let setting = if std::mem::take(&mut expects) {
            word
        } else if word == "-c" {
            expects = true;
            continue;
        } else if let Some(rest) = word.strip_prefix("--").or_else(|| word.strip_prefix("-c")) {
            rest
        } else {
            continue;
        };
        if let Some((name, value)) = setting.split_once('=') {
            let value = value.trim_matches(['\'', '"']);
            found.push((name.trim().to_ascii_lowercase().replace('-', "_"), value.to_owned()));
        }
    }
    found
}

/// Reads a value that may be a database URL; `None` for everything else.
pub fn parse(text: &str) -> Option<DatabaseUrl> {
    let text = text.trim();
    let (text, is_jdbc) = match text.strip_prefix("jdbc:") {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let Some((scheme, rest)) = text.split_once("://") else {
        return if text.starts_with("sqlite:") {
            Some(bare("sqlite"))
        } else {
            go_mysql(text).or_else(|| libpq(text)).or_else(|| ado(text))
        };
    };
    let (scheme, driver) = match scheme.split_once('+') {
        Some((scheme, driver)) => (scheme, Some(driver.to_owned())),
        None => (scheme, is_jdbc.then(|| "jdbc".to_owned())),
    };
    let mut url = bare(system(&scheme.to_ascii_lowercase())?);
    url.driver = driver.filter(|driver| driver != "srv");
    if url.system == "sqlite" {
        return Some(url);
    }
    // An unencoded password may hold `@` and `/`: the last `@` before the query ends the user part, as libpq and Go read it.
    let separator = if url.system == "sqlserver" && is_jdbc { ';' } else { '?' };
    let (location, query) = rest.split_once(separator).unwrap_or((rest, ""));
    let (user, location) = location.rsplit_once('@').map_or(("", location), |(user, location)| (user, location));
    url.set_user(user);
    let (address, database) = location.split_once('/').unwrap_or((location, ""));
    if !set_address(&mut url, address) {
        return Some(url);
    }
    let database = decode(database.split(['?', '#', '/']).next().unwrap_or(""));
    url.database = Some(database).filter(|name| !name.is_empty() && !is_placeholder(name));
    let separators: &[char] = if separator == ';' { &[';'] } else { &['&', '#'] };
    set_parameters(&mut url, query.split(separators));
    Some(url)
}

fn bare(system: &'static str) -> DatabaseUrl {
    DatabaseUrl {
        system,
        driver: None,
        host: None,
        has_more_hosts: false,
        port: None,
        user: None,
        database: None,
        parameters: Vec::new(),
        has_password: false,
    }
}

fn system(scheme: &str) -> Option<&'static str> {
    Some(match scheme {
        "postgres" | "postgresql" | "postgis" | "pgx" | "pgx5" => "postgres",
        "mysql" | "mysql2" | "mariadb" => "mysql",
        "mongodb" => "mongodb",
        "redis" | "rediss" | "valkey" => "redis",
        "amqp" | "amqps" => "amqp",
        "nats" => "nats",
        "sqlserver" | "mssql" => "sqlserver",
        "clickhouse" => "clickhouse",
        "sqlite" | "sqlite3" => "sqlite",
        _ => return None,
    })
}

/// Sets host and port; `false` where the address is none that we can read.
fn set_address(url: &mut DatabaseUrl, address: &str) -> bool {
    let first = address.split(',').next().unwrap_or("");
    let (host, port) = match first.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest.strip_prefix(':').unwrap_or("")),
        None => first.split_once(':').unwrap_or((first, "")),
    };
    let port_number = port.parse::<u16>().ok();
    if is_placeholder(host) || (!port.is_empty() && port_number.is_none()) {
        return false;
    }
    url.host = Some(host.to_owned()).filter(|host| !host.is_empty());
    url.has_more_hosts = address.contains(',');
    url.port = port_number;
    true
}

fn set_parameters<'q>(url: &mut DatabaseUrl, pairs: impl Iterator<Item = &'q str>) {
    for (key, value) in pairs.filter_map(|pair| pair.split_once('=')) {
        let key = decode(key);
        let lower = key.to_ascii_lowercase();
        if ["pass", "pwd", "secret", "token", "key", "credential"].iter().any(|word| lower.contains(word)) {
            url.has_password |= lower.contains("pass") || lower == "pwd";
            continue;
        }
        url.parameters.push((key, decode(value)));
    }
}

/// `user:password@tcp(host:3306)/database?timeout=5s`, as the Go driver for MySQL wants it.
fn go_mysql(text: &str) -> Option<DatabaseUrl> {
    let (before, after) = text.split_once("tcp(")?;
    let (address, after) = after.split_once(')')?;
    let user = before.strip_suffix('@').or(before.is_empty().then_some(""))?;
    let mut url = bare("mysql");
    url.driver = Some("go-sql-driver".into());
    url.set_user(user);
    if set_address(&mut url, address) {
        let (database, query) = after.strip_prefix('/')?.split_once('?').unwrap_or((after.strip_prefix('/')?, ""));
        url.database = Some(database.to_owned()).filter(|name| !name.is_empty() && !is_placeholder(name));
        set_parameters(&mut url, query.split('&'));
    }
    Some(url)
}

/// `host=db user=app dbname=shop`, libpq's own form: at least a host (or address) and one more of its keywords.
fn libpq(text: &str) -> Option<DatabaseUrl> {
    let pairs = libpq_pairs(text)?;
    let of = |name: &str| pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let host = of("host").or_else(|| of("hostaddr"))?;
    if !pairs.iter().any(|(key, _)| matches!(key.as_str(), "dbname" | "user")) {
        return None;
    }
    let mut url = bare("postgres");
    url.has_password = of("password").is_some();
    url.user = of("user").filter(|user| !is_placeholder(user)).map(str::to_owned);
    if !host.starts_with('/') {
        let port = of("port").map(|port| format!(":{port}")).unwrap_or_default();
        set_address(&mut url, &format!("{host}{port}"));
    }
    url.database = of("dbname").filter(|name| !is_placeholder(name)).map(str::to_owned);
    let rest = pairs.into_iter().filter(|(key, _)| {
        !matches!(key.as_str(), "host" | "hostaddr" | "port" | "user" | "dbname") && !key.contains("pass") && !key.contains("key")
    });
    url.parameters = rest.collect();
    Some(url)
}

/// `Host=db;Database=shop;Username=app`, as the drivers of .NET want it: a server and two more of their keywords. Which database it is
/// the keywords tell; where they do not, nobody knows.
fn ado(text: &str) -> Option<DatabaseUrl> {
    let pairs: Vec<(String, &str)> = text
        .split(';')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (key.trim().to_ascii_lowercase().replace(' ', ""), value.trim()))
        .collect();
    let of = |names: &[&str]| pairs.iter().find(|(key, _)| names.contains(&key.as_str())).map(|(_, value)| *value);
    let has = |names: &[&str]| of(names).is_some();
    let host = of(&["host", "server", "datasource", "address", "addr"])?;
    let database = of(&["database", "initialcatalog"]);
    if pairs.len() < 3 || (database.is_none() && !has(&["username", "userid", "uid", "user"])) {
        return None;
    }
    let sqlserver =
        ["initialcatalog", "trustservercertificate", "trusted_connection", "integratedsecurity", "multipleactiveresultsets"];
    let system = if has(&["host"]) {
        "postgres"
    } else if has(&sqlserver) || of(&["server", "datasource"]).is_some_and(|host| host.contains(',')) {
        "sqlserver"
    } else if has(&["uid", "pwd", "allowpublickeyretrieval", "sslmode"]) {
        "mysql"
    } else {
        return None;
    };
    let mut url = bare(system);
    url.driver = Some("ado".into());
    url.user = of(&["username", "userid", "uid", "user"]).filter(|user| !is_placeholder(user)).map(str::to_owned);
    url.has_password = of(&["password", "pwd"]).is_some_and(|password| !password.is_empty());
    let address = host.trim_start_matches("tcp:").replace(',', ":");
    let port = of(&["port"]).map(|port| format!(":{port}")).unwrap_or_default();
    set_address(&mut url, &format!("{address}{port}"));
    url.database = database.filter(|name| !is_placeholder(name)).map(str::to_owned);
    set_parameters(&mut url, text.split(';'));
    Some(url)
}

/// `key=value` words; values may stand in single quotes. `None` where a word is none.
fn libpq_pairs(text: &str) -> Option<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=')?;
        let key = key.trim_end();
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            return None;
        }
        let after = after.trim_start_matches(' ');
        let (value, next) = match after.strip_prefix('\'') {
            Some(quoted) => quoted.split_once('\'')?,
            None => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        pairs.push((key.to_owned(), value.to_owned()));
        rest = next.trim_start();
    }
    Some(pairs)
}

/// `<host>`, `{host}`, `$HOST`, `%s`, an unresolved variable: a word that stands for another.
fn is_placeholder(word: &str) -> bool {
    word.contains(['<', '>', '{', '}', '$', '%', ' ', super::interpolation::STAND_IN])
}

fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut out = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let code = text.get(at + 1..at + 3).filter(|_| *byte == b'%').and_then(|code| u8::from_str_radix(code, 16).ok());
        out.push(code.unwrap_or(*byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> (String, Option<String>, Option<u16>, Option<String>, bool) {
        let url = parse(text).unwrap_or_else(|| bare("sqlite"));
        (url.system.to_owned(), url.host, url.port, url.database, url.has_password)
    }

    fn at(
        system: &str,
        host: &str,
        port: Option<u16>,
        database: &str,
        has_password: bool,
    ) -> (String, Option<String>, Option<u16>, Option<String>, bool) {
        (system.into(), Some(host.into()), port, Some(database.into()), has_password)
    }

    #[test]
    fn every_form_gives_its_place_and_no_password() {
        assert_eq!(
            place("postgres://user:my@w0/rd@db:5432/shop?sslmode=disable"),
            at("postgres", "db", Some(5432), "shop", true)
        );
        assert_eq!(place("postgresql+asyncpg://db/shop"), at("postgres", "db", None, "shop", false));
        assert_eq!(place("jdbc:postgresql://db:5432/shop"), at("postgres", "db", Some(5432), "shop", false));
        assert_eq!(place("app:secret@tcp(mysql:3306)/shop?timeout=5s"), at("mysql", "mysql", Some(3306), "shop", true));
        assert_eq!(place("host=db user=app password='a b' dbname=shop"), at("postgres", "db", None, "shop", true));
        assert_eq!(
            place("Host=db;Port=5432;Database=shop;Username=app;Password=hunter2;Maximum Pool Size=50"),
            at("postgres", "db", Some(5432), "shop", true)
        );
        assert_eq!(
            place("Server=tcp:sql,1433;Initial Catalog=shop;User ID=sa;Password=x;TrustServerCertificate=True"),
            at("sqlserver", "sql", Some(1433), "shop", true)
        );
        assert_eq!(place("Server=mysql;Database=shop;Uid=app;Pwd=x"), at("mysql", "mysql", None, "shop", true));
        assert_eq!(parse("postgres://app@db/shop").and_then(|url| url.user).as_deref(), Some("app"));
        assert_eq!(place("redis://[::1]:6379/0"), at("redis", "::1", Some(6379), "0", false));
        for text in
            ["postgres://app:hunter2@db/shop", "host=db user=app password=hunter2 dbname=x", "mysql://db/x?password=hunter2"]
        {
            assert!(!format!("{:?}", parse(text)).contains("hunter2"));
        }
    }

    #[test]
    fn placeholders_and_variables_are_no_hosts() {
        for text in ["postgres://u:p@${HOST}/x", "postgres://<host>:5432/x", "postgres://u:p?w@db/x", "postgres:///x"] {
            assert_eq!(parse(text).and_then(|url| url.host), None, "{text}");
        }
        for text in ["https://example.com", "postgres", "a=b", "host=x", "", "Server=a;b=c", "Path=a;Host=b"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn session_settings_are_found_where_they_hide() {
        let of = |text: &str| parse(text).and_then(|url| url.session_setting("statement_timeout"));
        assert_eq!(of("postgres://db/x?options=-c%20statement_timeout%3D3000").as_deref(), Some("3000"));
        assert_eq!(of("postgres://db/x?options=--statement-timeout%3D3s").as_deref(), Some("3s"));
        assert_eq!(of("postgres://db/x?statement_timeout=5000&sslmode=disable").as_deref(), Some("5000"));
        assert_eq!(of("host=db user=a options='-c statement_timeout=3s'").as_deref(), Some("3s"));
        assert_eq!(of("postgres://db/x"), None);
    }
}
