//! Connections that nginx passes on as they come: `proxy_pass` in a `server` itself, which only the `stream` module knows.

use super::super::route::Route;
use super::route::{Reader, timeout, written};
use super::scope::{Frame, Scope};

/// Whether a place lies within `stream`, also where the block itself stands in a file that is not here.
pub(super) fn is_within(frames: &[Frame<'_>]) -> bool {
    let passes = |frame: &Frame<'_>| frame.is("server") && !frame.own("proxy_pass").is_empty();
    frames.iter().any(|frame| frame.is("stream")) || frames.last().is_some_and(passes)
}

impl Reader<'_, '_, '_, '_> {
    /// The route of the `server` on top, if it passes connections on.
    pub(super) fn connection(&self, frames: &[Frame<'_>]) -> Option<Route> {
        let frame = frames.last().filter(|frame| frame.is("server"))?;
        let (opening, pass) = (frame.opening?, *frame.own("proxy_pass").last()?);
        let scope = Scope { frames, is_whole: self.is_whole() };
        let listen = frame.own("listen").first().and_then(|listen| listen.arguments.first());
        let name = listen.map_or("server".to_owned(), |word| format!("server {}", word.text));
        let mut route = Route::bare(self.gateway, name, opening.span, pass.span);
        route.module = "tcp";
        let address = pass.arguments.first().and_then(|word| self.substitute(&scope, &word.text));
        route.servers = self.servers(pass, address.as_deref().unwrap_or("$"));
        route.waits.connect = timeout(&scope, "proxy", "connect_timeout");
        route.waits.read = written(&scope, "proxy_timeout", "stream proxy_timeout");
        Some(route)
    }
}
