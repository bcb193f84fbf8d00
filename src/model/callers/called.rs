//! How code calls an operation: where it says its path, of which server, and by which method.

use crate::model::api::{OperationRef, is_inner_host};
use crate::model::mentions::{as_word, is_telling};
use memchr::memmem;

/// How far apart the parts of a path may stand where code puts a value between them, in bytes.
const APART: usize = 80;

/// How far before a path its address and its method may stand, and how far behind it its method, in bytes.
const AROUND: usize = 300;

/// The methods of HTTP that calls name.
const METHODS: [&str; 7] = ["get", "put", "post", "patch", "delete", "head", "options"];

/// How code names an operation.
pub(super) struct Called {
    /// The words of its path between parameters: `/users` and `/orders` of `/users/{id}/orders`.
    runs: Vec<String>,
    /// Whether a parameter comes last.
    goes_on: bool,
    /// Its id, where that says by itself what it is.
    id: Option<String>,
    /// Its method, in lower case.
    method: String,
    /// The hosts of its servers; what stands before a variable is cut off: `.example.com` of `{region}.example.com`.
    hosts: Vec<String>,
}

/// A place that calls an operation.
#[derive(Clone, Copy)]
pub(super) struct Call {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether it is the operation, and no other one of such a path.
    pub(super) sure: bool,
}

impl Called {
    pub(super) fn of(operation: OperationRef) -> Called {
        let path = operation.path();
        let mut runs: Vec<String> = Vec::new();
        let mut is_new = true;
        for part in path.split('/').filter(|part| !part.is_empty()) {
            match runs.last_mut().filter(|_| !is_new) {
                _ if part.contains('{') => is_new = true,
                Some(run) => *run = format!("{run}/{part}"),
                None => {
                    runs.push(format!("/{part}"));
                    is_new = false;
                }
            }
        }
        let servers = operation.effective_servers();
        let hosts = servers.iter().map(|server| host(server.url.as_bytes().get(authority(&server.url)..).unwrap_or_default()));
        Called {
            runs,
            goes_on: path.trim_end_matches('/').ends_with('}'),
            id: operation.operation_id().filter(|id| is_telling(id)).map(str::to_owned),
            method: operation.method_name().to_ascii_lowercase(),
            hosts: hosts.filter(|host| !host.is_empty()).collect(),
        }
    }

    /// What every file holds that calls it: the last word of its path, or its id.
    pub(super) fn needles(&self) -> impl Iterator<Item = &str> {
        let last = self.runs.last().and_then(|run| run.get(run.rfind('/')?..));
        last.into_iter().chain(self.id.as_deref())
    }

    /// Where code says its id.
    pub(super) fn id_in(&self, bytes: &[u8]) -> Option<Call> {
        let id = self.id.as_ref()?;
        as_word(bytes, id).next().map(|start| Call { start, end: start + id.len(), sure: true })
    }

    /// Where code says the path: its parts one behind the other, the first in full or without what a base address has. Behind an
    /// address that is put in, that may have further parts, whether it is the same path is not sure; nor is it at somebody else's
    /// address, in a file that names such addresses alone, or with another method.
    pub(super) fn path_in(&self, bytes: &[u8]) -> Option<Call> {
        let is_elsewhere = {
            let mut named = quoted_hosts(bytes).peekable();
            named.peek().is_some() && !named.any(|host| self.is_own(&host))
        };
        let mut unsure = None;
        for (from, first) in self.runs.iter().enumerate() {
            let others = self.runs.get(from + 1..).unwrap_or_default();
            for text in first.match_indices('/').filter_map(|(at, _)| first.get(at..)) {
                for start in memmem::find_iter(bytes, text.as_bytes()) {
                    let Some(end) = rest(bytes, start + text.len(), others).filter(|end| self.ends_there(bytes, *end)) else {
                        continue;
                    };
                    let behind_address = start.checked_sub(1).and_then(|at| bytes.get(at)) == Some(&b'}');
                    let Some(host) = begins_there(bytes, start).filter(|_| from == 0 || behind_address) else { continue };
                    let is_there = host.map_or(!is_elsewhere, |host| self.is_own(&host));
                    let sure = from == 0 && is_there && self.is_so_called(bytes, start, end);
                    let call = Call { start, end, sure };
                    if sure {
                        return Some(call);
                    }
                    unsure.get_or_insert(call);
                }
            }
        }
        unsure
    }

    fn ends_there(&self, bytes: &[u8], end: usize) -> bool {
        let next = bytes.get(end).copied();
        let is_word = next.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        // A slash before the end of the text is one that frameworks leave out.
        let goes_on = next == Some(b'/') && !bytes.get(end + 1).is_some_and(|byte| is_quote(*byte) && !self.goes_on);
        !is_word && goes_on == self.goes_on
    }

    /// Whether a host is one of its servers, or one of the house.
    fn is_own(&self, host: &str) -> bool {
        // `{domain}.com` says nothing.
        let is_suffix = |own: &str| own.starts_with('.') && own.matches('.').count() > 1;
        let is_server = |own: &String| host == own || is_suffix(own) && host.ends_with(own.as_str());
        is_inner_host(host) || self.hosts.iter().any(is_server)
    }

    /// Whether a call has its method, or does not say which.
    fn is_so_called(&self, bytes: &[u8], start: usize, end: usize) -> bool {
        let said = methods(bytes, start, end);
        said.is_empty() || said.contains(&self.method.as_str())
    }
}

/// The end of the further parts of a path; `None` where they do not follow.
fn rest(bytes: &[u8], from: usize, others: &[String]) -> Option<usize> {
    let mut end = from;
    for run in others {
        let window = bytes.get(end..bytes.len().min(end + APART))?;
        end += memmem::find(window, run.as_bytes())? + run.len();
    }
    Some(end)
}

pub(super) fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// Where the host begins in an address.
fn authority(url: &str) -> usize {
    url.find("//").map_or(url.len(), |at| at + 2)
}

/// The host with which a text begins, in lower case; empty where a value is put in for the whole of it.
fn host(text: &[u8]) -> String {
    let text = text.split(|byte| matches!(byte, b'/' | b':')).next().unwrap_or_default();
    let text = text.rsplit(|byte| *byte == b'}').next().unwrap_or_default();
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let name: Vec<u8> = text.iter().copied().take_while(is_part).collect();
    String::from_utf8_lossy(&name).to_ascii_lowercase()
}

/// The hosts of the addresses that stand in quotes, of those that are written out.
fn quoted_hosts(bytes: &[u8]) -> impl Iterator<Item = String> {
    memmem::find_iter(bytes, b"://").filter_map(|at| {
        let before = bytes.get(..at)?;
        let scheme = before.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let is_quoted = before.get(..at - scheme)?.last().is_some_and(|byte| is_quote(*byte));
        let host = written_host(bytes.get(at + 3..bytes.len().min(at + AROUND))?);
        host.filter(|_| is_quoted && scheme > 0)
    })
}

/// The host of an address behind its `://`; `None` where a value is put in first.
fn written_host(text: &[u8]) -> Option<String> {
    let is_written = text.first().is_some_and(u8::is_ascii_alphanumeric);
    let name = text.split(|byte| matches!(byte, b'$' | b'{' | b'%' | b'#' | b'<')).next()?;
    is_written.then(|| host(name)).filter(|host| !host.is_empty())
}

/// Whether a path begins at a place: behind a quote, a value that is put in, or an address. Then the host that is written before it in
/// the same line, if one is.
fn begins_there(bytes: &[u8], at: usize) -> Option<Option<String>> {
    let before = bytes.get(at.saturating_sub(AROUND)..at)?;
    let line = before.rsplit(|byte| *byte == b'\n').next()?;
    let address = memmem::rfind(line, b"://").and_then(|at| line.get(at + 3..));
    let is_host = address.is_some_and(|address| !address.iter().any(|byte| *byte == b'/' || is_quote(*byte)));
    let is_begin = line.last().is_some_and(|byte| is_quote(*byte) || *byte == b'}') || is_host;
    is_begin.then(|| address.and_then(written_host))
}

/// The methods that a call names around its path: `axios.delete(..`, `fetch(.., { method: 'DELETE' })`, `NewRequest("DELETE", ..`.
fn methods(bytes: &[u8], start: usize, end: usize) -> Vec<&'static str> {
    let mut found = Vec::new();
    let before = String::from_utf8_lossy(bytes.get(start.saturating_sub(AROUND)..start).unwrap_or_default());
    if let Some((callee, arguments)) = before.rsplit_once('(') {
        let callee = if callee.ends_with('>') { callee.rsplit_once('<').map_or(callee, |(name, _)| name) } else { callee };
        let name = callee.rsplit(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default().to_ascii_lowercase();
        let name = name.strip_suffix("mapping").or(name.strip_suffix("async")).unwrap_or(&name);
        found.extend(METHODS.into_iter().find(|method| *method == name));
        found.extend(words(arguments));
    }
    let mut depth = 0_i32;
    let is_inside = |byte: &u8| {
        depth += i32::from(matches!(byte, b'(' | b'[' | b'{')) - i32::from(matches!(byte, b')' | b']' | b'}'));
        depth >= 0
    };
    let behind: Vec<u8> = bytes.iter().skip(end).take(AROUND).copied().take_while(is_inside).collect();
    found.extend(words(&String::from_utf8_lossy(&behind)));
    found
}

/// The methods among the words of a text: in capitals, as constants of Go (`MethodDelete`), or behind the word `method`.
fn words(text: &str) -> Vec<&'static str> {
    let mut previous = "";
    let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words
        .filter_map(|word| {
            let is_said = previous.eq_ignore_ascii_case("method") || word.bytes().all(|byte| byte.is_ascii_uppercase());
            previous = word;
            let constant = word.strip_prefix("Method");
            let name = constant.unwrap_or(word);
            METHODS.into_iter().find(|method| (is_said || constant.is_some()) && name.eq_ignore_ascii_case(method))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(runs: &[&str], goes_on: bool) -> Called {
        let hosts = vec!["shop.test.example".into(), ".shop.example".into()];
        Called { runs: runs.iter().map(|run| (*run).to_owned()).collect(), goes_on, id: None, method: "get".into(), hosts }
    }

    #[test]
    fn a_path_is_found_as_code_writes_it() {
        let one = called(&["/api/v1/orders"], true);
        for text in ["`/api/v1/orders/${id}`", "\"/v1/orders/\" + id", "`${base}/orders/${id}`", "'https://x.test/orders/' + id"]
        {
            assert!(one.path_in(text.as_bytes()).is_some_and(|call| call.sure), "{text}");
        }
        for text in ["'/api/v1/orders'", "'/admin/orders/' + id", "'/orders-archive/' + id", "orders/7"] {
            assert!(one.path_in(text.as_bytes()).is_none(), "{text}");
        }
        let list = called(&["/orders"], false);
        assert!(list.path_in(b"'/orders?page=2'").is_some() && list.path_in(b"'/orders/'").is_some());
        assert!(list.path_in(b"`/orders/${id}`").is_none());
        let nested = called(&["/users", "/orders"], false);
        assert!(nested.path_in(b"`/users/${id}/orders`").is_some_and(|call| call.sure) && nested.path_in(b"'/users'").is_none());
        assert!(nested.path_in(b"`${ofUser}/orders`").is_some_and(|call| !call.sure) && nested.path_in(b"'/orders'").is_none());
    }

    #[test]
    fn the_host_that_is_written_decides_whose_path_it_is() {
        let one = called(&["/v1/orders"], true);
        let sure = |text: &str| one.path_in(text.as_bytes()).map(|call| call.sure);
        for text in [
            "fetch(`https://shop.test.example/v1/orders/${id}`)",
            "fetch(`https://eu.shop.example/v1/orders/${id}`)",
            "fetch('http://localhost:8080/v1/orders/' + id)",
            "fetch('http://orders:8080/v1/orders/' + id)",
            "fetch(`https://${host}/v1/orders/${id}`)",
            "open('https://other.example'); at('http://orders'); fetch(`${base}/v1/orders/${id}`)",
        ] {
            assert_eq!(sure(text), Some(true), "{text}");
        }
        for text in [
            "fetch(`https://api.other.example/v1/orders/${id}`)",
            "fetch(`https://api.other.example:443${prefix}/v1/orders/${id}`)",
            "fetch('https://api.other.example' + '/v1/orders/' + id)",
            "const BASE = 'https://api.other.example';\nfetch(`${BASE}/v1/orders/${id}`)",
        ] {
            assert_eq!(sure(text), Some(false), "{text}");
        }
    }

    #[test]
    fn another_method_is_another_operation() {
        let one = called(&["/v1/orders"], true);
        let sure = |text: &str| one.path_in(text.as_bytes()).map(|call| call.sure);
        for text in [
            "fetch(`/v1/orders/${id}`, { method: 'DELETE' })",
            "fetch(`/v1/orders/${id}`, { method: 'delete' })",
            "axios.delete<Order>(`/v1/orders/${id}`)",
            "http.NewRequest(http.MethodPatch, base+\"/v1/orders/\"+id, nil)",
            "@DELETE(\"/v1/orders/{id}\")",
        ] {
            assert_eq!(sure(text), Some(false), "{text}");
        }
        for text in [
            "fetch(`/v1/orders/${id}`); fetch(other, { method: 'DELETE' })",
            "axios.delete(`/v1/orders/${id}`); axios.get(`/v1/orders/${id}`)",
            "api.getOne(`/v1/orders/${id}`)",
        ] {
            assert_eq!(sure(text), Some(true), "{text}");
        }
    }
}
