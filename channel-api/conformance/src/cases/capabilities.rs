//! What is declared, against what is there.

use std::collections::BTreeSet;

use serde_json::Value;

pub(crate) use super::limits::{limits_are_all_declared, limits_are_enforced, limits_are_well_formed};
use crate::context::{CaseContext, outcome_of};
use crate::facets::Facets as _;
use crate::finding::{Checked, Finding, Findings};
use crate::json::lacks;
use crate::upstream::Behaviour;
use crate::{Reply, WEBHOOK};
use channel_api::event::name;
use channel_api::message::Body;
use channel_api::profile::Profile;
use channel_api::{
    ChannelAdapter, ChannelAdapterExt as _, ErrorKind, JsonObject, MediaSource, OutboundMessage, Result, Subscription,
    Template, Upload,
};

/// What a message makes use of, as the capabilities name it.
fn uses(message: &Value) -> Vec<(&'static str, String)> {
    let content = &message["content"];
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let either = |object: &Value, camel: &str, snake: &str| {
        object.get(camel).or_else(|| object.get(snake)).cloned().unwrap_or_default()
    };
    let mut uses = Vec::new();
    let kind = content["type"].as_str().unwrap_or_default();
    match kind {
        "document" => uses.push(("sendsContent", "file".to_owned())),
        "typing_on" | "typing_off" | "mark_seen" | "react" | "unreact" => {
            uses.push(("sendsContent", "sender_action".to_owned()));
            uses.push(("sendsActions", kind.to_owned()));
        }
        _ => uses.push(("sendsContent", kind.to_owned())),
    }
    uses.extend(text(&either(content, "senderAction", "sender_action")).map(|action| ("sendsActions", action)));
    let template = &content["template"];
    uses.extend(text(&either(template, "type", "template_type")).map(|template| ("sendsTemplates", template)));
    uses.extend(text(&message["options"]["tag"]).map(|tag| ("sendsTags", tag)));
    if content["attachments"].is_array() {
        uses.push(("sendsAttachments", "true".to_owned()));
    }
    if either(content, "quickReplies", "quick_replies").is_array() {
        uses.push(("sendsQuickReplies", "true".to_owned()));
    }
    if either(&message["options"], "replyTo", "reply_to").is_string() {
        uses.push(("sendsReplies", "true".to_owned()));
    }
    let (read, _) = OutboundMessage::read(message);
    let options = &read.options;
    if options.fallback {
        // A text may stand in for it: that it is taken does not say that it can be sent.
        uses.retain(|(list, _)| !matches!(*list, "sendsContent" | "sendsTemplates" | "sendsActions"));
    }
    let neutral = [("metadata", options.metadata.is_some()), ("split", options.split), ("fallback", options.fallback)];
    uses.extend(neutral.iter().filter(|(_, given)| *given).map(|(name, _)| ("options", (*name).to_owned())));
    let mut extra = |list, extra: &JsonObject| uses.extend(extra.keys().map(|name| (list, name.clone())));
    extra("options", &options.extra);
    read.content.quick_replies.iter().for_each(|reply| extra("extras.quickReply", &reply.extra));
    for body in read.content.attachments.iter().chain([&read.content.body]) {
        extras(body, &mut extra);
    }
    uses
}

/// The members of a content that only some channels know, by the list that declares them.
fn extras(body: &Body, extra: &mut impl FnMut(&'static str, &JsonObject)) {
    match body {
        Body::Image(media) | Body::Video(media) | Body::Audio(media) | Body::File(media) => {
            extra("extras.media", &media.extra);
        }
        Body::Template(template) => match &**template {
            Template::Button(template) => {
                extra("extras.template", &template.extra);
                template.buttons.iter().for_each(|button| extra("extras.button", &button.extra));
            }
            Template::Generic(template) => {
                extra("extras.template", &template.extra);
                for card in &template.elements {
                    extra("extras.card", &card.extra);
                    card.buttons.iter().chain(&card.default_action).for_each(|one| extra("extras.button", &one.extra));
                }
            }
            Template::Receipt(template) => extra("extras.template", &template.extra),
            _ => {}
        },
        _ => {}
    }
}

/// What is declared about sending, in the same terms.
fn declared_to_send(channel: &dyn ChannelAdapter) -> BTreeSet<(&'static str, String)> {
    let can = channel.capabilities();
    let lists = [
        ("sendsContent", can.sends_content),
        ("sendsTemplates", can.sends_templates),
        ("sendsActions", can.sends_actions),
        ("sendsTags", can.sends_tags),
        ("options", can.options),
        ("extras.media", can.extras.media),
        ("extras.button", can.extras.button),
        ("extras.quickReply", can.extras.quick_reply),
        ("extras.card", can.extras.card),
        ("extras.template", can.extras.template),
    ];
    let listed = lists.into_iter().flat_map(|(list, names)| names.iter().map(move |name| (list, (*name).to_owned())));
    let flags = [
        ("sendsAttachments", can.sends_attachments),
        ("sendsQuickReplies", can.sends_quick_replies),
        ("sendsReplies", can.sends_replies),
    ];
    listed.chain(flags.into_iter().filter(|(_, on)| *on).map(|(flag, _)| (flag, "true".to_owned()))).collect()
}

/// What the fixture's good messages make use of, where the channel takes them.
fn sent(context: &CaseContext, channel: &dyn ChannelAdapter) -> Result<BTreeSet<(&'static str, String)>, Finding> {
    let taken = context.messages()?.into_iter().filter(|sample| channel.denormalize_json(&sample.message).is_ok());
    Ok(taken.flat_map(|sample| uses(&sample.message)).collect())
}

pub(crate) async fn sends_what_it_declares(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let sent = sent(context, &*channel)?;
    for (list, name) in declared_to_send(&*channel) {
        let there = sent.contains(&(list, name.clone()));
        findings.check(there, format!("{list} {name}"), "a message of the fixture that uses it and is taken", || {
            "none".to_owned()
        });
    }
    Ok(findings)
}

/// The names and contents of the events that come of the fixture's.
fn received(context: &CaseContext, channel: &dyn ChannelAdapter) -> BTreeSet<(&'static str, String)> {
    let mut received = BTreeSet::new();
    let fixture = context.fixture();
    let observed = fixture.observed().map(|sample| sample.item);
    let items = fixture.inbound().into_iter().map(|sample| sample.item).chain(observed).chain([fixture.unheard_of()]);
    for item in items {
        for event in CaseContext::normalize(channel, &fixture.body(&[item])).unwrap_or_default() {
            received.insert(("receivesEvents", event.name.to_string()));
            // Only what people write counts: an echo may hold anything that the account can send.
            if event.name == name::MESSAGE_RECEIVED
                && let Ok(json) = serde_json::to_value(&event)
            {
                let body = &json["data"]["content"];
                let attached = body["attachments"].as_array().into_iter().flatten();
                let kinds = std::iter::once(body).chain(attached).filter_map(|body| body["type"].as_str());
                received.extend(kinds.map(|kind| ("receivesContent", kind.to_owned())));
            }
        }
    }
    received
}

fn declared_to_receive(channel: &dyn ChannelAdapter) -> BTreeSet<(&'static str, String)> {
    let can = channel.capabilities();
    let events = can.receives_events.iter().map(|name| ("receivesEvents", (*name).to_owned()));
    let content = can.receives_content.iter().map(|name| ("receivesContent", (*name).to_owned()));
    let receipts = [(can.delivery_receipts, name::MESSAGE_DELIVERED), (can.read_receipts, name::MESSAGE_READ)];
    let receipts = receipts.into_iter().filter(|(on, _)| *on).map(|(_, name)| ("receivesEvents", name.to_owned()));
    events.chain(content).chain(receipts).collect()
}

pub(crate) async fn receives_what_it_declares(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let received = received(context, &*channel);
    for (list, name) in declared_to_receive(&*channel) {
        let there = received.contains(&(list, name.clone()));
        findings
            .check(there, format!("{list} {name}"), "an event of the fixture that becomes it", || "none".to_owned());
    }
    Ok(findings)
}

/// Whether something is there: it does something else than say that it is not.
fn is_there<T>(told: &Result<T>) -> bool {
    told.as_ref().map_or_else(|error| error.kind() != ErrorKind::Unsupported, |_| true)
}

/// The facets that are handed out, and whether each of their hooks is there.
async fn facets(context: &CaseContext) -> Result<Vec<(&'static str, bool)>, Finding> {
    let (channel, upstream, fixture) = (context.channel()?, context.upstream()?, context.fixture());
    upstream.always(Behaviour::Answer(fixture.failure("conformance")));
    let (nothing, mut facets) = (Profile::default(), Vec::new());
    if let (Some(facet), Some(handshake)) = (channel.handshake(), fixture.handshake()) {
        let query = handshake.query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        facets.push(("handshake", facet.challenge(&Subscription::new(query)).is_ok()));
    }
    if let (Some(facet), Some(person)) = (channel.people(), fixture.person()) {
        facets.push(("people", is_there(&facet.look_up(&person.id).await)));
    }
    if let (Some(facet), Some(samples)) = (channel.media_up(), fixture.upload()) {
        let media = Upload::new(samples.kind, MediaSource::Url(samples.url.to_owned()));
        facets.push(("media_up", is_there(&facet.upload(media).await)));
    }
    if let (Some(facet), Some(sample)) =
        (channel.media_down(), fixture.download().and_then(|all| all.found.into_iter().next()))
    {
        facets.push(("media_down", is_there(&facet.download(&sample.media, None).await)));
    }
    if let Some(facet) = channel.profile() {
        facets.push(("profile, read", is_there(&facet.read().await)));
        facets.push(("profile, plan", is_there(&facet.plan(&nothing, &nothing))));
    }
    if let Some(facet) = channel.connection() {
        facets.push(("connection, check", is_there(&facet.check(Some(WEBHOOK)).await)));
        facets.push(("connection, subscribe", is_there(&facet.subscribe(Some(WEBHOOK)).await)));
        facets.push(("connection, unsubscribe", is_there(&facet.unsubscribe().await)));
    }
    if let Some(facet) = channel.operations() {
        facets.push(("operations", !facet.list().is_empty()));
    }
    Ok(facets)
}

pub(crate) async fn facets_work(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    for (facet, there) in facets(context).await? {
        findings.check(there, facet, "what is handed out, at work", || "nothing behind it".to_owned());
    }
    let channel = context.channel()?;
    if channel.people().is_some() {
        let Some(person) = context.fixture().person() else {
            return Err(Finding::not_brought("a look-up of a person"));
        };
        context.upstream()?.always(Behaviour::Answer(person.reply));
        let told = channel.user_profile(&person.id).await;
        let found = told.as_ref().ok().and_then(|profile| serde_json::to_value(profile).ok()).unwrap_or_default();
        let same = lacks(&person.profile, &found).is_none() && told.is_ok();
        findings.check(same, "user_profile", &person.profile.to_string(), || outcome_of(&told, &found.to_string()));
        context.upstream()?.always(Behaviour::Answer(Reply::text(500, "")));
        let told = channel.user_profile(&person.id).await;
        findings.check(told.is_err(), "user_profile under a 500", "an error", || "a profile".to_owned());
    }
    Ok(findings)
}

pub(crate) async fn undeclared(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let mut there: BTreeSet<String> = BTreeSet::new();
    if channel.capabilities().options.contains(&"tag") {
        let mut message = context.text()?;
        message["options"]["tag"] = "CONFORMANCE".into();
        if channel.denormalize_json(&message).is_ok() {
            there.insert("sendsTags CONFORMANCE".to_owned());
        }
    }
    if !channel.capabilities().sends_content.is_empty() {
        let declared = declared_to_send(&*channel);
        let more = sent(context, &*channel)?.into_iter().filter(|used| !declared.contains(used));
        there.extend(more.map(|(list, name)| format!("{list} {name}")));
    }
    let declared = declared_to_receive(&*channel);
    let more = received(context, &*channel).into_iter().filter(|got| !declared.contains(got));
    there.extend(more.map(|(list, name)| format!("{list} {name}")));
    for sample in context.fixture().operations() {
        let listed = channel.operation_list().iter().any(|operation| operation.name == sample.name);
        let input = sample.input_of(None);
        if !listed && is_there(&channel.perform(&sample.name, &input).await) {
            there.insert(format!("the operation {}", sample.name));
        }
    }
    for more in there {
        findings.add(Finding::new(more, "a declaration of it, or a refusal", "something that works"));
    }
    Ok(findings)
}
