//! The committed plan of `scenarios/terraform` is what the real Terraform makes of it, and the scenario takes it as it is.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::clients::terraform::{installation_from, mirror};
use crate::support::{copy_of_scenarios, rolecall, stderr, stdout};

fn terraform(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("terraform")
        .args(arguments)
        .current_dir(folder)
        .env("TF_CLI_CONFIG_FILE", folder.join("terraform.rc"))
        .env("TF_IN_AUTOMATION", "true")
        .env("CHECKPOINT_DISABLE", "true")
        .output()
        .expect("Terraform starts");
    assert!(
        output.status.success(),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
    stdout(&output)
}

/// Without what depends on where the provider comes from.
fn without_providers(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.remove("provider_name");
            members.values_mut().for_each(without_providers);
        }
        Value::Array(values) => values.iter_mut().for_each(without_providers),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn planned(text: &str) -> Value {
    let mut plan: Value = serde_json::from_str(text).expect("a plan");
    let mut planned = plan
        .get_mut("planned_values")
        .map(Value::take)
        .expect("values");
    without_providers(&mut planned);
    planned
}

#[test]
fn the_committed_plan_is_terraforms_own() {
    let Some(mirror) = mirror() else { return };
    let copy = copy_of_scenarios();
    let folder = copy.path().join("scenarios/terraform");
    let committed = std::fs::read_to_string(folder.join("plan.json")).expect("the committed plan");

    std::fs::write(folder.join("terraform.rc"), installation_from(&mirror)).expect("a file");
    terraform(&folder, &["init", "-no-color", "-input=false"]);
    terraform(
        &folder,
        &["plan", "-no-color", "-input=false", "-out=tfplan"],
    );
    let shown = terraform(&folder, &["show", "-json", "tfplan"]);
    std::fs::write(folder.join("plan.json"), &shown).expect("a file");
    let run = rolecall()
        .arg("run")
        .arg(copy.path().join("scenarios/terraform-plan.yaml"))
        .output()
        .expect("the command starts");

    assert_eq!(planned(&shown), planned(&committed));
    assert!(run.status.success(), "{}{}", stdout(&run), stderr(&run));
}
