//! Markdown: text that stays text, blocks, and links between a page and what it is made from.

use std::path::{Component, Path};

/// Text in which nothing is markup.
pub(super) fn text(plain: &str) -> String {
    let mut escaped = String::with_capacity(plain.len());
    let mut code = false;
    for character in plain.chars() {
        if character == '`' {
            code = !code;
        }
        match character {
            '*' | '_' | '[' | ']' | '|' if !code => escaped.extend(['\\', character]),
            '<' if !code => escaped.push_str("&lt;"),
            '\n' | '\r' => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

/// `text` as code within a line.
pub(super) fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}

/// A block of code; its fence is longer than any in the text.
pub(super) fn block(language: &str, text: &str) -> String {
    let mut fence = "```".to_owned();
    while text.contains(&fence) {
        fence.push('`');
    }
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end())
}

/// The same with a first letter that begins a sentence.
pub(super) fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// The way from a directory to a file, for a link; `None` where one is absolute and the other isn't, or the directory's
/// own place isn't known.
pub(super) fn way(from: &Path, to: &Path) -> Option<String> {
    let (from, to) = (parts(from)?, parts(to)?);
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    if shared == 0
        && (from.first().is_some_and(|part| part == "/")
            || to.first().is_some_and(|part| part == "/"))
    {
        return None;
    }
    let up = from.iter().skip(shared).map(|_| "..".to_owned());
    let down = to.iter().skip(shared).cloned();
    let way: Vec<String> = up.chain(down).collect();
    Some(way.join("/").replace(' ', "%20"))
}

/// A path's parts, `..` taken together with what stands before it.
fn parts(path: &Path) -> Option<Vec<String>> {
    let mut parts: Vec<String> = Vec::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop()?;
            }
            other => parts.push(other.as_os_str().to_string_lossy().into_owned()),
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(
        "docs/scenarios",
        "scenarios/tutorial.yaml",
        Some("../../scenarios/tutorial.yaml")
    )]
    #[case("docs", "docs/a b.md", Some("a%20b.md"))]
    #[case("./docs/x/..", "a.yaml", Some("../a.yaml"))]
    #[case("/tmp/out", "/tmp/in/a.yaml", Some("../in/a.yaml"))]
    #[case("/tmp/out", "a.yaml", None)]
    #[case("../out", "a.yaml", None)]
    fn a_link_goes_from_a_directory_to_a_file(
        #[case] from: &str,
        #[case] to: &str,
        #[case] expected: Option<&str>,
    ) {
        assert_eq!(way(Path::new(from), Path::new(to)).as_deref(), expected);
    }

    #[test]
    fn text_stays_text_and_code_stays_code() {
        assert_eq!(text("a_b *c* <d> `e_f`\ng"), "a\\_b \\*c\\* &lt;d> `e_f` g");
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(block("", "x\n```\n"), "````\nx\n```\n````\n");
    }
}
