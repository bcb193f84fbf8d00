//! Command lines: words as a shell splits them, and programs with their arguments.

/// Splits a command line into words: quotes and backslashes are resolved, `;`, `&&`, `||`, `|` and `&` are words of their own.
/// A newline ends a command like `;`.
pub fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\'' => word.get_or_insert_default().extend(characters.by_ref().take_while(|inner| *inner != '\'')),
            '"' => {
                let word = word.get_or_insert_default();
                while let Some(inner) = characters.next() {
                    match inner {
                        '"' => break,
                        '\\' => word.extend(characters.next()),
                        other => word.push(other),
                    }
                }
            }
            '\\' => match characters.next() {
                Some('\n') | None => {}
                Some(other) => word.get_or_insert_default().push(other),
            },
            '\n' | ';' | '|' | '&' => {
                words.extend(word.take());
                let mut separator = String::from(if c == '\n' { ';' } else { c });
                if characters.peek() == Some(&c) && matches!(c, '|' | '&') {
                    separator.extend(characters.next());
                }
                words.push(separator);
            }
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// The words of an exec-form command, the script behind `sh -c` split into its own words.
pub fn unwrap_shell(words: &[String]) -> Vec<String> {
    let is_shell = |word: &String| matches!(word.rsplit('/').next(), Some("sh" | "bash" | "ash" | "dash" | "zsh"));
    let script = words.iter().position(is_shell).filter(|at| *at < 2).and_then(|at| {
        let rest = &words[at + 1..];
        let flag = rest.iter().position(|word| word.starts_with('-') && word.ends_with('c') && !word.starts_with("--"))?;
        rest.get(flag + 1)
    });
    script.map_or_else(|| words.to_vec(), |script| split(script))
}

/// Whether a word parts two commands.
fn is_separator(word: &str) -> bool {
    matches!(word, ";" | "&&" | "||" | "|" | "&")
}

/// The arguments of a program, up to where its command ends; `None` where the program is not called.
pub fn arguments_of<'w>(words: &'w [String], program: &str) -> Option<&'w [String]> {
    let at = words.iter().position(|word| word.rsplit('/').next() == Some(program))?;
    let rest = &words[at + 1..];
    Some(&rest[..rest.iter().position(|word| is_separator(word)).unwrap_or(rest.len())])
}

/// The value of a flag: `--flag value`, `--flag=value`, `-f value`, `-fvalue` for one letter. The last one counts.
pub fn flag<'w>(arguments: &'w [String], name: &str) -> Option<&'w str> {
    let is_short = name.len() == 2 && !name.starts_with("--");
    let mut found = None;
    for (at, word) in arguments.iter().enumerate() {
        let Some(rest) = word.strip_prefix(name) else { continue };
        if rest.is_empty() {
            found = arguments.get(at + 1).map(String::as_str);
        } else if let Some(value) = rest.strip_prefix('=') {
            found = Some(value);
        } else if is_short {
            found = Some(rest);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        split(text)
    }

    #[test]
    fn words_are_split_as_a_shell_does() {
        assert_eq!(words("a 'b c' \"d \\\" e\" f\\ g"), ["a", "b c", "d \" e", "f g"]);
        assert_eq!(words("a&&b ; c\nd \\\n e"), ["a", "&&", "b", ";", "c", ";", "d", "e"]);
        assert_eq!(words("'unclosed"), ["unclosed"]);
    }

    #[test]
    fn flags_are_found_behind_their_program() {
        let line = words("./wait --timeout 5 && gunicorn -w 4 -t90 --bind=:80 app:app; sleep 1 --timeout 7");
        let arguments = arguments_of(&line, "gunicorn").unwrap_or_default();
        assert_eq!(flag(arguments, "-t"), Some("90"));
        assert_eq!(flag(arguments, "--timeout"), None);
        assert_eq!(flag(arguments, "--bind"), Some(":80"));
        assert_eq!(arguments_of(&line, "uwsgi"), None);
    }

    #[test]
    fn the_script_of_a_shell_is_what_runs() {
        let exec: Vec<String> = ["/bin/sh", "-ec", "gunicorn --timeout 90 app"].map(str::to_owned).to_vec();
        assert_eq!(unwrap_shell(&exec), ["gunicorn", "--timeout", "90", "app"]);
    }
}
