//! The service models that calls know: the bundled ones, and those of a `botocore` installation.
//!
//! Which services a call may name is known before any scenario is read, and is the same for all of them; so the installation
//! is chosen once for the process ([`install`]). Its models are read when a call first names them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rolecall_wire::Service;
use rolecall_wire::model;

/// The files of a model, packed or not.
const FILES: [&str; 2] = ["service-2.json.gz", "service-2.json"];

/// The largest file that is read as a model, in bytes: EC2's has 3 MiB packed, 12 MiB plain.
const LARGEST: u64 = 64 << 20;

/// Takes further service models from a `botocore` installation: the folder of the package, or the `data` in it. An
/// installation chosen before is forgotten.
///
/// # Errors
///
/// Why the folder has no models.
pub fn install(folder: &Path) -> Result<(), String> {
    let inside = folder.join("data");
    let data = if inside.is_dir() {
        inside
    } else {
        folder.to_owned()
    };
    let entries = std::fs::read_dir(&data).map_err(|error| format!("can't be read: {error}"))?;
    let names = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        newest(&entry.path())?;
        entry.file_name().into_string().ok()
    });
    let names: Vec<String> = names.collect();
    if names.is_empty() {
        return Err("has no service models".to_owned());
    }
    let mut installed = installed();
    if installed.data != data {
        *installed = Installed {
            data,
            names,
            read: BTreeMap::new(),
        };
    }
    Ok(())
}

/// The model of a service, by the name that it has on the AWS CLI.
///
/// # Errors
///
/// Why the installed model can't be used.
pub fn service(name: &str) -> Result<Option<&'static Service>, String> {
    match model::service(name) {
        Some(bundled) => Ok(Some(bundled)),
        None => installed().service(name),
    }
}

/// The model of a service that a scenario has named already.
pub(crate) fn known(name: &str) -> Option<&'static Service> {
    service(name).ok().flatten()
}

/// Whether the mock may have a service; of one that comes from an installation it knows nothing.
pub fn is_bundled(name: &str) -> bool {
    model::service_names().any(|bundled| bundled == name)
}

/// The names of the services of the installation, without those that are bundled.
pub(crate) fn installed_names() -> Vec<String> {
    let names = installed().names.clone();
    names.into_iter().filter(|name| !is_bundled(name)).collect()
}

#[derive(Debug)]
struct Installed {
    data: PathBuf,
    names: Vec<String>,
    read: BTreeMap<String, Result<&'static Service, String>>,
}

static INSTALLED: Mutex<Installed> = Mutex::new(Installed {
    data: PathBuf::new(),
    names: Vec::new(),
    read: BTreeMap::new(),
});

fn installed() -> MutexGuard<'static, Installed> {
    INSTALLED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Installed {
    fn service(&mut self, name: &str) -> Result<Option<&'static Service>, String> {
        if !self.names.iter().any(|known| known == name) {
            return Ok(None);
        }
        if let Some(read) = self.read.get(name) {
            return read.clone().map(Some);
        }
        let read = read(name, &self.data.join(name));
        self.read.insert(name.to_owned(), read.clone());
        read.map(Some)
    }
}

fn read(name: &str, folder: &Path) -> Result<&'static Service, String> {
    let file = newest(folder).ok_or("there is no model")?;
    let length = std::fs::metadata(&file).map_err(|error| error.to_string())?;
    if length.len() > LARGEST {
        return Err("the model has more than 64 MiB".to_owned());
    }
    let bytes = std::fs::read(&file).map_err(|error| error.to_string())?;
    model::parse(name, &bytes).map_err(|error| error.to_string())
}

/// The model of a service's newest version: versions are days, and sort as such.
fn newest(service: &Path) -> Option<PathBuf> {
    let versions = std::fs::read_dir(service).ok()?;
    let mut versions: Vec<PathBuf> = versions
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    versions.sort();
    versions.into_iter().rev().find_map(|version| {
        let mut files = FILES.iter().map(|file| version.join(file));
        files.find(|file| file.is_file())
    })
}
