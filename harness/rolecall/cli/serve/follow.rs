//! Telling of requests as they come, on the terminal and in a log.
//!
//! A thread of its own writes, so that the explanation of a denial and a slow disk hold up no answer; a client that is
//! faster than it waits.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rolecall_mock::Event;

use crate::report::{RequestStyle, request_line};
use crate::scenario::Sources;

/// How many events may wait to be written.
const WAITING: usize = 4096;

/// Where events go.
pub(super) struct Log {
    out: Box<dyn Write + Send>,
    style: RequestStyle,
}

impl Log {
    /// Lines on standard output.
    pub(super) fn on_stdout(style: RequestStyle) -> Self {
        Self {
            out: Box::new(io::stdout()),
            style,
        }
    }

    /// CloudTrail's JSON at the end of a file, for the user alone.
    pub(super) fn in_file(path: &Path) -> io::Result<Self> {
        let mut options = File::options();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Self {
            out: Box::new(BufWriter::new(options.open(path)?)),
            style: RequestStyle::Json,
        })
    }

    fn write(&mut self, event: &Event, sources: &Sources) -> io::Result<()> {
        writeln!(self.out, "{}", request_line(event, sources, self.style))
    }
}

/// Whoever writes.
pub(super) struct Follower {
    sender: SyncSender<Message>,
    thread: JoinHandle<()>,
}

enum Message {
    Happened(Arc<Event>),
    Stop,
}

impl Follower {
    /// Begins to write to all logs.
    pub(super) fn start(mut logs: Vec<Log>, sources: Arc<Sources>) -> io::Result<Self> {
        let (sender, receiver) = sync_channel(WAITING);
        let write = move || follow(&receiver, &mut logs, &sources);
        let thread = std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(write)?;
        Ok(Self { sender, thread })
    }

    /// What a mock tells its events.
    pub(super) fn observer(&self) -> impl Fn(&Arc<Event>) + Send + Sync + 'static {
        let sender = self.sender.clone();
        move |event| {
            // A writer that is gone has said why.
            let _ = sender.send(Message::Happened(Arc::clone(event)));
        }
    }

    /// Waits until everything is written.
    pub(super) fn finish(self) {
        let _ = self.sender.send(Message::Stop);
        let _ = self.thread.join();
    }
}

fn follow(receiver: &Receiver<Message>, logs: &mut Vec<Log>, sources: &Sources) {
    let mut next = receiver.recv().ok();
    while let Some(Message::Happened(event)) = next {
        keep(logs, |log| log.write(&event, sources));
        next = receiver.try_recv().ok();
        if next.is_none() {
            keep(logs, |log| log.out.flush());
            next = receiver.recv().ok();
        }
    }
    keep(logs, |log| log.out.flush());
}

/// A log that can't be written to is given up, with a word; the server goes on.
fn keep(logs: &mut Vec<Log>, mut write: impl FnMut(&mut Log) -> io::Result<()>) {
    logs.retain_mut(|log| match write(log) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => false,
        Err(error) => {
            eprintln!("error: the log can't be written any more: {error}");
            false
        }
    });
}
