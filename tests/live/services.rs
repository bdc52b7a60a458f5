//! Calls of services that aren't bundled: their models come from a `botocore` installation, what they make is removed.

use std::io::BufReader;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use rolecall::run::{Event, Outcome, Runner, TestResult};
use rolecall::scenario::{self, Loaded};
use rolecall::services;
use rolecall::target::Target;
use rolecall::target::live::{Aws, Live, Place};
use rolecall_mock::Mock;
use serde_json::json;

use crate::faults::{read, write};
use crate::support::{FIRST, Served, run, runtime, settings};

/// A service in `botocore`'s words. `Shelve` makes something that no call removes.
const MODEL: &str = r#"{
  "metadata": {
    "apiVersion": "2020-01-01", "endpointPrefix": "shelves", "signingName": "shelf", "protocol": "json",
    "jsonVersion": "1.0", "targetPrefix": "Shelf_2020", "serviceFullName": "Shelf"
  },
  "operations": {
    "CreateBox": {
      "name": "CreateBox", "http": { "method": "POST", "requestUri": "/" },
      "input": { "shape": "CreateBoxInput" }, "output": { "shape": "CreateBoxOutput" }
    },
    "DeleteBox": {
      "name": "DeleteBox", "http": { "method": "POST", "requestUri": "/" }, "input": { "shape": "DeleteBoxInput" }
    },
    "ListBoxes": { "name": "ListBoxes", "http": { "method": "POST", "requestUri": "/" } },
    "ImportBooks": { "name": "ImportBooks", "http": { "method": "POST", "requestUri": "/" } }
  },
  "shapes": {
    "CreateBoxInput": {
      "type": "structure", "required": ["BoxName"],
      "members": { "BoxName": { "shape": "Text" }, "Depth": { "shape": "Number" } }
    },
    "CreateBoxOutput": { "type": "structure", "members": { "BoxArn": { "shape": "Text" } } },
    "DeleteBoxInput": { "type": "structure", "required": ["BoxArn"], "members": { "BoxArn": { "shape": "Text" } } },
    "Number": { "type": "integer" },
    "Text": { "type": "string" }
  }
}"#;

const SCENARIO: &str = r#"
scenario: A librarian keeps boxes
users:
  carol: {}
steps:
  - as: carol
    call: shelf:CreateBox
    with: { BoxName: novels, Depth: 3 }
    expect: { BoxArn: "arn:aws:shelf:us-east-1:123456789012:box/novels" }
  - as: carol
    call: shelf:ListBoxes
    expect: denied
  - as: carol
    call: shelf:ImportBooks
"#;

/// The mock behind a port, and beside it the service.
struct Library {
    address: SocketAddr,
    /// The ARNs of the boxes that are there.
    boxes: Arc<Mutex<Vec<String>>>,
    /// What requests of the service were signed for.
    scopes: Arc<Mutex<Vec<String>>>,
}

impl Library {
    fn start(mock: &Mock) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let library = Self {
            address: listener.local_addr().expect("an address"),
            boxes: Arc::default(),
            scopes: Arc::default(),
        };
        let (mock, boxes, scopes) = (
            mock.clone(),
            Arc::clone(&library.boxes),
            Arc::clone(&library.scopes),
        );
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let (mock, boxes, scopes) = (mock.clone(), Arc::clone(&boxes), Arc::clone(&scopes));
                let connection = connection.expect("a connection");
                std::thread::spawn(move || serve(&connection, &mock, &boxes, &scopes));
            }
        });
        library
    }
}

fn serve(
    connection: &TcpStream,
    mock: &Mock,
    boxes: &Mutex<Vec<String>>,
    scopes: &Mutex<Vec<String>>,
) -> Option<()> {
    let mut reader = BufReader::new(connection.try_clone().ok()?);
    loop {
        let request = read(&mut reader)?;
        let target = request.headers().get("x-amz-target").cloned();
        let response = match target.as_ref().and_then(|target| target.to_str().ok()) {
            Some(target) if target.starts_with("Shelf_2020.") => {
                let signed = request.headers()["authorization"].to_str().ok()?;
                let scope = signed.split(['/', ',']).nth(3)?;
                scopes.lock().ok()?.push(scope.to_owned());
                answer(target, request.body(), &mut *boxes.lock().ok()?)
            }
            _ => mock.handle(request),
        };
        write(connection, &response)?;
    }
}

fn answer(target: &str, body: &[u8], boxes: &mut Vec<String>) -> http::Response<Bytes> {
    let input: serde_json::Value = serde_json::from_slice(body).expect("JSON");
    let text = |name: &str| {
        let text = input.get(name).and_then(serde_json::Value::as_str);
        text.expect("a text").to_owned()
    };
    let (status, output) = match target {
        "Shelf_2020.CreateBox" => {
            assert_eq!(input.get("Depth"), Some(&json!(3)));
            let arn = format!("arn:aws:shelf:us-east-1:{FIRST}:box/{}", text("BoxName"));
            boxes.push(arn.clone());
            (200, json!({ "BoxArn": arn }))
        }
        "Shelf_2020.DeleteBox" => {
            boxes.retain(|known| *known != text("BoxArn"));
            (200, json!({}))
        }
        "Shelf_2020.ListBoxes" => (
            400,
            json!({"__type": "shelf#AccessDeniedException", "message": "No."}),
        ),
        other => panic!("{other}"),
    };
    let body = Bytes::from(output.to_string());
    let response = http::Response::builder().status(status);
    response.body(body).expect("an answer")
}

/// A `botocore` package with one service, and a scenario beside it.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let version = folder.path().join("botocore/data/shelf/2020-01-01");
    std::fs::create_dir_all(&version).expect("a folder");
    std::fs::write(version.join("service-2.json"), MODEL).expect("a model");
    std::fs::write(folder.path().join("boxes.yaml"), SCENARIO).expect("a scenario");
    services::install(&folder.path().join("botocore")).expect("an installation");
    folder
}

fn scenario_of(folder: &Path, file: &str) -> Loaded {
    scenario::load(&[folder.join(file)], &scenario::Disk)
}

fn outcomes(results: &[TestResult]) -> Vec<(Outcome, String)> {
    let steps = results.iter().flat_map(|result| &result.steps);
    steps
        .map(|step| (step.outcome, step.reasons.join("; ")))
        .collect()
}

/// One test, as the installation is chosen for the whole process.
#[test]
fn a_call_reaches_services_of_an_installation_and_what_it_makes_is_removed() {
    let folder = folder();
    let loaded = scenario_of(folder.path(), "boxes.yaml");
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
    let served = Served::start();
    let library = Library::start(&served.mock);
    let journals = tempfile::tempdir().expect("a folder");
    let mut settings = settings(journals.path(), "box");
    settings.aws = Aws {
        accounts: vec![FIRST.to_owned()],
        endpoint: Some(format!("http://{}", library.address)),
        ..Aws::default()
    };
    let live = runtime()
        .block_on(Live::connect(Place::Aws, &settings))
        .expect("the target answers");
    runtime()
        .block_on(live.probe())
        .expect("AWS needs no probe");

    let results = run(&live, &loaded);

    let nobody = "nobody could remove what shelf:ImportBooks makes";
    assert_eq!(
        outcomes(&results),
        [
            (Outcome::Pass, String::new()),
            (Outcome::Pass, String::new()),
            (Outcome::Skip, nobody.to_owned()),
        ]
    );
    assert_eq!(live.finish().expect("a journal"), []);
    assert_eq!(*library.boxes.lock().expect("boxes"), [""; 0]);
    let scopes = library.scopes.lock().expect("scopes").clone();
    assert!(scopes.iter().all(|scope| scope == "shelf"), "{scopes:?}");

    on_the_mock(&loaded);
    with_mistakes(folder.path());
}

/// Never a pass: the mock knows nothing of the service.
fn on_the_mock(loaded: &Loaded) {
    let tests: Vec<_> = loaded.tests.iter().collect();
    let mut results = Vec::new();
    Runner::new(Target::Mock).run(&tests, |event| {
        if let Event::TestFinished(result) = event {
            results.push(result.clone());
        }
    });

    let reason = "the mock has no shelf: calls of it are for live targets";
    let skipped = (Outcome::Skip, reason.to_owned());
    assert_eq!(outcomes(&results), vec![skipped; 3]);
}

fn with_mistakes(folder: &Path) {
    let written = SCENARIO
        .replace("BoxName: novels, ", "")
        .replace("ListBoxes", "ListBoxen")
        .replace("Depth: 3", "Depth: three");
    std::fs::write(folder.join("mistakes.yaml"), written).expect("a scenario");

    let loaded = scenario_of(folder, "mistakes.yaml");

    let told = loaded.diagnostics.iter().map(|found| found.message.clone());
    let told: Vec<String> = told.collect();
    assert_eq!(
        told,
        [
            "shelf:CreateBox needs `BoxName`",
            "`Depth` must be a whole number",
            "shelf has no operation `ListBoxen`",
        ]
    );
}
