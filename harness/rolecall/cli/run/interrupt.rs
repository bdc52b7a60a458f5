//! Ctrl-C: the first lets running tests end, the second ends the process at once.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::{Exit, complain};

/// Set by the first Ctrl-C.
pub(super) static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Listens for Ctrl-C from now on; the first calls `first`.
pub(super) fn listen(first: impl FnOnce() + Send + 'static) {
    let listening = std::thread::Builder::new()
        .name("interrupt".to_owned())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_io()
                .build();
            if let Ok(runtime) = runtime
                && runtime.block_on(tokio::signal::ctrl_c()).is_ok()
            {
                INTERRUPTED.store(true, Ordering::Relaxed);
                first();
                let _ = runtime.block_on(tokio::signal::ctrl_c());
                std::process::exit(i32::from(Exit::Interrupted.status()));
            }
        });
    if let Err(error) = listening {
        complain(&format!("Ctrl-C can't be caught: {error}"), None);
    }
}
