//! A load run: the mock's server, and moto's where it is on the machine, each asked the same signed requests over
//! loopback, with one connection and with 64.
//!
//! ```sh
//! cargo build --release && cd harness/mock/bench && ROLECALL=../../../target/release/rolecall cargo run --release --bin load
//! ```
//!
//! measures `rolecall serve`; without `ROLECALL` the program `server` beside this one, which is the mock behind a port and
//! nothing else. Client and server share the machine, so requests a second are those of both; the server's own processor
//! time for a request is measured beside them, and is nearly the same on a busy machine. `ROLECALL_LOAD_SECONDS` says how
//! long each measurement takes (3), `ROLECALL_LOAD_ROLES` how many roles the large world has (100,000).

mod client;
mod requests;
mod server;

use std::time::Duration;

use client::{Load, load};
use requests::Requests;
use server::{Kind, Running};

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(run());
}

fn setting(name: &str, default: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.and_then(|text| text.parse().ok()).unwrap_or(default)
}

async fn run() {
    let seconds = Duration::from_secs(setting("ROLECALL_LOAD_SECONDS", 3));
    let roles = usize::try_from(setting("ROLECALL_LOAD_ROLES", 100_000)).expect("a number");
    println!("| | start to ready | resident, ready | connections | operation | requests/s | server µs/request |");
    println!("|---|---|---|---|---|---|---|");
    let small = measure(Kind::Rolecall, 0, seconds).await;
    let large = measure(Kind::Rolecall, roles, seconds).await;
    let moto = match server::find_moto() {
        Some(path) => measure(Kind::Moto(path), 0, seconds).await,
        None => {
            println!("moto_server is not on this machine");
            Vec::new()
        }
    };
    compare("100,000 roles to a small world", &large, &small);
    compare("rolecall to moto", &small, &moto);
}

/// One row of the table.
struct Row {
    connections: usize,
    operation: &'static str,
    load: Load,
}

async fn measure(kind: Kind, roles: usize, seconds: Duration) -> Vec<Row> {
    let server = Running::start(&kind).await;
    let ready = server.ready;
    let resident = server.resident();
    let requests = Requests::new(server.address, &server.keys);
    requests.prepare(roles).await;
    let name = match (&kind, roles) {
        (Kind::Moto(_), _) => "moto".to_owned(),
        (Kind::Rolecall, 0) => "rolecall".to_owned(),
        (Kind::Rolecall, roles) => format!("rolecall, {roles} roles"),
    };
    let mut rows = Vec::new();
    for connections in [1, 64] {
        for (operation, texts) in requests.measured(roles) {
            let before = server.processor_time();
            let load = load(server.address, &texts, connections, seconds).await;
            let used = server.processor_time().saturating_sub(before);
            let per_request = used.as_secs_f64() * 1e6 / load.answers.max(1) as f64;
            println!(
                "| {name} | {:.1} ms | {:.1} MiB | {connections} | {operation} | {:.0} | {per_request:.1} |",
                ready.as_secs_f64() * 1e3,
                resident as f64 / 1024.0,
                load.per_second()
            );
            assert_eq!(load.errors, 0, "{operation}: every request succeeds");
            rows.push(Row {
                connections,
                operation,
                load,
            });
        }
    }
    println!("| {name}, after the load | | {:.1} MiB | | | | |", server.resident() as f64 / 1024.0);
    server.stop();
    rows
}

fn compare(what: &str, these: &[Row], those: &[Row]) {
    if these.is_empty() || those.is_empty() {
        return;
    }
    println!("\n{what}:");
    for (this, that) in these.iter().zip(those) {
        let ratio = this.load.per_second() / that.load.per_second();
        println!("- {}, {} connections: {ratio:.2}", this.operation, this.connections);
    }
}
