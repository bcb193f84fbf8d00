//! What the formats make of findings that are built by hand.

mod build;
mod formats;
mod limits;
mod machines;
mod pretty;
mod properties;
mod speed;
