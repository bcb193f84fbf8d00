//! The stable name of a finding: it outlives inserted lines, reordered keys and reworded messages.
//!
//! Rule, subject and evidence are hashed; evidence is sorted first, because rules meet facts in the order of the file.
//! Occurrences do not count: one more place with the same fault is not another fault. The hash is FNV-1a over 128 bits with its
//! published constants: its bytes must never change, since baselines hold them, and nobody gains by making two findings collide.

const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// FNV-1a over parts. Each part is closed by a byte that no UTF-8 text holds, so that `ab`, `c` is not `a`, `bc`.
pub(super) fn hash<'p>(parts: impl Iterator<Item = &'p str>) -> u128 {
    let bytes = parts.flat_map(|part| part.bytes().chain([0xff]));
    bytes.fold(OFFSET, |state, byte| (state ^ u128::from(byte)).wrapping_mul(PRIME))
}

/// 32 hexadecimal digits. `twin` numbers findings that are the same in all that is hashed, from 0, in order of place.
pub(super) fn fingerprint(rule: &str, subject: &str, evidence: &[String], twin: usize) -> String {
    let mut facts: Vec<&str> = evidence.iter().map(String::as_str).collect();
    facts.sort_unstable();
    let number = (twin > 0).then(|| twin.to_string());
    let parts = [rule, subject].into_iter().chain(facts).chain(number.as_deref());
    format!("{:032x}", hash(parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_published_one() {
        // Vectors of the FNV reference: the empty text is the offset basis.
        assert_eq!(hash(std::iter::empty()), OFFSET);
        let plain = b"foobar".iter().fold(OFFSET, |state, byte| (state ^ u128::from(*byte)).wrapping_mul(PRIME));
        assert_eq!(format!("{plain:032x}"), "343e1662793c64bf6f0d3597ba446f18");
    }

    #[test]
    fn parts_do_not_run_together_and_evidence_has_no_order() {
        let facts = |list: &[&str]| list.iter().map(|fact| (*fact).to_owned()).collect::<Vec<_>>();
        assert_ne!(fingerprint("a/b", "c", &[], 0), fingerprint("a/bc", "", &[], 0));
        assert_eq!(fingerprint("a/b", "c", &facts(&["x", "y"]), 0), fingerprint("a/b", "c", &facts(&["y", "x"]), 0));
        assert_ne!(fingerprint("a/b", "c", &[], 0), fingerprint("a/b", "c", &[], 1));
        assert_ne!(fingerprint("a/b", "c", &facts(&["x"]), 0), fingerprint("a/b", "c", &[], 0));
    }
}
