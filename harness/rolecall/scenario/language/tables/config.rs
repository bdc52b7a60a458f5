//! The keys of `rolecall.toml`.

use super::super::{Field, Shape, Table};
use super::value::{FLAG, INTEGER, TEXT, TEXTS};

/// The file: settings, and profiles over them.
pub(crate) static CONFIG: Table = table!(
    "the configuration",
    &[
        SCENARIOS,
        TARGET,
        JOBS,
        FAIL_FAST,
        RETRIES,
        STRICT,
        EXPLAIN,
        REPORTS,
        ACCOUNTS,
        AWS,
        BOTOCORE,
        field!(
            "profile",
            &named!("profile", &Shape::Record(&PROFILE)),
            "Settings under a name, over those above: `rolecall run --profile ci` takes `[profile.ci]`.",
        ),
    ],
);

/// What a profile may set.
static PROFILE: Table = table!(
    "a profile",
    &[
        SCENARIOS, TARGET, JOBS, FAIL_FAST, RETRIES, STRICT, EXPLAIN, REPORTS, ACCOUNTS, AWS,
        BOTOCORE,
    ],
);

const SCENARIOS: Field = field!(
    "scenarios",
    &TEXTS,
    "Where scenarios are: files and folders. Default `[\"scenarios\"]`.",
);
const TARGET: Field = field!(
    "target",
    &TEXT,
    "Where to run, as `--target` has it. Default `\"mock\"`.",
);
const JOBS: Field = field!(
    "jobs",
    &INTEGER,
    "How many tests run at a time. Default: one a processor.",
);
const FAIL_FAST: Field = field!(
    "fail-fast",
    &FLAG,
    "Stop after the first test that doesn't pass. Default `false`.",
);
const RETRIES: Field = field!(
    "retries",
    &INTEGER,
    "How often a test that doesn't pass is tried again, in a fresh world. Default `0`.",
);
const STRICT: Field = field!(
    "strict",
    &FLAG,
    "Count steps that the target can't answer as failures. Default `false`.",
);
const EXPLAIN: Field = field!(
    "explain",
    &Shape::Choice(&["failed", "all", "none"]),
    "Which steps are explained, check by check. Default `\"failed\"`.",
);
const REPORTS: Field = field!(
    "reports",
    &Shape::Record(&REPORT_FILES),
    "Reports to write beside the terminal's: format to file. Default: none.",
);

const ACCOUNTS: Field = field!(
    "accounts",
    &named!("account", &TEXT),
    "On live targets: for an account of the scenarios, by its name, the profile of the AWS configuration that administers it.",
);
const AWS: Field = field!(
    "aws",
    &Shape::Record(&REAL_AWS),
    "What the target `aws` may touch. Without it, nothing.",
);

const BOTOCORE: Field = field!(
    "botocore",
    &TEXT,
    "On live targets: the folder of a `botocore` installation, whose services calls may name as well. Default: none.",
);

/// What holds for real AWS.
static REAL_AWS: Table = table!(
    "real AWS",
    &[
        field!(
            "accounts",
            &TEXTS,
            "The numbers of the accounts that a run may build in."
        ),
        field!(
            "endpoint",
            &TEXT,
            "Where AWS's services are taken to be, to try a run out against `rolecall serve`."
        ),
        field!(
            "distributions",
            &FLAG,
            "Whether scenarios with CloudFront distributions run, which takes minutes for each. Default `false`."
        ),
        field!(
            "organizations",
            &FLAG,
            "Whether scenarios with an organization run: member accounts are moved into units of the run, and back. Default `false`."
        ),
    ],
);

/// A file for each format.
static REPORT_FILES: Table = table!(
    "the reports",
    &[
        field!(
            "json",
            &TEXT,
            "A file of JSON lines, or `-` for standard output."
        ),
        field!(
            "junit",
            &TEXT,
            "A file of JUnit XML, or `-` for standard output."
        ),
        field!(
            "tap",
            &TEXT,
            "A file in the Test Anything Protocol, or `-` for standard output."
        ),
        field!(
            "markdown",
            &TEXT,
            "A Markdown file, or `-` for standard output."
        ),
        field!(
            "html",
            &TEXT,
            "A self-contained HTML page, or `-` for standard output."
        ),
        field!(
            "github",
            &TEXT,
            "A file of GitHub's annotations, or `-` for standard output."
        ),
    ],
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_has_every_key_with_its_meaning() {
        let documentation = include_str!("../../../../../docs/config.md");
        let tables = [&CONFIG, &REPORT_FILES, &REAL_AWS];
        for field in tables.iter().flat_map(|table| table.fields) {
            let row = format!("| `{}` | {} |", field.name, field.doc);
            assert!(
                documentation.contains(&row),
                "docs/config.md lacks the row\n{row}"
            );
        }
    }
}
