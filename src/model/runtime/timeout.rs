//! Lengths of time as configuration writes them, each product in its own units.

use std::time::Duration;

/// How long something may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeout {
    /// When it ends; `None`: never.
    pub after: Option<Duration>,
    /// As written, for messages: `30s`, `120`, `0`.
    pub written: String,
}

impl Timeout {
    /// A limit that ends.
    pub fn after(duration: Duration, written: &str) -> Timeout {
        Timeout { after: Some(duration), written: written.to_owned() }
    }

    /// A limit as most products write it: zero means that there is none.
    pub fn or_never(duration: Duration, written: &str) -> Timeout {
        Timeout { after: Some(duration).filter(|duration| !duration.is_zero()), written: written.to_owned() }
    }

    /// Whether it never ends.
    pub fn is_never(&self) -> bool {
        self.after.is_none()
    }
}

/// Whose units a value is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Units {
    /// nginx: `ms s m h d w M y`; a bare number is seconds.
    Nginx,
    /// PostgreSQL: `us ms s min h d`; a bare number is milliseconds.
    Postgres,
    /// Prometheus: `ms s m h d w y`.
    Prometheus,
    /// Everything else: Go's units and the words people write; a bare number means what the setting says, if it says it.
    Common,
}

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3600.0;
const DAY: f64 = 86400.0;

impl Units {
    fn seconds(self, unit: &str) -> Option<f64> {
        Some(match (self, unit) {
            (Units::Nginx, "m") => MINUTE,
            (Units::Nginx, "M") => 30.0 * DAY,
            (Units::Nginx | Units::Prometheus, "y") => 365.0 * DAY,
            (Units::Nginx | Units::Prometheus, "w") => 7.0 * DAY,
            (Units::Nginx, "ms" | "s" | "h" | "d")
            | (Units::Prometheus, "ms" | "s" | "m" | "h" | "d")
            | (Units::Postgres, "us" | "ms" | "s" | "min" | "h" | "d") => {
                return Units::Common.seconds(unit);
            }
            (Units::Common, unit) => match unit.to_ascii_lowercase().as_str() {
                "ns" => 1e-9,
                "us" | "µs" => 1e-6,
                "ms" | "millis" | "milliseconds" => 1e-3,
                "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
                "m" | "min" | "mins" | "minute" | "minutes" => MINUTE,
                "h" | "hour" | "hours" => HOUR,
                "d" | "day" | "days" => DAY,
                _ => return None,
            },
            _ => return None,
        })
    }
}

/// Reads a length of time such as `30s`, `1h30m`, `1h 30m`, `500ms`. `bare`: seconds that a number without a unit counts;
/// without it such a number is not understood. Zero needs no unit.
pub fn parse(text: &str, units: Units, bare: Option<f64>) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total = 0.0f64;
    let mut parts = 0;
    while !rest.is_empty() {
        let length = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        let number: f64 = rest[..length].parse().ok()?;
        rest = rest[length..].trim_start();
        let length = rest.find(|c: char| !(c.is_ascii_alphabetic() || c == 'µ')).unwrap_or(rest.len());
        let unit = &rest[..length];
        rest = rest[length..].trim_start();
        parts += 1;
        let factor = if unit.is_empty() {
            // `1h 30`: a bare number beside others is a mistake that each product reads in its own way.
            if parts > 1 || !rest.is_empty() {
                return None;
            }
            if number == 0.0 { 1.0 } else { bare? }
        } else {
            units.seconds(unit)?
        };
        total += number * factor;
    }
    (parts > 0).then(|| Duration::try_from_secs_f64((total * 1e6).round() / 1e6).ok())?
}

/// A time of nginx: a bare number is seconds.
pub fn parse_nginx(text: &str) -> Option<Duration> {
    parse(text, Units::Nginx, Some(1.0))
}

/// A time of PostgreSQL, with the unit that its setting has when none is written.
pub fn parse_postgres(text: &str) -> Option<Duration> {
    parse(text, Units::Postgres, Some(1e-3))
}

/// The seconds that a word counts, as the tables under `data/` name units.
pub fn unit(word: &str) -> Option<f64> {
    Units::Common.seconds(word)
}

/// For people: `30 s`, `1.5 s`, `500 ms`.
pub fn shown(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds >= 1.0 || duration.is_zero() {
        let text = format!("{seconds:.3}");
        return format!("{} s", text.trim_end_matches('0').trim_end_matches('.'));
    }
    let text = format!("{:.3}", seconds * 1e3);
    format!("{} ms", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_product_has_its_own_units() {
        let seconds = |duration: Option<Duration>| duration.map(|duration| duration.as_secs_f64());
        assert_eq!(seconds(parse_nginx("60")), Some(60.0));
        assert_eq!(seconds(parse_nginx("1h 30m")), Some(5400.0));
        assert_eq!(seconds(parse_nginx("500ms")), Some(0.5));
        assert_eq!(seconds(parse_nginx("1M")), Some(30.0 * DAY));
        assert_eq!(seconds(parse_postgres("3000")), Some(3.0));
        assert_eq!(seconds(parse_postgres("2min")), Some(120.0));
        assert_eq!(parse_postgres("2m"), None);
        assert_eq!(seconds(parse("1m30s", Units::Common, None)), Some(90.0));
        assert_eq!(seconds(parse("1.5s", Units::Common, None)), Some(1.5));
        assert_eq!(seconds(parse("0", Units::Common, None)), Some(0.0));
        for nonsense in ["30", "", "s", "abc", "-5s", "1..2s", "5 parsecs", "1h 30", "99999999999999999999999999y"] {
            assert_eq!(parse(nonsense, Units::Common, None), None, "{nonsense}");
        }
    }

    #[test]
    fn lengths_are_shown_in_seconds() {
        let shown_of = |millis| shown(Duration::from_millis(millis));
        assert_eq!([shown_of(30_000), shown_of(1_500), shown_of(500), shown_of(0)], ["30 s", "1.5 s", "500 ms", "0 s"]);
    }
}
