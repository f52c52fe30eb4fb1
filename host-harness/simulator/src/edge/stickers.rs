//! Stickers to choose from: a few instead of Meta's hundred packs. Source: `…/send-messages/sticker-api`.

use axum::http::Method;
use serde_json::{Value, json};

use crate::call::Call;
use crate::graph_error::GraphError;
use crate::rules::param::Param;

const PACK: &str = "369239033222845";

/// The Like button in its three sizes.
const STICKERS: &[(&str, &str)] =
    &[("369239263222822", "Like, small"), ("369239343222814", "Like, medium"), ("369239383222810", "Like, large")];

pub(super) fn answer(call: &Call, segments: &[&str]) -> Result<Value, GraphError> {
    if call.method != Method::GET {
        return Err(GraphError::unsupported(&call.verb()));
    }
    match segments {
        ["sticker_packs"] => Ok(json!({"data": [{
            "id": PACK, "name": "Likes", "description": "The Like button",
            "preview_image_url": picture(PACK), "sticker_count": STICKERS.len(),
        }]})),
        ["sticker_packs", PACK, "stickers"] => Ok(found("")),
        ["sticker_packs", id, ..] => Err(GraphError::no_such_object("get", id)),
        ["sticker_search"] => {
            let wanted = Param::required(&call.params, "q")?;
            if wanted.string()?.chars().count() < 2 {
                return Err(wanted.must("have at least 2 characters"));
            }
            Ok(found(&wanted.string()?.to_lowercase()))
        }
        _ => Err(GraphError::unsupported("get")),
    }
}

fn found(wanted: &str) -> Value {
    let matching = STICKERS.iter().filter(|(_, name)| name.to_lowercase().contains(wanted));
    let stickers: Vec<Value> = matching
        .map(|(id, name)| {
            json!({
                "id": id, "name": name, "image_url": picture(id), "width": 240, "height": 240, "is_animated": false,
            })
        })
        .collect();
    json!({ "data": stickers })
}

fn picture(id: &str) -> String {
    format!("https://scontent.example/sticker/{id}.png")
}
