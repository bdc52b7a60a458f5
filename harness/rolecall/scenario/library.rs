//! The files of one load: each is read, and each policy prepared, once.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use rolecall_policy::lint::{Advice, Services};
use rolecall_policy::validate::PolicyKind;
use rolecall_policy::{Document, Node, SourceId, Span, catalog, json, managed};

use super::diagnostic::Diagnostic;
use super::discover::{display, neighbour, normal, unreadable};
use super::files::Files;
use super::model::{PolicyDocument, PolicyReference};
use super::source::Sources;
use super::text::to_json;
use super::yaml;

/// The largest scenario or policy file, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// The largest Terraform plan, in bytes.
const MAX_PLAN: u64 = 64 << 20;

/// Files, texts and policies.
pub(crate) struct Library<'f> {
    files: &'f dyn Files,
    pub(crate) sources: Sources,
    directories: HashMap<SourceId, PathBuf>,
    texts: HashMap<PathBuf, Result<SourceId, Unreadable>>,
    trees: HashMap<SourceId, Option<Arc<Node>>>,
    policies: HashMap<PathBuf, Option<PolicyDocument>>,
    managed: HashMap<String, Option<(String, PolicyDocument)>>,
    plans: HashMap<PathBuf, Result<Arc<serde_json::Value>, Unreadable>>,
    services: Services,
    validated: HashSet<(Span, String)>,
    advice: HashMap<(Span, String, Option<String>), Rc<[Advice]>>,
    /// The files asked for since the last [`Library::take_asked`].
    asked: BTreeSet<PathBuf>,
}

/// Why a file can't be used.
#[derive(Clone, Debug)]
pub(crate) struct Unreadable {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl<'f> Library<'f> {
    pub(crate) fn new(files: &'f dyn Files) -> Self {
        Self {
            files,
            sources: Sources::new(),
            directories: HashMap::new(),
            texts: HashMap::new(),
            trees: HashMap::new(),
            policies: HashMap::new(),
            managed: HashMap::new(),
            plans: HashMap::new(),
            services: Services::default(),
            validated: HashSet::new(),
            advice: HashMap::new(),
            asked: BTreeSet::new(),
        }
    }

    /// Takes note that a file is needed, and gives the path it is known by.
    fn ask(&mut self, path: &Path) -> PathBuf {
        let key = normal(path);
        self.asked.insert(key.clone());
        key
    }

    /// The files asked for since the last call, also those that can't be read.
    pub(crate) fn take_asked(&mut self) -> BTreeSet<PathBuf> {
        std::mem::take(&mut self.asked)
    }

    /// The text of a file.
    pub(crate) fn text(&mut self, path: &Path) -> Result<SourceId, Unreadable> {
        let key = self.ask(path);
        if let Some(known) = self.texts.get(&key) {
            return known.clone();
        }
        let read = self.read_text(path);
        self.texts.insert(key, read.clone());
        read
    }

    fn read_text(&mut self, path: &Path) -> Result<SourceId, Unreadable> {
        let bytes = self
            .files
            .read(path, MAX_FILE)
            .map_err(|error| self.explain(path, &error, "1 MiB"))?;
        let text = String::from_utf8(bytes)
            .map_err(|error| not_utf8(path, error.as_bytes(), error.utf8_error().valid_up_to()))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let id = self.sources.add(display(path), text);
        let directory = path.parent().map(Path::to_owned).unwrap_or_default();
        self.directories.insert(id, directory);
        Ok(id)
    }

    /// A file's YAML. A mistake in it is reported once, to whoever asks first.
    pub(crate) fn yaml(&mut self, id: SourceId, found: &mut Vec<Diagnostic>) -> Option<Arc<Node>> {
        if let Some(known) = self.trees.get(&id) {
            return known.clone();
        }
        let source = self.sources.get(id)?;
        let tree = match yaml::read(source.text(), id) {
            Ok(Some(node)) => Some(Arc::new(node)),
            Ok(None) => {
                found.push(empty(id));
                None
            }
            Err(error) => {
                found.push(*error);
                None
            }
        };
        self.trees.insert(id, tree.clone());
        tree
    }

    /// Where a path written in the file of `span` leads.
    pub(crate) fn resolve(&self, span: Span, written: &str) -> PathBuf {
        let directory = self.directories.get(&span.source);
        directory.map_or_else(
            || PathBuf::from(written),
            |directory| directory.join(written),
        )
    }

    /// A policy file's document; the mistakes in it are reported once, to whoever asks first.
    pub(crate) fn policy(
        &mut self,
        path: &Path,
        found: &mut Vec<Diagnostic>,
    ) -> Result<Option<PolicyDocument>, Unreadable> {
        let key = self.ask(path);
        if let Some(known) = self.policies.get(&key) {
            return Ok(known.clone());
        }
        let id = self.text(path)?;
        let document = self.read_policy(path, id, found);
        self.policies.insert(key, document.clone());
        Ok(document)
    }

    fn read_policy(
        &mut self,
        path: &Path,
        id: SourceId,
        found: &mut Vec<Diagnostic>,
    ) -> Option<PolicyDocument> {
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let source = self.sources.get(id)?;
            return match json::read(source.text(), id) {
                Ok(node) => document(Arc::from(source.text()), Arc::new(node), found),
                Err(error) => {
                    found.push(
                        Diagnostic::error(
                            "policy::json",
                            format!("`{}` is not JSON", source.path()),
                        )
                        .at(error.span, error.message)
                        .help(
                            "a policy file is one JSON object, without comments or trailing commas",
                        ),
                    );
                    None
                }
            };
        }
        let node = self.yaml(id, found)?;
        document(to_json(&node).into(), node, found)
    }

    /// A managed policy of AWS by name or ARN: its ARN and document.
    pub(crate) fn managed(&mut self, name_or_arn: &str) -> Option<(String, PolicyDocument)> {
        if let Some(known) = self.managed.get(name_or_arn) {
            return known.clone();
        }
        let policy = managed::find(name_or_arn);
        let prepared = policy.and_then(|policy| {
            Some((
                policy.arn.clone(),
                self.prepare(&policy.arn, &policy.document)?,
            ))
        });
        self.managed
            .insert(name_or_arn.to_owned(), prepared.clone());
        prepared
    }

    /// A policy of AWS that isn't among the managed ones, by its ARN and text.
    pub(crate) fn built_in(&mut self, arn: &str, json: &str) -> Option<PolicyDocument> {
        if let Some(known) = self.managed.get(arn) {
            return known.clone().map(|(_, document)| document);
        }
        let prepared = self.prepare(arn, json);
        let entry = prepared.clone().map(|document| (arn.to_owned(), document));
        self.managed.insert(arn.to_owned(), entry);
        prepared
    }

    fn prepare(&mut self, arn: &str, json: &str) -> Option<PolicyDocument> {
        let text: Arc<str> = json.into();
        let id = self.sources.add(arn, text.clone());
        let node = json::read(&text, id).ok()?;
        document(text, Arc::new(node), &mut Vec::new())
    }

    /// A service of AWS's authorization reference, by the prefix of its actions.
    pub(crate) fn service(&mut self, prefix: &str) -> Option<Rc<catalog::Service>> {
        self.services.get(prefix)
    }

    /// What the policy crate advises about a policy.
    pub(crate) fn advice(
        &mut self,
        reference: &PolicyReference,
        kind: PolicyKind<'_>,
        account: Option<&str>,
    ) -> Rc<[Advice]> {
        let node = &reference.document.node;
        if node.span.source == reference.span.source {
            // What a case fills in changes the document, not its place.
            return self.services.lint(node, kind, account).into();
        }
        let key = (node.span, kind_of(kind), account.map(str::to_owned));
        if let Some(known) = self.advice.get(&key) {
            return known.clone();
        }
        let advice: Rc<[Advice]> = self.services.lint(node, kind, account).into();
        self.advice.insert(key, advice.clone());
        advice
    }

    /// A Terraform plan in JSON.
    pub(crate) fn plan(&mut self, path: &Path) -> Result<Arc<serde_json::Value>, Unreadable> {
        let key = self.ask(path);
        if let Some(known) = self.plans.get(&key) {
            return known.clone();
        }
        let plan = self.read_plan(path);
        self.plans.insert(key, plan.clone());
        plan
    }

    fn read_plan(&self, path: &Path) -> Result<Arc<serde_json::Value>, Unreadable> {
        let bytes = self
            .files
            .read(path, MAX_PLAN)
            .map_err(|error| self.explain(path, &error, "64 MiB"))?;
        let plan: Option<serde_json::Value> = serde_json::from_slice(&bytes).ok();
        let plan = plan.filter(|plan| plan.get("planned_values").is_some());
        plan.map(Arc::new).ok_or_else(|| Unreadable {
            message: format!("`{}` is no Terraform plan in JSON", display(path)),
            help: Some(
                "make one: `terraform plan -out=tfplan && terraform show -json tfplan > plan.json`"
                    .to_owned(),
            ),
        })
    }

    /// A policy as text inside another file, under a name of its own; the error says what it isn't.
    pub(crate) fn policy_text(
        &mut self,
        shown: &str,
        json: &str,
        found: &mut Vec<Diagnostic>,
    ) -> Result<Option<PolicyDocument>, String> {
        let key = PathBuf::from(shown);
        if let Some(known) = self.policies.get(&key) {
            return Ok(known.clone());
        }
        let text: Arc<str> = json.into();
        let id = self.sources.add(shown, text.clone());
        let node =
            json::read(&text, id).map_err(|error| format!("its policy is not JSON: {error}"))?;
        let document = document(text, Arc::new(node), found);
        self.policies.insert(key, document.clone());
        Ok(document)
    }

    /// Whether a document is looked at for the first time as this kind of policy.
    pub(crate) fn first_look(&mut self, document: &PolicyDocument, kind: PolicyKind<'_>) -> bool {
        self.validated.insert((document.node.span, kind_of(kind)))
    }

    /// Whether a policy file was asked for under this path.
    pub(crate) fn is_policy(&self, path: &Path) -> bool {
        self.policies.contains_key(&normal(path))
    }

    fn explain(&self, path: &Path, error: &io::Error, limit: &str) -> Unreadable {
        let shown = display(path);
        if error.kind() == io::ErrorKind::FileTooLarge {
            return Unreadable {
                message: format!("`{shown}` has more than {limit}"),
                help: Some("split it into several files".to_owned()),
            };
        }
        Unreadable {
            message: unreadable(&shown, error),
            help: neighbour(self.files, path).map(|near| format!("did you mean `{near}`?")),
        }
    }
}

fn kind_of(kind: PolicyKind<'_>) -> String {
    match kind {
        PolicyKind::Bucket(bucket) => format!("Bucket {bucket}"),
        other => format!("{other:?}"),
    }
}

/// A document, or what keeps the value from being one.
pub(crate) fn document(
    json: Arc<str>,
    node: Arc<Node>,
    found: &mut Vec<Diagnostic>,
) -> Option<PolicyDocument> {
    match Document::from_node(&node) {
        Ok(document) => Some(PolicyDocument {
            json,
            node,
            document: Arc::new(document),
        }),
        Err(error) => {
            found.push(
                Diagnostic::error("policy::not-a-policy", "this is not a policy document")
                    .at(error.span, error.message)
                    .help("a policy is a map with `Version` and `Statement`"),
            );
            None
        }
    }
}

fn not_utf8(path: &Path, bytes: &[u8], valid: usize) -> Unreadable {
    let wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let line = bytes
        .iter()
        .take(valid)
        .filter(|byte| **byte == b'\n')
        .count()
        + 1;
    let message = if wide {
        format!("`{}` is UTF-16, not UTF-8", display(path))
    } else {
        format!("`{}` is not UTF-8 text (line {line})", display(path))
    };
    Unreadable {
        message,
        help: Some("save the file as UTF-8".to_owned()),
    }
}

fn empty(id: SourceId) -> Diagnostic {
    Diagnostic::error("scenario::empty-file", "the file is empty")
        .at(Span::new(id, 0, 0), "nothing here")
        .help("a scenario begins with `scenario: what it shows` and has `steps`")
}
