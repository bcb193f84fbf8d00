//! The program: arguments in, exit code out.

fn main() -> std::process::ExitCode {
    give_back_large_blocks();
    backend_lint::cli::main()
}

/// Lets what is freed in large blocks go back to the system. With each such block glibc raises the bound from which on it does that, up
/// to 32 MB: the memory in which a large file was read would stay under the catalog that is made of it.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn give_back_large_blocks() {
    const LARGE: libc::c_int = 256 << 10;
    // SAFETY: it sets a number of the allocator, and no other thread runs yet.
    unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE) };
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn give_back_large_blocks() {}
