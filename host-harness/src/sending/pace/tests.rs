//! The pace of channels whose provider says what a test has it say.

mod gates;
mod windows;

use std::num::NonZeroUsize;
use std::time::Duration;

use channel_api::{ChannelAdapter, ErrorKind, Retry, Scope};

use super::*;
use crate::channels::ChannelList;
use crate::scripted::Scripted;
use crate::store::Stores;

/// Two channels of one app, and one of another.
const CHANNELS: [(&str, &str); 3] = [("ch_1", "app 1"), ("ch_2", "app 1"), ("ch_3", "app 2")];
const SECOND: Duration = Duration::from_secs(1);

fn channels() -> ChannelList {
    let scripted =
        |(id, secret): (&str, &str)| Arc::new(Scripted::new(id).proved_by(secret)) as Arc<dyn ChannelAdapter>;
    CHANNELS.into_iter().map(scripted).collect()
}

fn limits(per_second: usize, media: usize, per_hour: usize) -> RateLimits {
    let [messages_per_second, audio_video_per_second, per_person_per_hour] =
        [per_second, media, per_hour].map(|limit| NonZeroUsize::new(limit).unwrap());
    RateLimits { messages_per_second, audio_video_per_second, per_person_per_hour }
}

fn pace(limits: RateLimits) -> Pace {
    Pace::new(Channels::new(channels()), limits, Stores::in_memory().pauses)
}

/// One message in one call.
const ANSWER: Wanted<'_> = Wanted { person: None, calls: 1, media: false, class: Class::Answer };
const BROADCAST: Wanted<'_> = Wanted { class: Class::Broadcast, ..ANSWER };

async fn goes_out(pace: &Pace, channel_id: &str, wanted: Wanted<'_>) {
    pace.open(channel_id).await;
    while !pace.take(channel_id, &[wanted]).await {
        pace.open(channel_id).await;
    }
}

/// When a message goes out that is brought now, in seconds from now.
async fn waited(pace: &Pace, channel_id: &str, wanted: Wanted<'_>) -> u64 {
    let start = Instant::now();
    goes_out(pace, channel_id, wanted).await;
    start.elapsed().as_secs()
}
