//! Where scenario and policy files come from.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// A file.
    File,
    /// A directory.
    Directory,
}

/// Something that files can be read from: the disk, or a map in a test.
pub trait Files {
    /// The bytes of a file; [`io::ErrorKind::FileTooLarge`] where it has more than `limit`.
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>>;

    /// What is at a path.
    fn kind(&self, path: &Path) -> io::Result<FileKind>;

    /// The names in a directory, in any order.
    fn list(&self, directory: &Path) -> io::Result<Vec<(PathBuf, FileKind)>>;
}

/// The machine's own files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let file = fs::File::open(path)?;
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(bytes)
    }

    fn kind(&self, path: &Path) -> io::Result<FileKind> {
        let metadata = fs::metadata(path)?;
        Ok(if metadata.is_dir() {
            FileKind::Directory
        } else {
            FileKind::File
        })
    }

    /// Links to directories count as files, so that no walk goes round in circles; pipes, sockets and devices are passed
    /// over, as reading them may never end.
    fn list(&self, directory: &Path) -> io::Result<Vec<(PathBuf, FileKind)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                found.push((entry.file_name().into(), FileKind::Directory));
            } else if kind.is_file() || kind.is_symlink() {
                found.push((entry.file_name().into(), FileKind::File));
            }
        }
        Ok(found)
    }
}
