//! Prints the page `docs/operations.md`.

fn main() {
    print!("{}", rolecall_mock::operations());
}
