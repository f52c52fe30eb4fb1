//! What a part of a message looks like to an agent. The core's dashboard draws the words alone, so all that was said is in them.

use channel_api::message::{Body, Link, Location, Media};
use serde_json::Value;

use super::Rules;
use super::fit;
use crate::linktor::wire::Attachment;

/// A part of a message, for the core.
#[derive(Default)]
pub(super) struct Shown {
    /// Words for it, on lines of their own.
    pub(super) words: String,
    /// Whether the words may be left out, where there are others.
    pub(super) is_spare: bool,
    /// What is beside the words.
    pub(super) attachment: Option<Attachment>,
    /// What the core calls it; `None` for words.
    pub(super) content_type: Option<&'static str>,
    /// Where a place is, in degrees.
    pub(super) place: Option<(f64, f64)>,
}

/// How many texts of something without a form of its own are shown.
const TEXTS: usize = 5;
/// What such texts are called, by all whom we know.
const TEXT_MEMBERS: &[&str] =
    &["title", "text", "name", "formattedName", "formatted_name", "phone", "phoneNumber", "phone_number", "email"];

/// A part that stands in this place of its message.
pub(super) fn of(body: &Body, index: usize, rules: &Rules<'_>) -> Shown {
    match body {
        Body::Text(words) => Shown { words: words.clone(), ..Shown::default() },
        Body::Image(media) => of_media(("Picture", "image"), media, index, rules),
        Body::Video(media) => of_media(("Video", "video"), media, index, rules),
        Body::Audio(media) => of_media(("Audio", "audio"), media, index, rules),
        Body::File(media) => {
            let mut shown = of_media(("File", "document"), media, index, rules);
            if let Some(file) = &mut shown.attachment {
                file.filename = file.filename.take().or_else(|| name_in(media.url.as_deref()?));
            }
            shown
        }
        Body::Sticker(sticker) => {
            let picture = Media { url: sticker.url.clone(), ..Media::default() };
            let attachment = of_media(("Sticker", "image"), &picture, index, rules).attachment;
            Shown { words: "Sticker".to_owned(), attachment, ..Shown::default() }
        }
        Body::Location(location) => of_location(location),
        Body::Link(Link { url, title, .. }) => {
            let parts: Vec<_> = [title, url].into_iter().flatten().map(String::as_str).collect();
            let words = if parts.is_empty() { "Link".to_owned() } else { parts.join("\n") };
            Shown { words, ..Shown::default() }
        }
        Body::Template(template) => of_other("template", &serde_json::to_value(template).unwrap_or_default()),
        Body::Other { kind, fields } => of_other(kind, &Value::Object(fields.clone())),
        _ => of_other(body.kind(), &Value::Null),
    }
}

fn of_media((word, kind): (&str, &'static str), media: &Media, index: usize, rules: &Rules<'_>) -> Shown {
    let own = media.url.as_deref();
    let address = own.and_then(|_| (rules.address)(index)).or_else(|| own.map(str::to_owned)).filter(|it| fits(it));
    let words = match (&address, own) {
        (Some(address), _) if rules.media_in_content => format!("{word}: {address}"),
        (None, Some(_)) => format!(
            "{word}: its address is longer than Linktor can hold. Set [server] public_url in the host's configuration, then \
             it gets a short one"
        ),
        _ => word.to_owned(),
    };
    let said = |names: [&str; 2]| names.iter().find_map(|name| media.extra.get(*name)?.as_str());
    let is_spare = address.is_some() && !rules.media_in_content;
    let attachment = address.map(|url| Attachment {
        r#type: kind.to_owned(),
        url,
        filename: said(["filename", "fileName"]).map(|name| fit::cut(name, fit::FILE_NAME)),
        mime_type: said(["mimeType", "mime_type"]).filter(|it| is_media_type(it)).map(str::to_owned),
        ..Attachment::default()
    });
    Shown { words, is_spare, attachment, content_type: Some(kind), place: None }
}

fn fits(address: &str) -> bool {
    !address.contains('\0') && address.chars().count() <= fit::ADDRESS
}

fn is_media_type(text: &str) -> bool {
    text.len() <= fit::MEDIA_TYPE && text.contains('/') && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The name of the file at an address, where its end looks like one.
fn name_in(address: &str) -> Option<String> {
    let url = reqwest::Url::parse(address).ok()?;
    let last = url.path_segments()?.next_back()?.to_owned();
    let name = percent_decoded(&last);
    let name = fit::cut(&name, fit::FILE_NAME);
    (name.contains('.') && fit::says_something(&name)).then_some(name)
}

fn percent_decoded(text: &str) -> String {
    // The form's decoder knows `%41`; a plus sign stands for itself in a path.
    let pair = format!("name={}", text.replace('+', "%2B").replace('&', "%26"));
    let url = reqwest::Url::parse("http://name.invalid").ok().map(|mut url| {
        url.set_query(Some(&pair));
        url.query_pairs().next().map(|(_, value)| value.into_owned())
    });
    url.flatten().unwrap_or_else(|| text.to_owned())
}

fn of_location(location: &Location) -> Shown {
    let Location { latitude, longitude, title, url } = location;
    let map = url.clone().unwrap_or_else(|| format!("https://www.google.com/maps?q={latitude},{longitude}"));
    let name = title.as_deref().filter(|title| fit::says_something(title)).unwrap_or("Location");
    let place = Some((*latitude, *longitude));
    Shown { words: format!("{name}: {map}"), content_type: Some("location"), place, ..Shown::default() }
}

/// What has no form that every channel shares: its kind, and the texts in it.
fn of_other(kind: &str, fields: &Value) -> Shown {
    let (mut texts, mut address) = (Vec::new(), None);
    look_into(fields, &mut texts, &mut address, 0);
    let (word, content_type) = match kind {
        "contact" | "contacts" => ("Contact".to_owned(), Some("contact")),
        _ => (spoken(kind), None),
    };
    texts.truncate(TEXTS);
    let mut words = if texts.is_empty() && address.is_none() && content_type.is_none() {
        format!("A message of a kind that cannot be shown here: {word}")
    } else if texts.is_empty() {
        word
    } else {
        format!("{word}: {}", texts.join(", "))
    };
    if let Some(address) = address {
        words = format!("{words}\n{address}");
    }
    Shown { words, content_type, ..Shown::default() }
}

/// `appointment_booking` → `Appointment booking`.
fn spoken(kind: &str) -> String {
    let mut letters = kind.replace('_', " ").chars().collect::<Vec<_>>().into_iter();
    letters.next().map_or_else(|| "unknown".to_owned(), |first| first.to_uppercase().chain(letters).collect())
}

/// As deep as the texts of cards in a template stand.
const DEPTH: u8 = 5;

fn look_into(value: &Value, texts: &mut Vec<String>, address: &mut Option<String>, depth: u8) {
    if depth > DEPTH || texts.len() > TEXTS {
        return;
    }
    match value {
        Value::Array(list) => list.iter().for_each(|one| look_into(one, texts, address, depth + 1)),
        Value::Object(members) => {
            for name in TEXT_MEMBERS {
                let text = members.get(*name).and_then(Value::as_str).filter(|text| fit::says_something(text));
                texts.extend(text.filter(|text| !texts.iter().any(|known| known == text)).map(str::to_owned));
            }
            if address.is_none() {
                *address = members.get("url").and_then(Value::as_str).map(str::to_owned);
            }
            members.values().for_each(|one| look_into(one, texts, address, depth + 1));
        }
        _ => {}
    }
}
