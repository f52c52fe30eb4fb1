//! Structured messages: `message.attachment` of type `template`, and the utility template's `message.template`.
//!
//! One file for each template: the model of its fields, its rules, its JSON. The button, the generic and the receipt template
//! are the contract's own; the others are read here from the host's flat object, in camelCase or in Meta's spelling.

#![expect(clippy::struct_field_names, reason = "the names are Meta's")]

mod airline;
mod button;
mod buttons;
mod calling_optin;
mod coupon;
mod customer_feedback;
mod customer_information;
mod generic;
mod image_grid;
mod instant_form;
mod media;
mod notification_messages;
mod one_time_notif_req;
mod product;
mod receipt;
#[cfg(test)]
mod tests;
mod utility;

use channel_api::message::SendOptions;
use channel_api::{Issue, JsonObject, Pointer, Quote, Report, Template, read_object};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::address;
use crate::capabilities::SENDS_TEMPLATES;
use crate::rules;
use crate::wire::{Object, without_nulls};

/// The messages that show a template: one, or more where its text is split.
pub(crate) fn translate(
    template: &Template,
    options: &SendOptions,
    at: &Pointer<'_>,
    report: &mut Report,
) -> Vec<Object> {
    match template {
        Template::Button(template) => button::translate(template, options, at, report),
        Template::Generic(template) => vec![attached(generic::translate(template, at, report))],
        Template::Receipt(template) => vec![attached(receipt::translate(template, at, report))],
        Template::Other { kind, fields } => {
            if let Some(payload) = own(kind, fields, at, report) {
                return vec![if kind == "utility" {
                    Object::new().with("template", payload)
                } else {
                    attached(payload)
                }];
            }
            if kind.is_empty() {
                let here = if fields.is_empty() { *at } else { at.key("type") };
                rules::filled(&here, None, "say which template this is", report);
                return Vec::new();
            }
            let issue = Issue::new(&at.key("type"), "template.unknown", "is no template that Messenger knows");
            report.refuse(issue.with_hint(format!("use {}", rules::list(SENDS_TEMPLATES))));
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// A template that only Messenger has. It is read from the host's spelling or Meta's and written in Meta's.
trait OwnTemplate: Default + DeserializeOwned + Serialize {
    /// Its rules.
    fn check(&self, at: &Pointer<'_>, report: &mut Report);
}

/// What only Messenger's button and receipt templates have.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Sharable {
    /// Whether the person may pass it on.
    sharable: Option<bool>,
}

impl Sharable {
    fn read(extra: &JsonObject, at: &Pointer<'_>, report: &mut Report) -> Self {
        read_object(extra, at, Quote::Values, report)
    }
}

/// Where a form says what happens to the answers.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct BusinessPrivacy {
    url: Option<String>,
}

impl BusinessPrivacy {
    fn check(given: Option<&Self>, at: &Pointer<'_>, report: &mut Report) {
        let at = at.key("url");
        address::opened_securely(&at, address::required(&at, given.and_then(Self::url), report), report);
    }

    fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }
}

fn own(kind: &str, fields: &JsonObject, at: &Pointer<'_>, report: &mut Report) -> Option<Object> {
    let translate = match kind {
        "media" => of::<media::Media>,
        "product" => of::<product::Product>,
        "coupon" => of::<coupon::Coupon>,
        "customer_feedback" => of::<customer_feedback::CustomerFeedback>,
        "customer_information" => of::<customer_information::CustomerInformation>,
        "image_grid" => of::<image_grid::ImageGrid>,
        "instant_form" => of::<instant_form::InstantForm>,
        "calling_optin" => of::<calling_optin::CallingOptIn>,
        "one_time_notif_req" => of::<one_time_notif_req::OneTimeNotifReq>,
        "notification_messages" => of::<notification_messages::NotificationMessages>,
        "utility" => of::<utility::Utility>,
        "airline_boardingpass" => of::<airline::BoardingPassTemplate>,
        "airline_checkin" => of::<airline::CheckinTemplate>,
        "airline_itinerary" => of::<airline::ItineraryTemplate>,
        "airline_update" => of::<airline::UpdateTemplate>,
        _ => return None,
    };
    let payload = translate(fields, at, report);
    // Alone among them, the utility template is known by its place and not by a type.
    Some(if kind == "utility" { payload } else { payload.with("template_type", kind) })
}

fn of<T: OwnTemplate>(fields: &JsonObject, at: &Pointer<'_>, report: &mut Report) -> Object {
    let (mut found, mut broken) = (Report::default(), Report::default());
    let template: T = read_object(fields, at, Quote::Values, &mut found);
    // What nobody reads would be left out of what is shown.
    found.refuse_unknown_fields();
    template.check(at, &mut broken);
    found.absorb(broken);
    report.refusals.extend(found.refusals);
    report.warnings.extend(found.warnings);
    let mut wire = serde_json::to_value(&template).unwrap_or_default();
    without_nulls(&mut wire);
    match wire {
        Value::Object(payload) => payload.into(),
        // A model of fields is always an object.
        _ => Object::new(),
    }
}

/// `attachment` around a template.
fn attached(payload: Object) -> Object {
    Object::new().with("attachment", Object::new().with("type", "template").with("payload", payload))
}
