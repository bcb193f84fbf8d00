//! Texts, numbers and words of JSON.

use super::{Reader, Role};
use crate::documents::Style;
use std::ops::Range;

/// One byte eight times.
const fn eight(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// How many bytes of a text stand before the first that is its quote, a backslash or a control character: eight are looked at at once.
fn quick(bytes: &[u8], quote: u8) -> usize {
    const LOW: u64 = eight(1);
    const HIGH: u64 = eight(0x80);
    let (eights, rest) = bytes.as_chunks::<8>();
    let mut at = 0;
    for bytes in eights {
        let bytes = u64::from_le_bytes(*bytes);
        // The lowest bit that is set is right; a borrow can set others above it only.
        let zero = |word: u64| word.wrapping_sub(LOW) & !word;
        let control = bytes.wrapping_sub(eight(0x20)) & !bytes;
        let stops = (zero(bytes ^ eight(quote)) | zero(bytes ^ eight(b'\\')) | control) & HIGH;
        if stops != 0 {
            return at + stops.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let stops = |byte: &u8| *byte == quote || *byte == b'\\' || *byte < 0x20;
    at + rest.iter().position(stops).unwrap_or(rest.len())
}

/// How many blanks a text begins with, but for those among its last seven bytes: eight are looked at at once.
pub(super) fn blanks(bytes: &[u8]) -> usize {
    let mut at = 0;
    for bytes in bytes.as_chunks::<8>().0 {
        let other = u64::from_le_bytes(*bytes) ^ eight(b' ');
        if other != 0 {
            return at + other.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at
}

impl Reader<'_> {
    /// Reads the scalar that begins with `byte`, or skips what can begin nothing.
    pub(super) fn scalar(&mut self, byte: u8) {
        match byte {
            b'"' | b'\'' => self.quoted(byte),
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'+' | b'.' | b'_' | b'$' | 0x80.. => self.word(),
            _ => {
                let start = self.at;
                while self.bytes.get(self.at) == Some(&byte) {
                    self.at += 1;
                }
                self.builder.problem(start..self.at, format!("{:?} can begin nothing in JSON", char::from(byte)));
            }
        }
    }

    fn word(&mut self) {
        let role = self.role();
        let start = self.at;
        let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.' | b'_' | b'$' | 0x80..);
        let length = self.bytes.get(start..).map_or(0, |rest| rest.iter().take_while(|byte| belongs(byte)).count());
        // All bytes of a character beyond ASCII belong, so this is the end of a character.
        self.at += length;
        let word = self.text.get(start..self.at).unwrap_or("");
        if role == Role::Key {
            self.builder.problem(start..self.at, "a key must be text in double quotes");
        } else if !matches!(word, "true" | "false" | "null") && !is_number(word.as_bytes()) {
            self.builder.problem(start..self.at, complaint(word));
        }
        let id = self.builder.scalar(start..self.at, start..self.at, Style::Plain);
        self.finish_node(id, role);
    }

    fn quoted(&mut self, quote: u8) {
        let role = self.role();
        let start = self.at;
        if quote == b'\'' {
            self.builder.problem(start..start + 1, "JSON knows double quotes only");
        }
        self.at += 1;
        self.decoded.clear();
        // Up to here the text is decoded; nothing is copied as long as there is nothing to decode.
        let mut copied = self.at;
        let mut control_told = false;
        let end = loop {
            let rest = self.bytes.get(self.at..).unwrap_or(&[]);
            self.at += quick(rest, quote);
            match self.bytes.get(self.at) {
                Some(byte) if *byte == quote => {
                    self.at += 1;
                    break self.at - 1;
                }
                Some(b'\\') => {
                    self.decoded.push_str(self.text.get(copied..self.at).unwrap_or(""));
                    self.escape(quote);
                    copied = self.at;
                }
                Some(byte) if !matches!(byte, b'\n' | b'\r') => {
                    if !control_told {
                        control_told = true;
                        self.builder.problem(self.at..self.at + 1, "a control character must be written as an escape");
                    }
                    self.at += 1;
                }
                _ => {
                    self.builder.problem(start..self.at, "the text is not closed on its line");
                    break self.at;
                }
            }
        };
        let span = start..self.at;
        let id = if copied == start + 1 {
            self.builder.scalar(span, copied..end, Style::Quoted)
        } else {
            self.decoded.push_str(self.text.get(copied..end).unwrap_or(""));
            self.builder.decoded(span, &self.decoded, Style::Quoted)
        };
        self.finish_node(id, role);
    }

    /// Decodes the escape at the backslash.
    fn escape(&mut self, quote: u8) {
        let start = self.at;
        let decoded = match self.bytes.get(start + 1) {
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(*byte),
            Some(b'\'') if quote == b'\'' => '\'',
            Some(b'u') => return self.unicode_escape(),
            _ => {
                // What follows is read as if there were no backslash.
                let end = self.character(start + 1).end;
                self.at = start + 1;
                self.builder.problem(start..end, "JSON knows no such escape");
                return;
            }
        };
        self.decoded.push(decoded);
        self.at = start + 2;
    }

    fn unicode_escape(&mut self) {
        let start = self.at;
        let Some(unit) = self.code_unit(start) else {
            self.at = start + 1;
            self.builder.problem(start..start + 2, "four hexadecimal digits must follow this");
            return;
        };
        let (units, length) = match self.code_unit(start + 6) {
            Some(second) if is_high(unit) && (0xdc00..0xe000).contains(&second) => ([unit, second], 12),
            _ => ([unit, 0], 6),
        };
        let used = if length == 12 { 2 } else { 1 };
        for decoded in char::decode_utf16(units.into_iter().take(used)) {
            if decoded.is_err() {
                self.builder.problem(start..start + length, "half of a surrogate pair is no character");
            }
            self.decoded.push(decoded.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        self.at = start + length;
    }

    /// The UTF-16 unit that is written as `\uXXXX` at an offset.
    fn code_unit(&self, at: usize) -> Option<u16> {
        let digits: Range<usize> = at + 2..at + 6;
        let digits = self.text.get(digits)?;
        let escape = self.bytes.get(at..)?.starts_with(b"\\u") && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if escape { u16::from_str_radix(digits, 16).ok() } else { None }
    }
}

fn is_high(unit: u16) -> bool {
    (0xd800..0xdc00).contains(&unit)
}

/// Whether the bytes are a number by the grammar of RFC 8259.
fn is_number(bytes: &[u8]) -> bool {
    let digits = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let unsigned = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let whole = digits(unsigned);
    if whole == 0 || (whole > 1 && unsigned.starts_with(b"0")) {
        return false;
    }
    let mut rest = unsigned.get(whole..).unwrap_or(&[]);
    if let Some(fraction) = rest.strip_prefix(b".") {
        let places = digits(fraction);
        if places == 0 {
            return false;
        }
        rest = fraction.get(places..).unwrap_or(&[]);
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent = exponent.strip_prefix(b"+").or(exponent.strip_prefix(b"-")).unwrap_or(exponent);
        return !exponent.is_empty() && digits(exponent) == exponent.len();
    }
    rest.is_empty()
}

/// What is wrong with a word that is no value.
fn complaint(word: &str) -> &'static str {
    match word.trim_start_matches(['-', '+']).as_bytes() {
        [b'0', b'0'..=b'9', ..] => "a number must not begin with a zero",
        [b'0'..=b'9' | b'.', ..] => "JSON writes no number like this",
        b"NaN" | b"Infinity" | b"nan" | b"inf" => "JSON has no such number",
        _ => "text must stand in double quotes",
    }
}
