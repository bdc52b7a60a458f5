//! Each scenario and case below `scenarios/` is a test of its own: `cargo test --test scenarios -- --list`.

fn main() -> std::process::ExitCode {
    rolecall::suite::Suite::of("scenarios").main()
}
