//! Bytes to statements with spans: lexer, splitter, skeleton, leaf parse, and lowering into our own [`SchemaOp`].
//!
//! Reading never fails: what is not understood becomes an opaque statement that names what it may have touched. What is
//! absent: any knowledge of other files; the catalog that the operations make is replayed in `model/schema`.

pub mod op;

pub use op::*;
