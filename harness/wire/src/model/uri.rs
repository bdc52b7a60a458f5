//! The request URI of an operation: `/{Bucket}/{Key+}?uploads`.

/// One part of a path between slashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Fixed text: `distribution`.
    Literal(&'static str),
    /// A label that takes one segment: `{Bucket}`.
    Label(&'static str),
    /// A label that takes the rest of the path, slashes included: `{Key+}`.
    Greedy(&'static str),
}

/// A path of segments and the fixed part of the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UriTemplate {
    text: &'static str,
    segments: Vec<Segment>,
    ends_with_slash: bool,
    query: Vec<(&'static str, Option<&'static str>)>,
}

impl UriTemplate {
    pub(super) fn parse(text: &'static str) -> Self {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let segments = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(segment)
            .collect();
        let query = query
            .split('&')
            .filter(|part| !part.is_empty())
            .map(parameter)
            .collect();
        Self {
            text,
            segments,
            ends_with_slash: path.len() > 1 && path.ends_with('/'),
            query,
        }
    }

    /// The template as the model writes it.
    pub fn as_str(&self) -> &'static str {
        self.text
    }

    /// The parts of the path; none for `/`.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Whether a slash follows the last segment.
    pub(crate) fn ends_with_slash(&self) -> bool {
        self.ends_with_slash
    }

    /// The fixed query parameters: `uploads` without, `list-type` with a value.
    pub fn query(&self) -> &[(&'static str, Option<&'static str>)] {
        &self.query
    }
}

fn segment(part: &'static str) -> Segment {
    let Some(label) = part
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
    else {
        return Segment::Literal(part);
    };
    match label.strip_suffix('+') {
        Some(greedy) => Segment::Greedy(greedy),
        None => Segment::Label(label),
    }
}

fn parameter(part: &'static str) -> (&'static str, Option<&'static str>) {
    match part.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (part, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_has_segments_and_fixed_parameters() {
        let template = UriTemplate::parse("/{Bucket}/{Key+}?select&select-type=2");
        assert_eq!(
            template.segments(),
            [Segment::Label("Bucket"), Segment::Greedy("Key")]
        );
        assert_eq!(
            template.query(),
            [("select", None), ("select-type", Some("2"))]
        );
        assert!(UriTemplate::parse("/").segments().is_empty());
    }
}
