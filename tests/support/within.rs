//! A bound on time for what must not be quadratic.

#[path = "stopwatch.rs"]
mod stopwatch;

use std::time::Duration;
use stopwatch::Stopwatch;

/// Generous, because tests run unoptimised beside others: a quadratic reader needs minutes.
pub fn within(seconds: u64, what: &str, work: impl FnOnce()) {
    let watch = Stopwatch::start();
    work();
    assert!(watch.spent() < Duration::from_secs(seconds), "{what} took {:?}", watch.spent());
}
