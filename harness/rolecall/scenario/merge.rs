//! `use`: the values of world files, put together with those of the file that uses them.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use rolecall_policy::{Entry, Node, Span, Value};

use super::diagnostic::Diagnostic;
use super::discover::{display, is_world, normal};
use super::language::{conform, tables};
use super::library::Library;
use super::tree::{elements, entries, scalar};
use super::variables;

/// Keys of a file that are about the file, not about the world.
const OF_THE_FILE: [&str; 6] = ["scenario", "description", "tags", "use", "steps", "cases"];

/// A file's values with those of the world files that it uses, and that these use.
pub(crate) fn used<'n>(
    root: &'n Node,
    library: &mut Library<'_>,
    found: &mut Vec<Diagnostic>,
) -> Cow<'n, Node> {
    if root.get("use").is_none() {
        return Cow::Borrowed(root);
    }
    let mut merge = Merge {
        library,
        found,
        seen: HashSet::new(),
        files: Vec::new(),
    };
    merge.follow(root);
    let files = merge.files;
    let mut whole: Vec<Entry> = Vec::new();
    for file in &files {
        add(
            &mut whole,
            entries(file)
                .iter()
                .filter(|entry| !OF_THE_FILE.contains(&entry.key.as_str())),
            found,
        );
    }
    add(&mut whole, entries(root).iter(), found);
    Cow::Owned(Node {
        span: root.span,
        value: Value::Map(whole),
    })
}

struct Merge<'l, 'f> {
    library: &'l mut Library<'f>,
    found: &'l mut Vec<Diagnostic>,
    seen: HashSet<PathBuf>,
    files: Vec<Arc<Node>>,
}

impl Merge<'_, '_> {
    fn follow(&mut self, file: &Node) {
        let paths = file.get("use").map(elements).unwrap_or_default();
        for (written, span) in paths
            .iter()
            .filter_map(|node| Some((scalar(node)?, node.span)))
        {
            self.file(written, span);
        }
    }

    fn file(&mut self, written: &str, span: Span) {
        let path = self.library.resolve(span, written);
        if !is_world(&path) {
            let error = Diagnostic::error(
                "scenario::not-a-world-file",
                format!("`{written}` is no world file"),
            )
            .at(span, "used here")
            .help("world files end in `.world.yaml`; rename it");
            return self.found.push(error);
        }
        if !self.seen.insert(normal(&path)) {
            return;
        }
        let id = match self.library.text(&path) {
            Ok(id) => id,
            Err(unreadable) => {
                let help = unreadable
                    .help
                    .unwrap_or_else(|| "paths are relative to this file".to_owned());
                let error = Diagnostic::error("scenario::unreadable-file", unreadable.message);
                return self.found.push(error.at(span, "named here").help(help));
            }
        };
        if let Some(file) = self.library.yaml(id, self.found) {
            conform::file(&file, &tables::WORLD_FILE, self.found);
            variables::none(&file, &display(&path), self.found);
            self.follow(&file);
            self.files.push(file);
        }
    }
}

/// Adds a file's sections to what there is. A name defined twice is a mistake.
fn add<'e>(
    whole: &mut Vec<Entry>,
    file: impl Iterator<Item = &'e Entry>,
    found: &mut Vec<Diagnostic>,
) {
    for entry in file {
        let known = whole.iter_mut().find(|known| known.key == entry.key);
        let Some(known) = known else {
            whole.push(entry.clone());
            continue;
        };
        match (&mut known.value.value, &entry.value.value) {
            (Value::Map(names), Value::Map(more)) if entry.key != "organization" => {
                for name in more {
                    match names.iter().find(|known| known.key == name.key) {
                        Some(first) => {
                            let twice = twice(&name.key, name.key_span, first.key_span);
                            let is_named = entry.key != "context";
                            let help = if is_named { RENAME } else { ONLY_ONE };
                            found.push(twice.help(help));
                        }
                        None => names.push(name.clone()),
                    }
                }
            }
            _ => found.push(twice(&entry.key, entry.key_span, known.key_span).help(ONLY_ONE)),
        }
    }
}

const RENAME: &str = "rename one of them, or change the shared one in a `change` step";

/// For what has no name of its own to change: `clock`, `organization`, a condition key.
const ONLY_ONE: &str = "keep one of them: a world has only one";

fn twice(name: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::error(
        "scenario::defined-twice",
        format!("`{name}` is defined twice"),
    )
    .at(span, "defined again")
    .related(first, "first defined here")
}
