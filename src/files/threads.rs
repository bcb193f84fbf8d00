//! The same work on many items, in threads.

use std::sync::atomic::{AtomicUsize, Ordering};

/// So many files or folders are read before another thread has started.
const FEW: usize = 32;

/// How many threads are worth starting for the reading of so many files or folders.
pub fn threads_for_files(count: usize, threads: usize) -> usize {
    if count < FEW { 1 } else { threads }
}

/// Maps in up to `threads` threads; results stand in the order of the items.
pub fn in_threads<T: Sync, R: Send>(threads: usize, items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    if threads <= 1 || items.len() <= 1 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            match items.get(at) {
                Some(item) => done.push((at, work(item))),
                None => return done,
            }
        }
    };
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        // This thread works too: what it has freed lies idle while others take memory of their own.
        let workers: Vec<_> = (1..threads.min(items.len())).map(|_| scope.spawn(take)).collect();
        let mut done = take();
        // A worker's panic is passed on: the engine's guard turns it into a finding.
        let others = workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        done.extend(others.flatten());
        done
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}
