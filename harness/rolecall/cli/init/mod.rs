//! `rolecall init`: a first scenario to start from.

mod question;

use std::fs::OpenOptions;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::config::Configured;
use super::load::DEFAULT_PATH;
use super::{Appearance, Exit, complain};
use crate::scenario::display;
use question::{ask, choose};

/// Write a first scenario and its trust policy
///
/// Asks on a terminal what isn't said by a flag. Nothing is ever overwritten.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder for scenarios [default: scenarios, or that of rolecall.toml]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,

    /// Who shall assume the role [default: user]
    #[arg(long, value_enum, value_name = "WHO")]
    who: Option<Who>,

    /// The role's name [default: Deploy, or for a vendor Monitoring]
    #[arg(long, value_name = "NAME", value_parser = role_name)]
    role: Option<String>,

    /// The GitHub repository, for `--who github` [default: acme/site]
    #[arg(long, value_name = "OWNER/NAME", value_parser = repository)]
    repository: Option<String>,

    /// The external id, for `--who vendor` [default: Customer-4711]
    #[arg(long, value_name = "ID", value_parser = external_id)]
    external_id: Option<String>,

    #[command(flatten)]
    configured: Configured,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Who {
    /// A user of the same account
    User,
    /// A vendor from another account, with an external id
    Vendor,
    /// GitHub Actions in a repository, without stored keys
    Github,
}

impl Who {
    const ALL: [(Self, &'static str); 3] = [
        (Self::User, "a user of the same account"),
        (
            Self::Vendor,
            "a vendor from another account, with an external id",
        ),
        (
            Self::Github,
            "GitHub Actions in a repository, without stored keys",
        ),
    ];

    /// The scenario and the trust policy, with place holders.
    const fn templates(self) -> (&'static str, &'static str) {
        match self {
            Self::User => (include_str!("user.yaml"), include_str!("user.json")),
            Self::Vendor => (include_str!("vendor.yaml"), include_str!("vendor.json")),
            Self::Github => (include_str!("github.yaml"), include_str!("github.json")),
        }
    }

    const fn usual_role(self) -> &'static str {
        match self {
            Self::User | Self::Github => "Deploy",
            Self::Vendor => "Monitoring",
        }
    }
}

pub(super) fn run(arguments: &Arguments, appearance: Appearance) -> Exit {
    try_run(arguments, appearance).unwrap_or_else(|exit| exit)
}

fn try_run(arguments: &Arguments, appearance: Appearance) -> Result<Exit, Exit> {
    let folder = match &arguments.folder {
        Some(folder) => folder.clone(),
        None => usual_folder(&arguments.configured, appearance)?,
    };
    let answers = if io::stdin().is_terminal() && io::stdout().is_terminal() {
        Answers::asked(arguments, &mut io::stdin().lock(), &mut io::stdout())
    } else {
        Ok(Answers::unasked(arguments))
    };
    let answers = answers.map_err(|error| {
        complain(
            &format!("the answers can't be read: {error}"),
            Some("`rolecall init --help` shows the flags"),
        );
        Exit::Usage
    })?;
    let name = answers.role.to_lowercase();
    let scenario = folder.join(format!("{name}.yaml"));
    let trust = folder.join("trust").join(format!("{name}.json"));
    for file in [&scenario, &trust] {
        refuse_existing(file)?;
    }
    let (scenario_text, trust_text) = answers.who.templates();
    write_new(&trust, &answers.filled(trust_text))?;
    write_new(&scenario, &answers.filled(scenario_text))?;
    println!("wrote {}\nwrote {}", display(&scenario), display(&trust));
    println!("next: rolecall run {}", display(&scenario));
    Ok(Exit::Success)
}

fn usual_folder(configured: &Configured, appearance: Appearance) -> Result<PathBuf, Exit> {
    let settings = configured.settings(appearance)?;
    let folders = settings.scenarios.unwrap_or_default();
    let folder = folders.into_iter().find(|path| !path.is_file());
    Ok(folder.unwrap_or_else(|| PathBuf::from(DEFAULT_PATH)))
}

fn refuse_existing(file: &Path) -> Result<(), Exit> {
    if !file.exists() {
        return Ok(());
    }
    complain(
        &format!("{} is there already, and stays as it is", display(file)),
        Some("choose another name with `--role`, or another folder: `rolecall init DIR`"),
    );
    Err(Exit::Usage)
}

fn write_new(file: &Path, text: &str) -> Result<(), Exit> {
    let write = || {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().write(true).create_new(true).open(file)?;
        file.write_all(text.as_bytes())
    };
    write().map_err(|error: io::Error| {
        complain(
            &format!("{} can't be written: {error}", display(file)),
            None,
        );
        Exit::Usage
    })
}

/// What the scenario is made from.
#[derive(Debug, PartialEq, Eq)]
struct Answers {
    who: Who,
    role: String,
    repository: String,
    external_id: String,
}

impl Answers {
    /// The flags, and what is usual where there are none.
    fn unasked(arguments: &Arguments) -> Self {
        let who = arguments.who.unwrap_or(Who::User);
        let or =
            |flag: &Option<String>, usual: &str| flag.clone().unwrap_or_else(|| usual.to_owned());
        Self {
            who,
            role: or(&arguments.role, who.usual_role()),
            repository: or(&arguments.repository, "acme/site"),
            external_id: or(&arguments.external_id, "Customer-4711"),
        }
    }

    /// The flags, and answers to questions where there are none.
    fn asked(
        arguments: &Arguments,
        input: &mut impl io::BufRead,
        output: &mut impl Write,
    ) -> io::Result<Self> {
        let mut answers = Self::unasked(arguments);
        if arguments.who.is_none() {
            answers.who = choose("Who shall assume the role?", &Who::ALL, input, output)?;
            answers.who.usual_role().clone_into(&mut answers.role);
        }
        let mut fill = |question: &str,
                        flag: &Option<String>,
                        usual: &str,
                        check: fn(&str) -> Result<String, String>| match flag
        {
            Some(given) => Ok(given.clone()),
            None => ask(question, usual, check, input, output),
        };
        answers.role = fill(
            "What is the role called?",
            &arguments.role,
            &answers.role,
            role_name,
        )?;
        match answers.who {
            Who::User => {}
            Who::Vendor => {
                let id = &answers.external_id;
                answers.external_id = fill(
                    "Which external id?",
                    &arguments.external_id,
                    id,
                    external_id,
                )?;
            }
            Who::Github => {
                let usual = &answers.repository;
                answers.repository = fill(
                    "Which repository?",
                    &arguments.repository,
                    usual,
                    repository,
                )?;
            }
        }
        Ok(answers)
    }

    fn filled(&self, template: &str) -> String {
        template
            .replace("__FILE__", &self.role.to_lowercase())
            .replace("__ROLE_KEY__", &as_yaml(&self.role))
            .replace("__ROLE__", &self.role)
            .replace("__REPOSITORY__", &self.repository)
            .replace("__EXTERNAL_ID__", &self.external_id)
    }
}

/// A name as YAML reads it back: in quotes where it looks like something else.
fn as_yaml(name: &str) -> String {
    let words = ["true", "false", "null", "yes", "no", "on", "off"];
    let is_word = words.contains(&name.to_lowercase().as_str());
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) && !is_word {
        name.to_owned()
    } else {
        format!("\"{name}\"")
    }
}

/// AWS: IAM API, `CreateRole`: `RoleName`.
fn role_name(written: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    if (1..=64).contains(&written.len()) && written.chars().all(fits) {
        Ok(written.to_owned())
    } else {
        Err("a role's name has 1 to 64 letters, digits and `_+=,.@-`".to_owned())
    }
}

/// AWS: STS API, `AssumeRole`: `ExternalId`.
fn external_id(written: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_+=,.@:/-".contains(c);
    if (2..=1_224).contains(&written.len()) && written.chars().all(fits) {
        Ok(written.to_owned())
    } else {
        Err("an external id has 2 to 1224 letters, digits and `_+=,.@:/-`".to_owned())
    }
}

fn repository(written: &str) -> Result<String, String> {
    let fits = |part: &str| {
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        !part.is_empty() && part.chars().all(is_name)
    };
    match written.split_once('/') {
        Some((owner, name)) if fits(owner) && fits(name) => Ok(written.to_owned()),
        _ => Err("a repository is written OWNER/NAME, such as acme/site".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn asked(flags: &[&str], typed: &str) -> (Answers, String) {
        let line = Line::try_parse_from([&["init"], flags].concat()).expect("arguments");
        let mut output = Vec::new();
        let answers = Answers::asked(&line.arguments, &mut typed.as_bytes(), &mut output);
        (
            answers.expect("answers"),
            String::from_utf8(output).expect("text"),
        )
    }

    #[test]
    fn what_no_flag_says_is_asked_and_an_empty_line_takes_what_is_usual() {
        for (flags, typed, who, role, detail) in [
            (&[][..], "\n\n", Who::User, "Deploy", ""),
            (&[], "1\nPublish\n", Who::User, "Publish", ""),
            (&[], "2\n\n\n", Who::Vendor, "Monitoring", "Customer-4711"),
            (&[], "vendor\nScan\nid-1\n", Who::Vendor, "Scan", "id-1"),
            (
                &["--who", "github"],
                "\nacme/app\n",
                Who::Github,
                "Deploy",
                "acme/app",
            ),
            (
                &["--who", "github", "--role", "CI"],
                "\n",
                Who::Github,
                "CI",
                "acme/site",
            ),
            (&["--role", "CI"], "", Who::User, "CI", ""),
        ] {
            let (answers, _) = asked(flags, typed);

            let found = match answers.who {
                Who::User => "",
                Who::Vendor => &answers.external_id,
                Who::Github => &answers.repository,
            };
            assert_eq!(
                (answers.who, answers.role.as_str(), found),
                (who, role, detail),
                "{flags:?} {typed:?}"
            );
        }
    }

    #[test]
    fn a_wrong_answer_is_explained_and_asked_again() {
        for (flags, typed, explained) in [
            (
                &["--who", "github", "--role", "CI"][..],
                "acme\nacme/app\n",
                "OWNER/NAME",
            ),
            (&["--who", "user"], "a b\nDeploy\n", "1 to 64 letters"),
            (&["--role", "CI"], "4\n1\n", "a number from 1 to 3"),
        ] {
            let (_, told) = asked(flags, typed);

            assert!(told.contains(explained), "{told}");
        }
    }
}
