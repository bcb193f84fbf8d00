//! What one statement binds: assignments of every form, imports, loops and the like.

use super::{LONGEST, Reader, string};

impl<'t> Reader<'t> {
    /// Keeps what the statement that begins here binds; what stands in its brackets is read after that.
    pub(super) fn statement(&mut self) {
        let start = self.at;
        let first = self.word_at(start);
        let text = self.text.get(start..self.value_end(start)).unwrap_or("");
        let rest = text.get(first.len()..).unwrap_or("");
        let behind = start + first.len();
        match first {
            "from" => {
                // Of a list that is cut off the rest is bound as well.
                self.script.is_open |= text.len() >= LONGEST || !text.contains("import");
                let Some((module, names)) = rest.split_once("import") else { return };
                if names.trim_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')')) == "*" {
                    self.script.stars.push(module.trim());
                }
                self.imported(names, behind + rest.len() - names.len());
            }
            "import" => self.imported(rest, behind),
            "def" | "class" | "async" => {
                let name = rest.trim_start().trim_start_matches("def ").trim_start();
                self.words(self.word_at(start + text.len() - name.len()), start + text.len() - name.len());
            }
            "for" => self.words(rest.split(" in ").next().unwrap_or(""), behind),
            "with" | "except" => {
                let mut at = behind;
                for part in rest.split_inclusive(" as ") {
                    if at > behind {
                        self.words(part.split([',', ':']).next().unwrap_or(""), at);
                    }
                    at += part.len();
                }
            }
            "del" => self.words(rest, behind),
            _ => self.assignment(start, text),
        }
    }

    /// Names that an import binds, from an offset on.
    fn imported(&mut self, names: &'t str, from: usize) {
        let mut at = from;
        for part in names.split_inclusive(',') {
            match part.split_once(" as ") {
                Some((before, name)) => self.words(name, at + before.len() + 4),
                None => {
                    // `import a.b` binds `a`.
                    let name = part.trim_start_matches(|c: char| !(c.is_ascii_alphabetic() || c == '_'));
                    self.words(name.split('.').next().unwrap_or(""), at + part.len() - name.len());
                }
            }
            at += part.len();
        }
    }

    /// Binds each name of a stretch to something that is not read.
    fn words(&mut self, stretch: &'t str, from: usize) {
        let mut at = 0;
        while let Some(skipped) = stretch.get(at..).and_then(|rest| rest.find(|c: char| c.is_ascii_alphabetic() || c == '_')) {
            at += skipped;
            let word = self.word_at(from + at);
            let word = word.get(..word.len().min(stretch.len() - at)).unwrap_or(word);
            self.keep(word, "", from + at, from + at + word.len(), "");
            at += word.len().max(1);
        }
    }

    /// `LIMIT: int = 60`, `a = b = 1`, `a, b = 1, 2`, `a -= 1`, `options["a"] = 1`.
    fn assignment(&mut self, start: usize, text: &'t str) {
        let (targets, value_at, is_plain) = targets(text);
        let value = text.get(value_at..).unwrap_or("");
        let end = start + value_at + value.trim_end().len();
        for (from, to) in targets {
            let whole = text.get(from..to).unwrap_or("");
            let target = whole.split_once(':').filter(|(name, _)| is_path(name.trim())).map_or(whole, |(name, _)| name);
            let begin = start + from + whole.len() - whole.trim_start().len();
            let target = target.trim();
            let entry = target.strip_suffix(']').and_then(|inner| inner.split_once('['));
            let entry = entry.and_then(|(holder, key)| Some((holder, string(key)?))).filter(|(holder, _)| is_path(holder));
            match entry {
                _ if is_path(target) => {
                    self.keep(target, if is_plain { value.trim() } else { "" }, begin, end, "");
                    self.value = (target, self.skip_space(start + value_at));
                }
                Some((holder, key)) if is_plain => self.keep(key, value.trim(), begin, end, holder),
                _ => self.words(target, begin),
            }
        }
    }
}

/// Whether a text is a name, with what it is part of.
fn is_path(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
}

/// The targets of an assignment as stretches of its text, where its value begins, and whether it is bound as it stands, which `-=` does
/// not do.
fn targets(text: &str) -> (Vec<(usize, usize)>, usize, bool) {
    let (mut found, mut from, mut is_plain) = (Vec::new(), 0, true);
    let (mut depth, mut quote, mut before) = (0usize, 0u8, [0u8; 2]);
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().copied().enumerate() {
        let is_comparison = bytes.get(at + 1) == Some(&b'=') || matches!(before[1], b'=' | b'!' | b':');
        // `<=` compares, `<<=` assigns.
        let is_comparison = is_comparison || (matches!(before[1], b'<' | b'>') && before[0] != before[1]);
        match byte {
            _ if quote != 0 => quote = if byte == quote && before[1] != b'\\' { 0 } else { quote },
            b'"' | b'\'' => quote = byte,
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'=' if depth == 0 && !is_comparison => {
                let end =
                    text.get(from..at).unwrap_or("").trim_end_matches(['+', '-', '*', '/', '%', '&', '|', '^', '@', '<', '>']);
                // An argument of a function without a name is no target.
                if end.contains("lambda") {
                    break;
                }
                is_plain &= from + end.len() == at;
                found.push((from, from + end.len()));
                from = at + 1;
            }
            _ => {}
        }
        before = [before[1], byte];
    }
    (found, from, is_plain)
}
