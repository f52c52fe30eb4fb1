//! A webhook as an application author writes it down: every documented event, owned strings, nothing clever.
#![expect(dead_code, reason = "parsed and looked at by nobody: that is the baseline")]

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub(crate) struct Envelope {
    object: String,
    entry: Vec<Entry>,
}

impl Envelope {
    /// How many events there are.
    pub(crate) fn events(&self) -> usize {
        let lists =
            |entry: &Entry| entry.messaging.len() + entry.standby.len() + entry.changes.len() + entry.calls.len();
        self.entry.iter().map(lists).sum()
    }
}

#[derive(Debug, Deserialize)]
struct Entry {
    id: String,
    time: u64,
    #[serde(default)]
    messaging: Vec<Messaging>,
    #[serde(default)]
    standby: Vec<Messaging>,
    #[serde(default)]
    changes: Vec<Change>,
    #[serde(default)]
    calls: Vec<Call>,
}

#[derive(Debug, Deserialize)]
struct Change {
    field: String,
    value: Value,
}

#[derive(Debug, Deserialize)]
struct Messaging {
    sender: Option<Party>,
    recipient: Option<Party>,
    timestamp: Option<u64>,
    message: Option<Message>,
    message_edit: Option<MessageEdit>,
    reaction: Option<Reaction>,
    postback: Option<Postback>,
    delivery: Option<Delivery>,
    read: Option<Read>,
    optin: Option<Optin>,
    referral: Option<Referral>,
    pass_thread_control: Option<ThreadControl>,
    take_thread_control: Option<ThreadControl>,
    request_thread_control: Option<ThreadControl>,
    app_roles: Option<HashMap<String, Vec<String>>>,
    account_linking: Option<AccountLinking>,
    #[serde(alias = "policy-enforcement")]
    policy_enforcement: Option<PolicyEnforcement>,
    prior_message: Option<PriorMessage>,
    template: Option<Coupon>,
    #[serde(rename = "messaging_feedback")]
    feedback: Option<Value>,
    #[serde(rename = "messaging_customer_information")]
    customer_information: Option<Value>,
    form: Option<Form>,
    response_feedback: Option<ResponseFeedback>,
    order: Option<Order>,
    payment: Option<Checkout>,
    pre_checkout: Option<Checkout>,
    checkout_update: Option<Checkout>,
    game_play: Option<GamePlay>,
    call_permission_reply: Option<CallPermissionReply>,
    from: Option<Author>,
    group_id: Option<String>,
    post_id: Option<String>,
    created_time: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct Party {
    id: Option<String>,
    user_ref: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Message {
    mid: String,
    text: Option<String>,
    quick_reply: Option<QuickReply>,
    reply_to: Option<ReplyTo>,
    #[serde(default)]
    attachments: Vec<Attachment>,
    referral: Option<Referral>,
    #[serde(default)]
    commands: Vec<Command>,
    nlp: Option<Value>,
    #[serde(default)]
    is_echo: bool,
    app_id: Option<u64>,
    metadata: Option<String>,
    #[serde(default)]
    is_deleted: bool,
    #[serde(default)]
    is_unsupported: bool,
}

#[derive(Debug, Deserialize)]
struct QuickReply {
    payload: String,
}

#[derive(Debug, Deserialize)]
struct ReplyTo {
    mid: String,
    is_self_reply: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct Command {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Attachment {
    #[serde(rename = "type")]
    kind: String,
    title: Option<String>,
    url: Option<String>,
    payload: Option<AttachmentPayload>,
}

#[derive(Debug, Deserialize)]
struct AttachmentPayload {
    url: Option<String>,
    title: Option<String>,
    sticker_id: Option<u64>,
    reel_video_id: Option<u64>,
    coordinates: Option<Coordinates>,
    product: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct Coordinates {
    lat: f64,
    long: f64,
}

#[derive(Debug, Deserialize)]
struct MessageEdit {
    mid: String,
    text: String,
    num_edit: u32,
}

#[derive(Debug, Deserialize)]
struct Reaction {
    #[serde(rename = "reaction")]
    name: Option<String>,
    emoji: Option<String>,
    action: String,
    mid: String,
}

#[derive(Debug, Deserialize)]
struct Postback {
    mid: Option<String>,
    title: Option<String>,
    payload: Option<Value>,
    referral: Option<Referral>,
}

#[derive(Debug, Deserialize)]
struct Delivery {
    #[serde(default)]
    mids: Vec<String>,
    watermark: u64,
}

#[derive(Debug, Deserialize)]
struct Read {
    watermark: u64,
}

#[derive(Debug, Deserialize)]
struct Optin {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(rename = "ref")]
    reference: Option<String>,
    user_ref: Option<String>,
    payload: Option<String>,
    title: Option<String>,
    notification_messages_token: Option<String>,
    notification_messages_status: Option<String>,
    one_time_notif_token: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Referral {
    #[serde(rename = "ref")]
    reference: Option<String>,
    source: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    referer_uri: Option<String>,
    ad_id: Option<String>,
    ads_context_data: Option<Value>,
    product: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct ThreadControl {
    previous_owner_app_id: Option<Value>,
    new_owner_app_id: Option<Value>,
    requested_owner_app_id: Option<Value>,
    metadata: Option<String>,
}

#[derive(Debug, Deserialize)]
struct AccountLinking {
    status: String,
    authorization_code: Option<String>,
}

#[derive(Debug, Deserialize)]
struct PolicyEnforcement {
    action: String,
    reason: Option<String>,
}

#[derive(Debug, Deserialize)]
struct PriorMessage {
    source: String,
    identifier: String,
}

#[derive(Debug, Deserialize)]
struct Coupon {
    #[serde(rename = "type")]
    kind: String,
    payload: Option<String>,
    #[serde(rename = "coupon_code")]
    code: String,
}

#[derive(Debug, Deserialize)]
struct Form {
    id: String,
}

#[derive(Debug, Deserialize)]
struct ResponseFeedback {
    feedback: String,
    mid: String,
}

#[derive(Debug, Deserialize)]
struct Order {
    products: Vec<Product>,
    note: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Product {
    id: String,
    name: String,
    unit_price: f64,
    currency: String,
    quantity: u32,
}

#[derive(Debug, Deserialize)]
struct Checkout {
    payload: String,
    amount: Option<Amount>,
    shipping_address: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct Amount {
    currency: String,
    amount: String,
}

#[derive(Debug, Deserialize)]
struct GamePlay {
    game_id: String,
    player_id: String,
    context_type: String,
    context_id: Option<String>,
    score: Option<i64>,
    payload: Option<String>,
}

#[derive(Debug, Deserialize)]
struct CallPermissionReply {
    response: String,
    expiration_timestamp: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Author {
    id: String,
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Call {
    id: String,
    to: String,
    from: String,
    event: String,
    timestamp: u64,
    #[serde(rename = "call_direction")]
    direction: Option<String>,
    session: Option<Value>,
}
