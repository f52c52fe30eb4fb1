//! Games.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_game_plays>

use super::fields::{Field, Form, field};
use super::kind::Kind;

pub(super) const KINDS: &[Kind] = &[Kind::fields("game_play", "facebook.game_play", GAME_PLAY, &["gameId"])];

const GAME_PLAY: &[Field] = &[
    field("game_id", "gameId", Form::Id),
    field("player_id", "playerId", Form::Id),
    field("locale", "locale", Form::Text),
    field("context_type", "contextType", Form::Text),
    field("context_id", "contextId", Form::Id),
    field("score", "score", Form::NumberOrText),
    field("payload", "payload", Form::Payload),
];
