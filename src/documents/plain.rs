//! What a scalar without quotes says, by the core schema of YAML 1.2, of which JSON's literals are a part.

/// The meaning of a plain scalar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Plain {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number that fits.
    Whole(i64),
    /// Any other number.
    Float(f64),
    /// Digits after a leading zero: octal in YAML 1.1, decimal in YAML 1.2, text to some readers.
    Ambiguous,
    /// Anything else.
    Text,
}

impl Plain {
    /// Whether the text of a plain scalar says nothing.
    pub(super) fn is_null(text: &str) -> bool {
        matches!(text, "" | "~" | "null" | "Null" | "NULL")
    }

    /// The meaning of a plain scalar's text.
    pub(super) fn of(text: &str) -> Plain {
        match text {
            _ if Plain::is_null(text) => Plain::Null,
            "true" | "True" | "TRUE" => Plain::Boolean(true),
            "false" | "False" | "FALSE" => Plain::Boolean(false),
            ".nan" | ".NaN" | ".NAN" => Plain::Float(f64::NAN),
            _ => number(text),
        }
    }
}

fn number(text: &str) -> Plain {
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let signed = |value: f64| Plain::Float(if negative { -value } else { value });
    match digits.as_bytes() {
        b".inf" | b".Inf" | b".INF" => signed(f64::INFINITY),
        [b'0', b'x', ..] => radix(&digits[2..], 16, negative),
        [b'0', b'o', ..] => radix(&digits[2..], 8, negative),
        [b'0', b'b', ..] => radix(&digits[2..], 2, negative),
        [b'0', b'0'..=b'9', ..] if digits.bytes().all(|byte| byte.is_ascii_digit()) => Plain::Ambiguous,
        [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => match text.parse::<i64>() {
            Ok(value) => Plain::Whole(value),
            // After the first byte only digits, one point and one exponent are left to Rust's parser. What is too large is
            // text, as in most readers: `12e4567` may be a hash.
            Err(_) => digits.parse().ok().filter(|value: &f64| value.is_finite()).map_or(Plain::Text, signed),
        },
        _ => Plain::Text,
    }
}

fn radix(digits: &str, radix: u32, negative: bool) -> Plain {
    if !digits.starts_with(|first: char| first.is_digit(radix)) {
        return Plain::Text;
    }
    match i64::from_str_radix(digits, radix) {
        Ok(value) => Plain::Whole(if negative { -value } else { value }),
        Err(_) if digits.chars().all(|digit| digit.is_digit(radix)) => {
            let value =
                digits.chars().fold(0.0, |sum, digit| sum * f64::from(radix) + f64::from(digit.to_digit(radix).unwrap_or(0)));
            Plain::Float(if negative { -value } else { value })
        }
        Err(_) => Plain::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_mean_what_the_core_schema_says() {
        let text =
            ["yes", "inf", "nan", "infinity", "1_000", "0x", "0xg", "1.2.3", "-", "+", ".", "e5", "12:30", "1 2", "--1", "0x-1"];
        for each in text {
            assert_eq!(Plain::of(each), Plain::Text, "{each}");
        }
        for each in ["010", "-007", "00"] {
            assert_eq!(Plain::of(each), Plain::Ambiguous, "{each}");
        }
        let whole =
            [("0", 0), ("-0", 0), ("+7", 7), ("0x1F", 31), ("-0o17", -15), ("0b11", 3), ("-9223372036854775808", i64::MIN)];
        for (each, value) in whole {
            assert_eq!(Plain::of(each), Plain::Whole(value), "{each}");
        }
        let floats = [("1.", 1.0), (".5", 0.5), ("-1e3", -1000.0), ("01.5", 1.5), ("-.inf", f64::NEG_INFINITY)];
        for (each, value) in floats {
            assert_eq!(Plain::of(each), Plain::Float(value), "{each}");
        }
        assert_eq!(Plain::of("9223372036854775808"), Plain::Float(9_223_372_036_854_775_808.0));
        assert_eq!(Plain::of("0xffffffffffffffff"), Plain::Float(18_446_744_073_709_551_615.0));
        assert!(matches!(Plain::of(".nan"), Plain::Float(value) if value.is_nan()));
        for each in ["", "~", "null", "NULL"] {
            assert_eq!(Plain::of(each), Plain::Null, "{each}");
        }
    }
}
