//! Games.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_game_plays>

use super::event_spec::EventSpec;
use super::fields::{Field, FieldType, field};

pub(super) const SPECS: &[EventSpec] = &[EventSpec::fields("game_play", "facebook.game_play", GAME_PLAY, &["gameId"])];

const GAME_PLAY: &[Field] = &[
    field("game_id", "gameId", FieldType::Id),
    field("player_id", "playerId", FieldType::Id),
    field("locale", "locale", FieldType::Text),
    field("context_type", "contextType", FieldType::Text),
    field("context_id", "contextId", FieldType::Id),
    field("score", "score", FieldType::NumberOrText),
    field("payload", "payload", FieldType::Payload),
];
