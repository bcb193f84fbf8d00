//! Pools of which every instance of a function has one of its own.

use super::pool::Pool;
use super::{Role, Runtime};

/// Ports on which poolers listen by default: PgBouncer, and Supavisor's transaction mode.
const POOLER_PORTS: [u16; 2] = [6432, 6543];

impl Runtime {
    /// How many pools have a written size and a server that is known, and those of more than `most` connections between which and the
    /// server no pooler is seen; each with its size.
    pub fn unpooled_over(&self, most: u32) -> (usize, Vec<(&Pool, u32)>) {
        let mut judged = 0;
        let mut found = Vec::new();
        for pool in self.pools_by_owner().into_iter().flatten() {
            let Some(size) = pool.most().known().copied().filter(|_| pool.max.span().is_some()) else { continue };
            let Some(has_pooler) = self.has_pooler(pool) else { continue };
            judged += 1;
            if size > most && !has_pooler {
                found.push((pool, size));
            }
        }
        (judged, found)
    }

    /// Whether a pool leads to a pooler; `None` where it is not known where it leads.
    fn has_pooler(&self, pool: &Pool) -> Option<bool> {
        if let Some((target, _)) = pool.target {
            return Some(self.service(target)?.role() == Role::Pooler);
        }
        let url = pool.url.as_ref()?;
        let host = url.host.as_deref()?.to_ascii_lowercase();
        let is_named = ["pool", "proxy", "bouncer"].iter().any(|word| host.contains(word));
        let is_told = url.parameter("pgbouncer").is_some() || url.port.is_some_and(|port| POOLER_PORTS.contains(&port));
        Some(is_named || is_told)
    }
}
