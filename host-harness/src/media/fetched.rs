//! A file that is being fetched: what is told of it, and its bytes.

use bytes::Bytes;
use channel_api::media::MediaStream;
use futures::{StreamExt as _, TryStreamExt as _};
use reqwest::{Response, Url, header};

use super::part::Part;

/// A file that is being fetched.
pub(crate) struct Fetched {
    /// A plain media type, or `application/octet-stream`: what a browser could run is not called by its name.
    pub(crate) content_type: String,
    /// A name to save it under.
    pub(crate) filename: String,
    /// How many bytes come, where its host tells.
    pub(crate) length: Option<u64>,
    /// Which part of it comes; `None` for all of it.
    pub(crate) part: Option<Part>,
    /// Its bytes. It fails when there are more of them than allowed.
    pub(crate) body: MediaStream,
}

impl Fetched {
    pub(super) fn new(url: &Url, response: Response, part: Option<Part>, at_most: u64) -> Self {
        let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        Self {
            content_type: media_type(content_type),
            filename: filename(url),
            length: response.content_length(),
            part,
            body: counted(
                Box::pin(response.bytes_stream().map_err(|error| std::io::Error::other(error.without_url()))),
                at_most,
            ),
        }
    }

    /// What the provider has given without an address.
    pub(super) fn given(
        content_type: Option<&str>,
        length: Option<u64>,
        bytes: MediaStream,
        part: Option<Part>,
        at_most: u64,
    ) -> Self {
        let content_type = media_type(content_type);
        Self { content_type, filename: "media".to_owned(), length, part, body: counted(bytes, at_most) }
    }
}

fn media_type(told: Option<&str>) -> String {
    told.and_then(plain_media_type).unwrap_or_else(|| "application/octet-stream".to_owned())
}

/// The bytes of an answer, until there are too many of them. Nothing comes after a failure.
fn counted(chunks: MediaStream, at_most: u64) -> MediaStream {
    Box::pin(futures::stream::try_unfold((chunks, 0_u64), move |(mut chunks, seen): (MediaStream, u64)| async move {
        let Some(chunk) = chunks.next().await else { return Ok(None) };
        let chunk: Bytes = chunk?;
        let seen = seen.saturating_add(chunk.len() as u64);
        if seen > at_most {
            return Err(std::io::Error::other(format!("the file is larger than {at_most} bytes")));
        }
        Ok(Some((chunk, (chunks, seen))))
    }))
}

impl std::fmt::Debug for Fetched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetched")
            .field("content_type", &self.content_type)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// A picture, a film or a sound, without parameters. SVG is a page with scripts, so it is none of them.
fn plain_media_type(content_type: &str) -> Option<String> {
    let (kind, subtype) = content_type.split(';').next()?.trim().split_once('/')?;
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
    };
    let media = ["image", "video", "audio"].iter().any(|media| kind.eq_ignore_ascii_case(media));
    (media && plain(subtype)).then(|| format!("{kind}/{subtype}").to_ascii_lowercase())
}

/// The last part of the address, of letters and digits that no system takes for anything else.
fn filename(url: &Url) -> String {
    let last = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' };
    let name: String = last.chars().map(plain).take(100).collect();
    let name = name.trim_start_matches('.');
    if name.is_empty() { "media".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_media_keep_their_type() {
        for (content_type, expected) in [
            ("image/jpeg", Some("image/jpeg")),
            ("Video/MP4; codecs=\"x\"", Some("video/mp4")),
            ("audio/x-m4a", Some("audio/x-m4a")),
            ("image/svg+xml", None),
            ("text/html", None),
            ("application/pdf", None),
            ("image/", None),
            ("image/a b", None),
            ("nonsense", None),
        ] {
            assert_eq!(plain_media_type(content_type).as_deref(), expected, "{content_type}");
        }
    }

    #[test]
    fn names_hold_nothing_that_a_system_could_take_for_a_path() {
        for (url, expected) in [
            ("https://cdn.example.org/v/t1/a-b_1.jpg?x=/../y", "a-b_1.jpg"),
            ("https://cdn.example.org/", "media"),
            ("https://cdn.example.org/..%2f..%2fetc", "_2f.._2fetc"),
            ("https://cdn.example.org/a%22;b.jpg", "a_22_b.jpg"),
            ("https://cdn.example.org/.bashrc", "bashrc"),
        ] {
            assert_eq!(filename(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }
}
