//! What a run has made on a target, on disk before it is made, so that a killed run can be cleaned up after.
//!
//! A journal is a file of JSON lines: the target, then one line before each creation and one after each deletion. The
//! run holds a lock on it; a journal without a lock is a dead run's. It is removed when nothing is left.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Something that a run makes on a target.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct Thing {
    /// What it is.
    pub kind: Kind,
    /// The target's account that it is in.
    pub account: String,
    /// Its name on the target; for providers the ARN, for [`Kind::Other`] the call that removes it.
    pub name: String,
}

/// What can be made, in the order in which it is removed again.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// What a root or account of an organization has attached, to be put back.
    Controls,
    /// Where an account of an organization was: `ACCOUNT PARENT`.
    Placement,
    /// An organizational unit.
    Unit,
    /// A service or resource control policy.
    ControlPolicy,
    /// An account in an organization of the run's own.
    Member,
    /// An organization of the run's own, with the number of the management account.
    Organization,
    /// Something of another service, by the call that removes it.
    Other,
    /// An S3 bucket with its objects.
    Bucket,
    /// A user with its keys, policies and memberships; its MFA devices are switched off.
    User,
    /// A virtual MFA device, which no user may have any more.
    MfaDevice,
    /// A role with its policies.
    Role,
    /// A group with its policies.
    Group,
    /// A customer managed policy.
    Policy,
    /// An OpenID Connect provider.
    OidcProvider,
    /// A CloudFront distribution, which takes AWS minutes to remove.
    Distribution,
    /// A SAML provider.
    SamlProvider,
}

impl Kind {
    /// What one is called: `user`.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Controls => "bound target",
            Self::Placement => "moved account",
            Self::Unit => "organizational unit",
            Self::ControlPolicy => "control policy",
            Self::Member => "member account",
            Self::Organization => "organization",
            Self::Other => "other resource",
            Self::Bucket => "bucket",
            Self::User => "user",
            Self::MfaDevice => "MFA device",
            Self::Role => "role",
            Self::Group => "group",
            Self::Policy => "policy",
            Self::OidcProvider => "OIDC provider",
            Self::Distribution => "distribution",
            Self::SamlProvider => "SAML provider",
        }
    }
}

impl Thing {
    /// One of a kind in an account of the target.
    pub fn new(kind: Kind, account: &str, name: impl Into<String>) -> Self {
        Self {
            kind,
            account: account.to_owned(),
            name: name.into(),
        }
    }
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let noun = self.kind.noun();
        write!(f, "{noun} {} in account {}", self.name, self.account)
    }
}

/// Where a journal's run was.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Header {
    /// The run's id, which its names begin with.
    pub run: String,
    /// The target as `--target` names it.
    pub target: String,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line {
    Run(Header),
    Makes(Thing),
    Removed(Thing),
}

/// The journal of a run that goes on. Clones write to the same file.
#[derive(Clone, Debug)]
pub struct Journal {
    /// The run's id.
    run: String,
    path: PathBuf,
    /// None where nothing can be left: what is replayed from a record is never made.
    file: Option<Arc<Mutex<File>>>,
}

impl Journal {
    /// Of a run that makes nothing.
    pub(super) fn of_nothing(run: &str) -> Self {
        Self {
            run: run.to_owned(),
            path: PathBuf::new(),
            file: None,
        }
    }

    /// Begins a run's journal in a folder, which is made if need be.
    ///
    /// # Errors
    ///
    /// When the file can't be written, or another run goes on under the same id.
    pub fn begin(folder: &Path, header: &Header) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join(format!("{}.jsonl", header.run));
        let file = OpenOptions::new()
            .create_new(true)
            .append(true)
            .open(&path)?;
        file.try_lock().map_err(io::Error::from)?;
        let journal = Self {
            run: header.run.clone(),
            path,
            file: Some(Arc::new(Mutex::new(file))),
        };
        journal.write(&Line::Run(header.clone()))?;
        Ok(journal)
    }

    /// The run's id.
    pub(super) fn run(&self) -> &str {
        &self.run
    }

    /// Before something is made.
    pub(super) fn makes(&self, thing: &Thing) -> io::Result<()> {
        self.write(&Line::Makes(thing.clone()))
    }

    /// After it is gone.
    pub(super) fn removed(&self, thing: &Thing) -> io::Result<()> {
        self.write(&Line::Removed(thing.clone()))
    }

    fn write(&self, line: &Line) -> io::Result<()> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(text.as_bytes())?;
        file.sync_data()
    }

    /// Ends the run: without anything left, the journal goes.
    ///
    /// # Errors
    ///
    /// When the file can't be read or removed.
    pub fn end(&self) -> io::Result<Vec<Thing>> {
        if self.file.is_none() {
            return Ok(Vec::new());
        }
        let (_, left) = read(&self.path)?;
        if left.is_empty() {
            std::fs::remove_file(&self.path)?;
        }
        Ok(left)
    }
}

/// The journal of a run that ended without cleaning up, locked against others who would sweep it.
#[derive(Debug)]
pub struct Leftover {
    /// Where the run was.
    pub header: Header,
    /// What it may have left.
    pub things: Vec<Thing>,
    journal: Journal,
}

impl Leftover {
    /// What writes down that things are gone.
    pub(super) fn journal(&self) -> &Journal {
        &self.journal
    }
}

/// The journals in a folder.
#[derive(Debug, Default)]
pub struct Journals {
    /// Of runs that are over.
    pub left: Vec<Leftover>,
    /// Names of files whose run goes on.
    pub running: Vec<String>,
    /// Files that are no journals, with the reason.
    pub unreadable: Vec<(PathBuf, String)>,
}

impl Journals {
    /// All journals in a folder, by file name; none if there is no such folder.
    ///
    /// # Errors
    ///
    /// When the folder can't be read.
    pub fn of(folder: &Path) -> io::Result<Self> {
        let entries = match std::fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            entries => entries?,
        };
        let mut paths = Vec::new();
        for entry in entries {
            paths.push(entry?.path());
        }
        paths.retain(|path| {
            path.extension()
                .is_some_and(|extension| extension == "jsonl")
        });
        paths.sort();
        let mut journals = Self::default();
        for path in paths {
            journals.take(path);
        }
        Ok(journals)
    }

    fn take(&mut self, path: PathBuf) {
        match take_over(&path) {
            Ok(Some(leftover)) => self.left.push(leftover),
            Ok(None) => {
                let name = path.file_stem().unwrap_or_default();
                self.running.push(name.to_string_lossy().into_owned());
            }
            Err(error) => self.unreadable.push((path, error.to_string())),
        }
    }
}

fn take_over(path: &Path) -> io::Result<Option<Leftover>> {
    let file = OpenOptions::new().append(true).open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    // A last line that was cut off was written for something that was not made yet.
    let text = std::fs::read(path)?;
    let whole = text
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |end| end + 1);
    file.set_len(u64::try_from(whole).unwrap_or(u64::MAX))?;
    let (header, things) = read(path)?;
    Ok(Some(Leftover {
        things,
        journal: Journal {
            run: header.run.clone(),
            path: path.to_owned(),
            file: Some(Arc::new(Mutex::new(file))),
        },
        header,
    }))
}

/// The header and what is left.
fn read(path: &Path) -> io::Result<(Header, Vec<Thing>)> {
    let mut header = None;
    let mut left: Vec<Thing> = Vec::new();
    for line in BufReader::new(File::open(path)?).lines() {
        match serde_json::from_str(&line?)? {
            Line::Run(run) => header = Some(run),
            Line::Makes(thing) if left.contains(&thing) => {}
            Line::Makes(thing) => left.push(thing),
            Line::Removed(thing) => left.retain(|other| *other != thing),
        }
    }
    if header.is_none() && !left.is_empty() {
        let reason = "the file doesn't begin with a run";
        return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
    }
    Ok((header.unwrap_or_default(), left))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            run: "r1".to_owned(),
            target: "localstack".to_owned(),
        }
    }

    fn user(name: &str) -> Thing {
        Thing::new(Kind::User, "000000000000", name)
    }

    #[test]
    fn what_was_made_and_not_removed_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::begin(folder.path(), &header()).unwrap();

        journal.makes(&user("a")).unwrap();
        journal.makes(&user("b")).unwrap();
        journal.removed(&user("a")).unwrap();
        drop(journal);

        let journals = Journals::of(folder.path()).unwrap();
        assert_eq!(journals.left[0].header, header());
        assert_eq!(journals.left[0].things, [user("b")]);
    }

    #[test]
    fn a_run_that_goes_on_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::begin(folder.path(), &header()).unwrap();

        let journals = Journals::of(folder.path()).unwrap();

        assert!(journals.left.is_empty());
        assert_eq!(journals.running, ["r1"]);
        drop(journal);
    }

    #[test]
    fn a_journal_goes_when_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::begin(folder.path(), &header()).unwrap();
        journal.makes(&user("a")).unwrap();
        assert_eq!(journal.end().unwrap(), [user("a")]);

        journal.removed(&user("a")).unwrap();

        assert_eq!(journal.end().unwrap(), []);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_line_that_was_cut_off_is_of_something_that_was_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::begin(folder.path(), &header()).unwrap();
        journal.makes(&user("a")).unwrap();
        drop(journal);
        let path = folder.path().join("r1.jsonl");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{text}{{\"makes\":{{\"ki")).unwrap();

        let journals = Journals::of(folder.path()).unwrap();

        assert_eq!(journals.left[0].things, [user("a")]);
    }
}
