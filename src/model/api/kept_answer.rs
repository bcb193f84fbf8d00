//! Whether answers say how they may be kept: by time or by version.

use super::{Method, OperationRef, ResponseRef, Status};

impl<'a> OperationRef<'a> {
    /// What a request that reads is answered with, where clients could keep it: a body that is no stream.
    pub fn cacheable_answer(self) -> Option<ResponseRef<'a>> {
        let answer = self.responses().into_iter().find(|response| response.status() == Status::Code(200))?;
        let media = answer.media();
        let is_stream =
            media.iter().any(|media| matches!(media.essence().as_str(), "text/event-stream" | "application/x-ndjson"));
        (self.method() == Method::Get && answer.is_known() && !media.is_empty() && !is_stream).then_some(answer)
    }
}

impl ResponseRef<'_> {
    /// Whether a header tells for how long, or up to which version, it holds.
    pub fn says_how_to_cache(self) -> bool {
        const HEADERS: [&str; 4] = ["etag", "last-modified", "cache-control", "expires"];
        self.headers().iter().any(|name| HEADERS.contains(&name.to_ascii_lowercase().as_str()))
    }
}
