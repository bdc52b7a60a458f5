//! A client that writes requests as they are, and reads no more of an answer than its status and its length.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

/// What came of a load.
pub struct Load {
    pub answers: u64,
    pub errors: u64,
    elapsed: Duration,
}

impl Load {
    pub fn per_second(&self) -> f64 {
        self.answers as f64 / self.elapsed.as_secs_f64()
    }
}

/// Sends the texts in turn over so many connections, for so long.
pub async fn load(
    address: SocketAddr,
    texts: &Rc<Vec<Vec<u8>>>,
    connections: usize,
    duration: Duration,
) -> Load {
    let begin = Instant::now();
    let until = begin + duration;
    let local = LocalSet::new();
    let tasks: Vec<_> = (0..connections)
        .map(|first| {
            let texts = Rc::clone(texts);
            local.spawn_local(async move {
                let mut connection = Connection::open(address).await;
                let (mut answers, mut errors) = (0_u64, 0_u64);
                let mut next = first;
                while Instant::now() < until {
                    let status = connection.exchange(&texts[next % texts.len()]).await;
                    next += connections;
                    answers += 1;
                    errors += u64::from(status != 200);
                }
                (answers, errors)
            })
        })
        .collect();
    local.await;
    let mut load = Load {
        answers: 0,
        errors: 0,
        elapsed: begin.elapsed(),
    };
    for task in tasks {
        let (answers, errors) = task.await.expect("a client ends");
        load.answers += answers;
        load.errors += errors;
    }
    load
}

/// Sends each text once.
pub async fn once(address: SocketAddr, texts: &[Vec<u8>], connections: usize) {
    let local = LocalSet::new();
    let texts = Rc::new(texts.to_vec());
    for first in 0..connections {
        let texts = Rc::clone(&texts);
        local.spawn_local(async move {
            let mut connection = Connection::open(address).await;
            for text in texts.iter().skip(first).step_by(connections) {
                let status = connection.exchange(text).await;
                let shown = String::from_utf8_lossy(&connection.buffer).into_owned();
                assert_eq!(status, 200, "{shown}");
            }
        });
    }
    local.await;
}

struct Connection {
    address: SocketAddr,
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        stream.set_nodelay(true).expect("a socket");
        Self {
            address,
            stream,
            buffer: Vec::with_capacity(16 * 1024),
        }
    }

    /// Sends a request and reads its answer; the status. A server that closes after an answer is asked anew.
    async fn exchange(&mut self, text: &[u8]) -> u16 {
        self.stream.write_all(text).await.expect("the server reads");
        self.buffer.clear();
        loop {
            if let Some((status, closes)) = complete(&self.buffer) {
                if closes {
                    *self = Self::open(self.address).await;
                }
                return status;
            }
            let read = self.stream.read_buf(&mut self.buffer).await;
            assert_ne!(read.expect("the server answers"), 0, "the server closes");
        }
    }
}

/// The status of an answer that is there whole, and whether the connection ends with it.
fn complete(answer: &[u8]) -> Option<(u16, bool)> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).expect("text");
    let status = head.get(9..12)?.parse().ok()?;
    let (mut length, mut closes) = (0, head.starts_with("HTTP/1.0"));
    for line in head.lines().skip(1) {
        let (name, value) = line.split_once(':')?;
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        } else if name.eq_ignore_ascii_case("connection") {
            closes = value.trim().eq_ignore_ascii_case("close");
        }
    }
    (answer.len() >= end + 4 + length).then_some((status, closes))
}
