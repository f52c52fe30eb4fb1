//! What is the matter with an address.

use channel_api::{Issue, Pointer};

use super::host::{self, Host};

/// Why something is no address that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault<'a> {
    /// Nothing, or only white space.
    Empty,
    /// White space at its beginning or end.
    Edge,
    /// A space inside.
    Space,
    /// A line's end, a tab, or another character that is not printed.
    Unprinted,
    /// The content itself: `data:`.
    Inline,
    /// A file of somebody's machine.
    File,
    /// A phone number.
    Phone,
    /// An e-mail address.
    Mail,
    /// An address of another kind, by its scheme.
    Scheme(&'a str),
    /// `shop.example.org/a`, `//shop.example.org`, `https:/shop.example.org`.
    Beginning,
    /// The end of an address: `/a/b`.
    Path,
    /// A number.
    Number,
    /// Something that looks like no address at all.
    Words,
    /// `http` where an encrypted one is needed.
    Plain,
    /// Nothing where the host stands.
    NoHost,
    /// A host that is no valid name.
    Host(&'a str),
    /// A port that is none.
    Port,
    /// A host that the internet does not know.
    Unreachable(&'a str),
}

impl<'a> Fault<'a> {
    /// What is the matter with it, if anything is. An address that is good allocates nothing.
    pub(super) fn of(url: &'a str, encrypted: bool) -> Option<Self> {
        let trimmed = url.trim();
        if trimmed.is_empty() {
            return Some(Self::Empty);
        }
        let Some((scheme, rest)) = scheme(trimmed) else { return Some(Self::without_scheme(trimmed)) };
        let is = |name: &str| scheme.eq_ignore_ascii_case(name);
        if !is("https") && !is("http") {
            return Some(match scheme.len() {
                1 => Self::File,
                // A blob is a browser's own name for a file that was chosen in it.
                _ if is("file") || is("blob") => Self::File,
                _ if is("data") => Self::Inline,
                _ if is("tel") => Self::Phone,
                _ if is("mailto") => Self::Mail,
                _ => Self::Scheme(scheme),
            });
        }
        let Some(rest) = rest.strip_prefix("//") else { return Some(Self::Beginning) };
        if url.len() != trimmed.len() {
            return Some(Self::Edge);
        }
        match rest.chars().find(|c| c.is_whitespace() || c.is_control()) {
            Some(' ') => return Some(Self::Space),
            Some(_) => return Some(Self::Unprinted),
            None => {}
        }
        if encrypted && is("http") {
            return Some(Self::Plain);
        }
        match host::judge(host::authority(rest)) {
            Host::Public => None,
            Host::Missing => Some(Self::NoHost),
            Host::Invalid(host) => Some(Self::Host(host)),
            Host::BadPort => Some(Self::Port),
            Host::Private(host) => Some(Self::Unreachable(host)),
        }
    }

    fn without_scheme(text: &str) -> Self {
        let dialled = |c: char| c.is_ascii_digit() || "+-(). ".contains(c);
        let host = text.split(['/', '?', '#']).next().unwrap_or_default();
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            Self::Number
        } else if text.starts_with('+') && text.chars().all(dialled) {
            Self::Phone
        } else if text.starts_with("//") {
            Self::Beginning
        } else if text.starts_with(['\\', '~']) || text.contains('\\') {
            Self::File
        } else if text.starts_with(['/', '.', '?', '#']) {
            Self::Path
        } else if host.contains(char::is_whitespace) {
            Self::Words
        } else if host.contains('@') {
            Self::Mail
        } else if host.contains('.') || host.starts_with("localhost") {
            Self::Beginning
        } else {
            Self::Words
        }
    }

    /// The issue that tells it. `instead` is what to do with a file that Meta cannot fetch; without it, a person opens it.
    pub(super) fn issue(self, at: &Pointer<'_>, instead: Option<&'static str>) -> Issue {
        let full = "write it in full, with https:// in front";
        let (code, message) = match self {
            Self::Empty => ("required", "is empty: give a web address that starts with https://".to_owned()),
            Self::Edge => ("url.space", "has white space at its beginning or end: take it away".to_owned()),
            Self::Space => ("url.space", "holds a space: write %20 in its place".to_owned()),
            Self::Unprinted => (
                "url.space",
                "holds a line's end, a tab or another character that is not printed: take it out".to_owned(),
            ),
            Self::Inline => ("url.scheme", "holds the content itself, which is no web address".to_owned()),
            Self::File => ("url.scheme", "names a file of one machine, which nobody else can open".to_owned()),
            Self::Phone => ("url.scheme", "is a phone number and no web address".to_owned()),
            Self::Mail => ("url.scheme", "is an e-mail address and no web address".to_owned()),
            Self::Scheme(scheme) => {
                ("url.scheme", format!("begins with {scheme}: and must be a web address, which begins with https://"))
            }
            Self::Beginning => ("url", format!("has no https:// in front: {full}")),
            Self::Path => ("url", format!("is only the end of an address: {full} and the host's name")),
            Self::Number => ("url", format!("is a number and no web address: {full}")),
            Self::Words => ("url", format!("is no web address: {full}")),
            Self::Plain => ("url.https", "must be an encrypted web address: it starts with https://".to_owned()),
            Self::NoHost => {
                ("url.host", "has no host after https://: give it, as in https://shop.example.org".to_owned())
            }
            Self::Host(host) => ("url.host", format!("names the host {host}, which is no valid name")),
            Self::Port => ("url.host", "has a port that is none: must be a number from 1 to 65535".to_owned()),
            Self::Unreachable(host) => {
                ("url.private", format!("leads to {host}, which cannot be reached from the internet"))
            }
        };
        let hint = match (self, instead) {
            (Self::Inline | Self::File | Self::Unreachable(_), Some(instead)) => Some(instead),
            (Self::Number, Some(super::UPLOAD)) => Some("the id of an upload goes into attachmentId"),
            (Self::Phone, None) => Some("a button of the type phone_number calls it: the number is its payload"),
            (Self::Mail, None) => Some("write the e-mail address into the text: people can tap it there"),
            (Self::Unreachable(_), None) => Some("give an address that people can open wherever they are"),
            _ => None,
        };
        let issue = Issue::new(at, code, message);
        match hint {
            Some(hint) => issue.with_hint(hint),
            None => issue,
        }
    }
}

/// The scheme of an address and what follows its colon. A host with a port has none: `localhost:8080`, `shop.example.org:80`.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc3986#section-3.1>
fn scheme(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once(':')?;
    let named = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let host = (scheme.contains('.') || scheme.eq_ignore_ascii_case("localhost"))
        && rest.starts_with(|c: char| c.is_ascii_digit());
    (named && !host).then_some((scheme, rest))
}
