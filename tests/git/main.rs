//! Repositories of every kind: which base is found, what a commit's tree holds, which migrations are pending.

mod above;
mod base;
mod beside;
mod debt;
mod pending;
mod refusals;
mod shapes;
mod since;
mod support;
mod tree;
