//! Who answers a conversation, where Meta names an app.

use channel_api::ThreadOwner;

/// The app id of the Page's inbox, where people answer.
pub(crate) const PAGE_INBOX: &str = "263902037430900";

/// Who answers once an app has the conversation: this channel itself, where the app is its `own`.
pub(crate) fn owner(app: &str, own: Option<&str>) -> ThreadOwner {
    if own == Some(app) { ThreadOwner::Us } else { ThreadOwner::App(app.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_channel_s_own_app_is_us() {
        let app = |id: &str| ThreadOwner::App(id.to_owned());
        assert_eq!(owner("1", Some("1")), ThreadOwner::Us);
        assert_eq!(owner("1", Some("2")), app("1"));
        // Without its id, the channel cannot know that it is meant.
        assert_eq!(owner("1", None), app("1"));
    }
}
