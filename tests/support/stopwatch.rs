//! Time that others on the machine do not lengthen.

use std::time::{Duration, Instant};

/// A clock for bounds on work that must not be quadratic.
pub struct Stopwatch {
    began: Instant,
    used: Option<Duration>,
}

impl Stopwatch {
    pub fn start() -> Stopwatch {
        Stopwatch { began: Instant::now(), used: used() }
    }

    /// What the work took: the time that went by, or the time that this process had a processor if that is less. So a busy machine does not
    /// fail a test, and the other tests of a program, which run beside, count at most as much as they would on a clock on the wall.
    pub fn spent(&self) -> Duration {
        let passed = self.began.elapsed();
        let worked = used().zip(self.used).map(|(now, before)| now.saturating_sub(before));
        worked.map_or(passed, |worked| worked.min(passed))
    }
}

/// How long all threads of this process have run. Absent where there is no `/proc`.
///
/// Fields 14 and 15 of `/proc/self/stat`, in ticks of 1/100 s (`man 5 proc`; Linux shows 100 a second on every machine).
fn used() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is a name in parentheses, which may hold anything.
    let (_, fields) = text.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11).map(|field| field.parse::<u64>().ok());
    let ticks = times.next()?? + times.next()??;
    Some(Duration::from_millis(ticks * 10))
}
