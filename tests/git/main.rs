//! Repositories of every kind: which base is found, what a commit's tree holds, which migrations are pending.

mod base;
mod pending;
mod since;
mod support;
mod tree;
