use clap::Args;
use clap::builder::PossibleValuesParser;
use jiff::{Span, SpanRelativeTo, Timestamp};
use serde_json::{Map, Value};

use crate::http::Shown;

/// The options that choose.
pub(super) const OPTIONS: [&str; 8] =
    ["status", "channel", "person", "code", "reference", "broadcast", "since", "before"];

/// Which messages are meant.
#[derive(Debug, Default, Args)]
pub(super) struct Which {
    /// How far they have come
    #[arg(long, value_parser = PossibleValuesParser::new(Shown::ALL.map(Shown::as_str)))]
    status: Option<String>,
    /// The channel's id
    #[arg(long)]
    channel: Option<String>,
    /// The person, by the provider's id
    #[arg(long)]
    person: Option<String>,
    /// The code of what they failed with last
    #[arg(long)]
    code: Option<String>,
    /// Their author's name for them
    #[arg(long = "ref", value_name = "REF")]
    reference: Option<String>,
    /// The broadcast that they are part of
    #[arg(long)]
    broadcast: Option<String>,
    /// Accepted then or later: a time such as 2026-01-02T15:04:05Z, or how long ago, such as 2h or 1d
    #[arg(long, value_name = "TIME", value_parser = time)]
    since: Option<String>,
    /// Accepted before then, in the same forms
    #[arg(long, value_name = "TIME", value_parser = time)]
    before: Option<String>,
}

impl Which {
    pub(super) fn channel(&self) -> Option<&str> {
        self.channel.as_deref()
    }

    /// As the API takes it.
    pub(super) fn filter(&self) -> Map<String, Value> {
        let Self { status, channel, person, code, reference, broadcast, since, before } = self;
        let given = [
            ("status", status),
            ("channel", channel),
            ("person", person),
            ("code", code),
            ("ref", reference),
            ("broadcast", broadcast),
            ("after", since),
            ("before", before),
        ];
        given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?.into()))).collect()
    }
}

/// A time, or how long ago it was.
fn time(given: &str) -> Result<String, &'static str> {
    let ago = || {
        let span = given.parse::<Span>().ok()?.abs();
        Timestamp::now().checked_sub(span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?).ok()
    };
    let time = given.parse::<Timestamp>().ok().or_else(ago);
    let time = time.ok_or("must be a time such as 2026-01-02T15:04:05Z, or how long ago, such as 2h or 1d")?;
    Ok(time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_one_or_so_long_ago() {
        let time = |given| time(given).ok();
        assert_eq!(time("2026-01-02T15:04:05Z").as_deref(), Some("2026-01-02T15:04:05Z"));
        assert_eq!(time("2026-01-02T15:04:05+02:00").as_deref(), Some("2026-01-02T13:04:05Z"));
        let ago: Timestamp = time("1d 2h").unwrap().parse().unwrap();
        assert_eq!(Timestamp::now().duration_since(ago).as_hours(), 26);
        assert_eq!((time("yesterday"), time("2"), time("")), (None, None, None));
    }
}
