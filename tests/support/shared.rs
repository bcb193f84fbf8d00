//! Where real input lies: repositories, documents and other tools' cases in `../shared`, outside of this repository.

use std::path::{Path, PathBuf};

/// A path there, be there something or not; a work tree elsewhere says where the folder is.
pub fn shared(place: &str) -> PathBuf {
    let said = std::env::var_os("BACKEND_LINT_SHARED").map(PathBuf::from);
    said.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared")).join(place)
}
