//! What goes wrong between the harness and a target ends in *error* with a clear word, never in a pass or a fail, and what was
//! made is removed or journaled.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use bytes::Bytes;
use rolecall::run::{Outcome, TestResult};
use rolecall::target::live::{Journals, Settings, sweep};
use rolecall_mock::Mock;
use rstest::rstest;
use tokio::sync::Notify;

use crate::support::{FIRST, NoSleep, Served, connect, load, run, runtime, settings};

/// What a server does to a request instead of answering it.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// It answers, but not what it wanted to.
    Tampers(fn(&str) -> String),
    Throttles,
    Fails,
    HangsUp,
    /// It keeps the request, and tells.
    Silence(Arc<Notify>),
    Dies,
}

/// Which requests it does so to.
pub(crate) type Hits = fn(usize, &str) -> bool;

/// The mock behind a port, with faults; it is no rolecall server, as nobody answers its control requests.
pub(crate) struct Faulty {
    address: SocketAddr,
}

impl Faulty {
    pub(crate) fn start(mock: &Mock, address: SocketAddr, fault: &Fault, hits: Hits) -> Self {
        let listener = std::iter::repeat_with(|| TcpListener::bind(address))
            .find_map(Result::ok)
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        let dead = Arc::new(AtomicBool::new(false));
        let (mock, seen) = (mock.clone(), Arc::new(AtomicUsize::new(0)));
        let fault = fault.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                if dead.load(Ordering::Relaxed) {
                    return;
                }
                let (mock, dead, seen) = (mock.clone(), Arc::clone(&dead), Arc::clone(&seen));
                let (fault, connection) = (fault.clone(), connection.expect("a connection"));
                std::thread::spawn(move || serve(&connection, &mock, &fault, hits, &seen, &dead));
            }
        });
        Self { address }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// Serves one connection until it ends.
fn serve(
    connection: &TcpStream,
    mock: &Mock,
    fault: &Fault,
    hits: Hits,
    seen: &AtomicUsize,
    dead: &AtomicBool,
) -> Option<()> {
    // Head and body are written apart: neither is to wait until the other is acknowledged.
    connection.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(connection.try_clone().ok()?);
    loop {
        let request = read(&mut reader)?;
        let count = seen.fetch_add(1, Ordering::Relaxed);
        if dead.load(Ordering::Relaxed) {
            return None;
        }
        let told = told(&request);
        let response = if hits(count, &told) {
            match fault {
                Fault::Tampers(how) => mock.handle(request).map(|body| {
                    let text = String::from_utf8_lossy(&body).into_owned();
                    Bytes::from(how(&text))
                }),
                Fault::Throttles => plain(
                    400,
                    "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>",
                ),
                Fault::Fails => plain(
                    500,
                    "<Error><Code>InternalError</Code><Message>We encountered an internal error. Please try again.</Message></Error>",
                ),
                Fault::HangsUp => return None,
                Fault::Silence(over) => {
                    over.notify_one();
                    std::thread::park();
                    return None;
                }
                Fault::Dies => {
                    dead.store(true, Ordering::Relaxed);
                    // The listener waits for one more.
                    drop(TcpStream::connect(connection.local_addr().ok()?));
                    return None;
                }
            }
        } else {
            mock.handle(request)
        };
        write(connection, &response)?;
    }
}

/// `GET / ` or `POST / Action=CreateUser…`.
fn told(request: &http::Request<Bytes>) -> String {
    let body = String::from_utf8_lossy(request.body());
    format!("{} {} {body}", request.method(), request.uri().path())
}

fn plain(status: u16, body: &'static str) -> http::Response<Bytes> {
    http::Response::builder()
        .status(status)
        .body(Bytes::from_static(body.as_bytes()))
        .expect("an answer")
}

pub(crate) fn read(reader: &mut BufReader<TcpStream>) -> Option<http::Request<Bytes>> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split_whitespace();
    let mut request = http::Request::builder()
        .method(words.next()?)
        .uri(words.next()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim_end();
        let Some((name, value)) = line.split_once(": ") else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().ok()?;
        }
        request = request.header(name, value);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    request.body(Bytes::from(body)).ok()
}

pub(crate) fn write(mut connection: &TcpStream, response: &http::Response<Bytes>) -> Option<()> {
    let mut head = format!("HTTP/1.1 {}\r\n", response.status().as_u16());
    for (name, value) in response.headers() {
        let value = value.to_str().ok()?;
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let _ = write!(head, "content-length: {}\r\n\r\n", response.body().len());
    connection.write_all(head.as_bytes()).ok()?;
    connection.write_all(response.body()).ok()
}

pub(crate) fn loopback() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// The tutorial's `ListBuckets` is `GET /`, and nothing that builds or removes a world is.
fn list_buckets(_count: usize, request: &str) -> bool {
    request.starts_with("GET / ")
}

#[rstest]
#[case::throttling(|_| Fault::Throttles, "the target keeps answering Throttling (400)")]
#[case::server_errors(|_| Fault::Fails, "the target keeps answering InternalError (500)")]
#[case::dropped_connections(|_| Fault::HangsUp, "connection")]
#[case::silence(Fault::Silence, "no answer within 60s")]
fn a_fault_is_an_error_with_a_clear_word_and_nothing_is_left(
    #[case] fault: fn(Arc<Notify>) -> Fault,
    #[case] word: &str,
) {
    let served = Served::start();
    let sleep = NoSleep::default();
    let faulty = Faulty::start(&served.mock, loopback(), &fault(sleep.over()), list_buckets);
    let journals = tempfile::tempdir().expect("a folder");
    let settings = Settings {
        sleep: SharedAsyncSleep::new(sleep),
        ..settings(journals.path(), "t1")
    };
    let live = connect(&faulty.endpoint(), &settings);

    let results = run(&live, &load("scenarios/tutorial.yaml"));

    let step = step(&results, "2");
    assert_eq!(step.0, Outcome::Error, "{}", step.1);
    assert!(step.1.contains(word), "{}", step.1);
    let step = self::step(&results, "3.2");
    assert_eq!(step.0, Outcome::Error, "an answer was expected: {}", step.1);
    assert_eq!(live.finish().expect("a journal"), []);
    assert_eq!(served.left("rc-t1-", &[FIRST]), [""; 0]);
}

fn step(results: &[TestResult], number: &str) -> (Outcome, String) {
    let mut steps = results.iter().flat_map(|result| &result.steps);
    let step = steps.find(|step| step.number == number).expect("a step");
    (step.outcome, step.reasons.join("; "))
}

#[test]
fn faults_that_pass_are_waited_for() {
    let served = Served::start();
    let every_third: Hits = |count, _request| count % 3 == 2;
    let faulty = Faulty::start(&served.mock, loopback(), &Fault::Throttles, every_third);
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&faulty.endpoint(), &settings(journals.path(), "t1"));

    let results = run(&live, &load("scenarios/tutorial.yaml"));

    assert_eq!(results[0].outcome(), Outcome::Pass, "{:#?}", results[0]);
    assert_eq!(live.finish().expect("a journal"), []);
    assert_eq!(served.left("rc-t1-", &[FIRST]), [""; 0]);
}

#[test]
fn a_server_that_dies_leaves_a_journal_that_sweep_finishes() {
    let served = Served::start();
    // The world is built by then, and the steps have begun.
    let late: Hits = |count, _request| count == 12;
    let faulty = Faulty::start(&served.mock, loopback(), &Fault::Dies, late);
    let journals = tempfile::tempdir().expect("a folder");
    let settings = settings(journals.path(), "t1");
    let live = connect(&faulty.endpoint(), &settings);

    let results = run(&live, &load("scenarios/tutorial.yaml"));

    assert_eq!(results[0].outcome(), Outcome::Error, "{:#?}", results[0]);
    let told = results[0].error.as_deref().unwrap_or_default();
    assert!(told.contains("`rolecall sweep` finishes it"), "{told}");
    assert!(!live.finish().expect("a journal").is_empty());
    drop(live);

    let never: Hits = |_count, _request| false;
    let _again = Faulty::start(&served.mock, faulty.address, &Fault::HangsUp, never);
    let left = Journals::of(journals.path()).expect("journals").left;
    let swept = runtime()
        .block_on(sweep(&left[0], &settings))
        .expect("the target answers again");

    assert_eq!(swept.left, []);
    assert_eq!(served.left("rc-t1-", &[FIRST]), [""; 0]);
}
