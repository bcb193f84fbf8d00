//! The program: arguments in, exit code out.

fn main() -> std::process::ExitCode {
    set_allocator();
    backend_lint::cli::main()
}

/// Lets what is freed in large blocks go back to the system. With each such block glibc raises the bound from which on it does that, up
/// to 32 MB: the memory in which a large file was read would stay under the catalog that is made of it. What is freed in small blocks
/// stays: asked for again page by page it costs more than the work that it is for.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn set_allocator() {
    const LARGE: libc::c_int = 256 << 10;
    const STEP: libc::c_int = 1 << 20;
    const IDLE: libc::c_int = 16 << 20;
    for (number, value) in [(libc::M_MMAP_THRESHOLD, LARGE), (libc::M_TOP_PAD, STEP), (libc::M_TRIM_THRESHOLD, IDLE)] {
        // SAFETY: it sets a number of the allocator, and no other thread runs yet.
        unsafe { libc::mallopt(number, value) };
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn set_allocator() {}
