//! The days on which Meta's rules changed, so that `--now` can go back to the time before.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/changelog>. Meta gives days;
//! midnight UTC stands for them.

pub(super) const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Several images in one message.
pub(super) const SEVERAL_IMAGES: i64 = midnight(2025, 3, 19);
/// `reply_to`.
pub(super) const REPLIES: i64 = midnight(2025, 7, 15);
/// From here on, a notification token takes one message in 48 hours.
pub(super) const NOTIFICATIONS_RARER: i64 = midnight(2025, 9, 1);
/// The sender action `unreact`.
pub(super) const UNREACT: i64 = midnight(2025, 12, 2);
/// From here on, notification messages are refused outside a few countries.
pub(super) const NOTIFICATIONS_END: i64 = midnight(2026, 2, 10);
/// From here on, all message tags but three are refused.
pub(super) const TAGS_END: i64 = midnight(2026, 4, 27);
/// `sticker_id`.
pub(super) const STICKERS: i64 = midnight(2026, 6, 1);
/// The `image_grid` template.
pub(super) const IMAGE_GRID: i64 = midnight(2026, 6, 30);

/// Midnight UTC of a day of the Gregorian calendar, in milliseconds since the epoch.
pub(super) const fn midnight(year: i64, month: i64, day: i64) -> i64 {
    // Counted in years that begin in March, so that the leap day is the last one.
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    (days - 719_468) * DAY_MS
}

#[cfg(test)]
mod tests {
    use super::midnight;

    #[test]
    fn days_are_where_the_calendar_has_them() {
        assert_eq!(midnight(1970, 1, 1), 0);
        for (year, month, day) in [(2000, 2, 29), (2025, 12, 31), (2026, 2, 10), (2026, 4, 27), (2028, 3, 1)] {
            let known: jiff::Timestamp = format!("{year:04}-{month:02}-{day:02}T00:00:00Z").parse().unwrap();
            assert_eq!(midnight(year, month, day), known.as_millisecond(), "{year}-{month}-{day}");
        }
    }
}
