//! Servers: started, watched, stopped.

use std::ffi::OsString;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rolecall_wire::sigv4::Credentials;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How often the start is timed.
const STARTS: usize = 15;

/// The kernel's clock ticks a second, as Linux shows them to programs.
const TICKS: u64 = 100;

pub enum Kind {
    Rolecall,
    Moto(PathBuf),
}

pub struct Running {
    child: Child,
    pub address: SocketAddr,
    pub keys: Credentials,
    /// The median time from the start to the first answer.
    pub ready: Duration,
}

/// An administrator, a user whose roles are assumed.
const WORLD: &str = r#"accounts: { main: "123456789012" }
users:
  load:
    policies: [AdministratorAccess]
"#;

impl Running {
    pub async fn start(kind: &Kind) -> Self {
        let mut times = Vec::new();
        let starts = if let Kind::Moto(_) = kind { 3 } else { STARTS };
        loop {
            let (child, address, ready) = start_once(kind).await;
            times.push(ready);
            if times.len() == starts {
                times.sort();
                let keys = keys(kind);
                return Self {
                    child,
                    address,
                    keys,
                    ready: times[times.len() / 2],
                };
            }
            stop(child);
        }
    }

    /// Kilobytes in memory.
    pub fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        number.and_then(|number| number.parse().ok()).expect("a number")
    }

    /// What it has used of the processors.
    pub fn processor_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        let stat = stat.expect("it runs");
        let (_, after) = stat.rsplit_once(')').expect("a name");
        let fields: Vec<&str> = after.split_whitespace().collect();
        let ticks: u64 = [fields[11], fields[12]].iter().map(|field| field.parse::<u64>().expect("ticks")).sum();
        Duration::from_millis(ticks * 1000 / TICKS)
    }

    pub fn stop(self) {
        stop(self.child);
    }
}

fn stop(mut child: Child) {
    let _ = child.kill();
    let _ = child.wait();
}

fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("rolecall-load-{}", std::process::id()))
}

async fn start_once(kind: &Kind) -> (Child, SocketAddr, Duration) {
    let port = free_port();
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let mut command = command(kind, port);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let begin = Instant::now();
    let child = command.spawn().expect("the server starts");
    while !answers(address).await {
        assert!(begin.elapsed() < Duration::from_secs(60), "the server answers");
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
    (child, address, begin.elapsed())
}

fn command(kind: &Kind, port: u16) -> Command {
    match kind {
        Kind::Rolecall => {
            std::fs::create_dir_all(folder()).expect("a folder");
            let keys = folder().join("credentials");
            match std::env::var_os("ROLECALL") {
                Some(program) => whole_command(program, port, &keys),
                None => {
                    let here = std::env::current_exe().expect("a program");
                    let mut command = Command::new(here.with_file_name("server"));
                    command.arg(port.to_string()).arg(keys);
                    command
                }
            }
        }
        Kind::Moto(path) => {
            let mut command = Command::new(path);
            command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
            command
        }
    }
}

/// `rolecall serve`, as users have it.
fn whole_command(program: OsString, port: u16, keys: &Path) -> Command {
    let world = folder().join("load.world.yaml");
    std::fs::write(&world, WORLD).expect("a file");
    let mut command = Command::new(program);
    command.arg("serve").arg(world).arg("--credentials").arg(keys);
    command.args(["--port", &port.to_string()]);
    command
}

fn keys(kind: &Kind) -> Credentials {
    match kind {
        // Without enforcement any key will do.
        Kind::Moto(_) => Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None),
        Kind::Rolecall => {
            let text = std::fs::read_to_string(folder().join("credentials")).expect("keys");
            let value = |name: &str| {
                let line = text.lines().find_map(|line| line.strip_prefix(name));
                line.and_then(|line| line.strip_prefix(" = ")).expect("a key")
            };
            Credentials::new(value("aws_access_key_id"), value("aws_secret_access_key"), None)
        }
    }
}

async fn answers(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address).await else {
        return false;
    };
    let text = b"GET /_rolecall/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let mut first = [0];
    stream.write_all(text).await.is_ok() && stream.read(&mut first).await.is_ok_and(|read| read == 1)
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("a port").port()
}

/// Where moto's server is on this machine.
pub fn find_moto() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join("moto_server"))
        .find(|program| program.is_file())
}
