//! Runs rules; configuration, suppressions, base and head; orders findings.
