//! `backend-lint`: reads a repository as a senior backend engineer would.
//!
//! Floors, each importing only from below:
//! 1. [`files`], [`source`], [`diagnostic`], [`fact`]: bytes, places, what a rule says, what is known.
//! 2. [`documents`], [`sql`], [`report`]: bytes to trees and statements; findings to text.
//! 3. [`discover`], [`model`]: what each file is; the one model in which artifacts meet.
//! 4. [`rules`]: pure functions of the model, one file a rule.
//! 5. [`engine`]: runs rules; configuration, suppressions, base and head; orders findings.
//! 6. [`cli`]: one file a command.
//!
//! Nothing below the engine touches the disk (but `files/disk.rs` and `files/git.rs`), the clock or the environment. Reading
//! never fails: it returns a tree and problems. Findings are ordered by place, never by thread.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

pub mod cli;
pub mod diagnostic;
pub mod discover;
pub mod documents;
pub mod engine;
pub mod fact;
pub mod files;
pub mod model;
pub mod report;
pub mod rules;
pub mod source;
pub mod sql;
