//! CODEOWNERS: where it lies.

use super::config::Above;
use crate::files::Files;
use crate::model::owners::Owners;

/// Where the file is looked for, first GitHub's places, then GitLab's; the first one that exists counts.
const PLACES: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// Reads the file of a tree, or that of the repository around it.
pub(super) fn read(files: &dyn Files, above: &Above) -> Owners {
    let own = PLACES.iter().find_map(|place| files.read(place).ok());
    if let Some(text) = own.and_then(|bytes| String::from_utf8(bytes).ok()) {
        return Owners::of_text(&text, String::new());
    }
    let prefix = above.prefix();
    if prefix.is_empty() {
        return Owners::default();
    }
    let ups = "../".repeat(prefix.split('/').count());
    let text = PLACES.iter().find_map(|place| above.read(&format!("{ups}{place}")).ok());
    text.map(|text| Owners::of_text(&text, prefix + "/")).unwrap_or_default()
}
