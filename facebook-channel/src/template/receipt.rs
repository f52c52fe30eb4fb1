//! `receipt`: what somebody bought.

use channel_api::template::{Address, Adjustment, ReceiptElement, ReceiptTemplate, Summary};
use channel_api::{Issue, Pointer, Report};

use super::Sharable;
use crate::address;
use crate::limits;
use crate::rules;
use crate::wire::{self, Object};

pub(super) fn translate(receipt: &ReceiptTemplate, at: &Pointer<'_>, report: &mut Report) -> Object {
    for (name, value, advice) in [
        ("recipientName", &receipt.recipient_name, "say who bought it"),
        ("orderNumber", &receipt.order_number, "give the order's number; each order has its own"),
        ("paymentMethod", &receipt.payment_method, "say how it was paid, for example Visa 1234"),
    ] {
        rules::filled(&at.key(name), value.as_deref(), advice, report);
    }
    required_currency(&at.key("currency"), receipt.currency.as_deref(), report);
    address::opened(&at.key("orderUrl"), receipt.order_url.as_deref(), report);
    moment(&at.key("timestamp"), receipt.timestamp.as_deref(), report);
    if receipt.summary.as_ref().is_none_or(|summary| summary.total_cost.is_none()) {
        let advice = "say what it costs in total";
        report.refuse(Issue::new(&at.key("summary").key("totalCost"), "required", advice));
    }
    if let Some(address) = &receipt.address {
        check_address(address, &at.key("address"), report);
    }
    let elements = at.key("elements");
    rules::count(&elements, receipt.elements.len(), &limits::RECEIPT_ELEMENTS, "things", report);
    for (index, element) in receipt.elements.iter().enumerate() {
        check_element(element, &elements.index(index), report);
    }
    let Sharable { sharable } = Sharable::read(&receipt.extra, at, report);
    let adjustments = (!receipt.adjustments.is_empty()).then(|| wire::list(&receipt.adjustments, adjustment));
    Object::new()
        .with("template_type", "receipt")
        .maybe("recipient_name", receipt.recipient_name.as_deref())
        .maybe("merchant_name", receipt.merchant_name.as_deref())
        .maybe("order_number", receipt.order_number.as_deref())
        .maybe("currency", receipt.currency.as_deref())
        .maybe("payment_method", receipt.payment_method.as_deref())
        .maybe("order_url", receipt.order_url.as_deref())
        .maybe("timestamp", receipt.timestamp.as_deref())
        .maybe("address", receipt.address.as_ref().map(address))
        .maybe("summary", receipt.summary.as_ref().map(summary))
        .maybe("adjustments", adjustments)
        .maybe("elements", (!receipt.elements.is_empty()).then(|| wire::list(&receipt.elements, element)))
        .maybe("sharable", sharable)
}

/// There must be a currency.
pub(super) fn required_currency(at: &Pointer<'_>, given: Option<&str>, report: &mut Report) {
    rules::filled(at, given, "give the currency, for example USD", report);
    currency(at, given.filter(|given| !given.trim().is_empty()), report);
}

/// A currency that is there has three capital letters, as in ISO 4217.
pub(super) fn currency(at: &Pointer<'_>, currency: Option<&str>, report: &mut Report) {
    let good = |code: &str| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    rules::format(at, currency, good, "write the currency as ISO 4217 does, in three capital letters: USD", report);
}

fn moment(at: &Pointer<'_>, timestamp: Option<&str>, report: &mut Report) {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    rules::format(at, timestamp, digits, "write the time in seconds since 1970: 1704067200", report);
    // Twelve digits of seconds are the year 5138.
    let late = timestamp.is_some_and(|text| digits(text) && text.len() > 11);
    rules::doubtful(at, late, "receipt.timestamp", "looks like milliseconds; Meta reads seconds", report);
}

fn check_address(address: &Address, at: &Pointer<'_>, report: &mut Report) {
    let advice = "is part of an address: fill it in, or leave the whole address out";
    for (name, value) in [
        ("street1", &address.street1),
        ("city", &address.city),
        ("postalCode", &address.postal_code),
        ("state", &address.state),
        ("country", &address.country),
    ] {
        rules::filled(&at.key(name), value.as_deref(), advice, report);
    }
    let country = address.country.as_deref().filter(|country| !country.trim().is_empty());
    let good = |code: &str| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic());
    rules::format(&at.key("country"), country, good, "write the country in two letters: US", report);
}

fn check_element(element: &ReceiptElement, at: &Pointer<'_>, report: &mut Report) {
    rules::filled(&at.key("title"), element.title.as_deref(), "say what was bought", report);
    if element.price.is_none() {
        report.refuse(Issue::new(&at.key("price"), "required", "say what it costs; 0 for what is free"));
    }
    currency(&at.key("currency"), element.currency.as_deref(), report);
    address::fetched(&at.key("imageUrl"), element.image_url.as_deref(), address::PUBLISH, report);
}

fn address(address: &Address) -> Object {
    Object::new()
        .maybe("street_1", address.street1.as_deref())
        .maybe("street_2", address.street2.as_deref())
        .maybe("city", address.city.as_deref())
        .maybe("postal_code", address.postal_code.as_deref())
        .maybe("state", address.state.as_deref())
        .maybe("country", address.country.as_deref())
}

fn summary(summary: &Summary) -> Object {
    Object::new()
        .maybe("subtotal", summary.subtotal.clone())
        .maybe("shipping_cost", summary.shipping_cost.clone())
        .maybe("total_tax", summary.total_tax.clone())
        .maybe("total_cost", summary.total_cost.clone())
}

fn adjustment(adjustment: &Adjustment) -> Object {
    Object::new().maybe("name", adjustment.name.as_deref()).maybe("amount", adjustment.amount.clone())
}

fn element(element: &ReceiptElement) -> Object {
    Object::new()
        .maybe("title", element.title.as_deref())
        .maybe("subtitle", element.subtitle.as_deref())
        .maybe("quantity", element.quantity.clone())
        .maybe("price", element.price.clone())
        .maybe("currency", element.currency.as_deref())
        .maybe("image_url", element.image_url.as_deref())
}
