//! What the core's database can hold. It refuses the rest without a word to anybody.
//!
//! Source: <https://github.com/edsonmartins/linktor/blob/607f2d6/internal/infrastructure/database/postgres.go>, the columns of
//! `messages`, `message_attachments`, `contacts` and `contact_identities`. `PostgreSQL` counts characters, and holds no U+0000.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};
use unicode_segmentation::UnicodeSegmentation as _;

/// The most characters of an attachment's address: `url VARCHAR(500)`.
pub(super) const ADDRESS: usize = 500;
/// The most characters of a file's name: `filename VARCHAR(255)`.
pub(super) const FILE_NAME: usize = 255;
/// The most characters of a media type: `mime_type VARCHAR(100)`.
pub(super) const MEDIA_TYPE: usize = 100;
/// The most characters of the provider's id of a message: `external_id VARCHAR(255)`.
pub(super) const EXTERNAL_ID: usize = 255;
/// The most characters of a person's name: `name VARCHAR(255)`.
pub(super) const NAME: usize = 255;
/// The most characters of a person's id: `identifier VARCHAR(255)`.
pub(super) const PERSON: usize = 255;

/// The most characters of a message's words. The column has no limit, but nats-server takes 1 MiB a message (`max_payload`,
/// <https://docs.nats.io/running-a-nats-service/configuration>), and no channel's people write as much.
pub(super) const WORDS: usize = 50_000;
/// The most attachments of a message, for the same reason.
pub(super) const ATTACHMENTS: usize = 50;
/// The most characters of all that is told beside a message, for the same reason.
pub(super) const FACTS: usize = 30_000;
/// The most bytes of an event's data: `LINKTOR_EVENTS` and nats-server take 1 MiB a message, its head included.
pub(super) const EVENT: usize = 1_000_000;

/// Without U+0000.
pub(super) fn held(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "").into() } else { text.into() }
}

/// Without U+0000 and with at most so many characters. What a reader takes for one character is not torn, unless it is longer
/// than all the room there is.
pub(in crate::linktor) fn cut(text: &str, most: usize) -> String {
    let text = held(text);
    if text.chars().count() <= most {
        return text.into_owned();
    }
    let (mut cut, mut room) = (String::new(), most);
    for character in text.graphemes(true) {
        let length = character.chars().count();
        if length > room {
            break;
        }
        cut.push_str(character);
        room -= length;
    }
    if cut.is_empty() { text.chars().take(most).collect() } else { cut }
}

/// The id, or what stands for one that is too long.
pub(super) fn external_id(id: &str) -> String {
    let held = held(id);
    if held.len() == id.len() && held.chars().count() <= EXTERNAL_ID {
        return held.into_owned();
    }
    hex::encode(Sha256::digest(id))
}

/// Whether there is something to see in it. The core takes spaces off both ends, and its dashboard draws nothing else.
pub(super) fn says_something(text: &str) -> bool {
    let is_seen = |letter: char| {
        let is_hidden = matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
        !letter.is_whitespace() && !letter.is_control() && !is_hidden
    };
    text.chars().any(is_seen)
}
