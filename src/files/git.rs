//! A commit's tree.
