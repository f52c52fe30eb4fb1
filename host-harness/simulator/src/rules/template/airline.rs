//! The airline templates. They are gone from the documentation without having been announced as removed; the shapes are
//! those of <https://github.com/bottenderjs/messaging-apis> and <https://github.com/ker0x/messenger>.

use super::FREE_TEXT;
use crate::graph_error::GraphError;
use crate::rules::param::Param;

/// Auxiliary and secondary fields of a boarding pass.
const FIELDS: usize = 5;
const PRODUCTS: usize = 4;
const PRICES: usize = 4;
/// Passes, flights, passengers and seats of one message: no limit is documented.
const LIST: usize = 100;

const COMMON: &[&str] = &["template_type", "intro_message", "locale", "theme_color"];

pub(super) fn boarding_pass(template: &Param<'_>) -> Result<(), GraphError> {
    common(template, &["boarding_pass"])?;
    for pass in template.require("boarding_pass")?.items(LIST)? {
        pass.object(&[
            "passenger_name",
            "pnr_number",
            "travel_class",
            "seat",
            "auxiliary_fields",
            "secondary_fields",
            "logo_image_url",
            "header_image_url",
            "header_text_field",
            "qr_code",
            "barcode_image_url",
            "above_bar_code_image_url",
            "flight_info",
        ])?;
        pass.required_text("passenger_name", FREE_TEXT)?;
        pass.required_text("pnr_number", FREE_TEXT)?;
        pass.optional("travel_class", travel_class)?;
        pass.optional_text("seat", FREE_TEXT)?;
        for key in ["auxiliary_fields", "secondary_fields"] {
            pass.optional_items(key, FIELDS)?.iter().try_for_each(label_and_value)?;
        }
        pass.require("logo_image_url")?.http_url()?;
        pass.optional_url("header_image_url")?;
        // One of the sources has a plain text here.
        pass.optional(
            "header_text_field",
            |field| {
                if field.value().is_string() { Ok(()) } else { label_and_value(field) }
            },
        )?;
        pass.optional_text("qr_code", FREE_TEXT)?;
        pass.optional_url("barcode_image_url")?;
        if pass.get("qr_code").is_some() == pass.get("barcode_image_url").is_some() {
            return Err(pass.must("have exactly one of qr_code and barcode_image_url"));
        }
        pass.require("above_bar_code_image_url")?.http_url()?;
        flight(&pass.require("flight_info")?, &[])?;
    }
    Ok(())
}

pub(super) fn checkin(template: &Param<'_>) -> Result<(), GraphError> {
    common(template, &["pnr_number", "checkin_url", "flight_info"])?;
    template.optional_text("pnr_number", FREE_TEXT)?;
    template.require("checkin_url")?.http_url()?;
    template.require("flight_info")?.items(LIST)?.iter().try_for_each(|info| flight(info, &[]))
}

pub(super) fn itinerary(template: &Param<'_>) -> Result<(), GraphError> {
    common(
        template,
        &[
            "pnr_number",
            "passenger_info",
            "flight_info",
            "passenger_segment_info",
            "price_info",
            "base_price",
            "tax",
            "total_price",
            "currency",
        ],
    )?;
    template.required_text("pnr_number", FREE_TEXT)?;
    for passenger in template.require("passenger_info")?.items(LIST)? {
        passenger.object(&["passenger_id", "ticket_number", "name"])?;
        passenger.required_text("passenger_id", FREE_TEXT)?;
        passenger.optional_text("ticket_number", FREE_TEXT)?;
        passenger.required_text("name", FREE_TEXT)?;
    }
    for info in template.require("flight_info")?.items(LIST)? {
        flight(&info, &["connection_id", "segment_id", "aircraft_type", "travel_class"])?;
        info.required_text("connection_id", FREE_TEXT)?;
        info.required_text("segment_id", FREE_TEXT)?;
        info.optional_text("aircraft_type", FREE_TEXT)?;
        travel_class(&info.require("travel_class")?)?;
    }
    for segment in template.require("passenger_segment_info")?.items(LIST)? {
        segment.object(&["segment_id", "passenger_id", "seat", "seat_type", "product_info"])?;
        for key in ["segment_id", "passenger_id", "seat", "seat_type"] {
            segment.required_text(key, FREE_TEXT)?;
        }
        for product in segment.optional_items("product_info", PRODUCTS)? {
            product.object(&["title", "value"])?;
            product.required_text("title", FREE_TEXT)?;
            product.required_text("value", FREE_TEXT)?;
        }
    }
    for price in template.optional_items("price_info", PRICES)? {
        price.object(&["title", "amount", "currency"])?;
        price.required_text("title", FREE_TEXT)?;
        amount(&price.require("amount")?)?;
        price.optional("currency", Param::currency)?;
    }
    template.optional("base_price", amount)?;
    template.optional("tax", amount)?;
    amount(&template.require("total_price")?)?;
    template.require("currency")?.currency()
}

pub(super) fn update(template: &Param<'_>) -> Result<(), GraphError> {
    common(template, &["update_type", "pnr_number", "update_flight_info"])?;
    template.require("update_type")?.one_of(&["delay", "gate_change", "cancellation"])?;
    template.optional_text("pnr_number", FREE_TEXT)?;
    flight(&template.require("update_flight_info")?, &[])
}

fn common(template: &Param<'_>, keys: &[&str]) -> Result<(), GraphError> {
    template.object(&[COMMON, keys].concat())?;
    template.required_text("intro_message", FREE_TEXT)?;
    let locale = template.require("locale")?;
    let named = locale.string()?.split_once('_').is_some_and(|(language, country)| {
        (2..=3).contains(&language.len())
            && language.bytes().all(|byte| byte.is_ascii_lowercase())
            && country.len() == 2
            && country.bytes().all(|byte| byte.is_ascii_uppercase())
    });
    if !named {
        return Err(locale.must("be a locale like en_US"));
    }
    template.optional("theme_color", |color| match color.string()?.strip_prefix('#') {
        Some(digits) if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => Ok(()),
        _ => Err(color.must("be a colour like #009ddc")),
    })
}

fn flight(info: &Param<'_>, more: &[&str]) -> Result<(), GraphError> {
    info.object(&[&["flight_number", "departure_airport", "arrival_airport", "flight_schedule"], more].concat())?;
    info.required_text("flight_number", FREE_TEXT)?;
    for key in ["departure_airport", "arrival_airport"] {
        let airport = info.require(key)?;
        airport.object(&["airport_code", "city", "terminal", "gate"])?;
        airport.required_text("airport_code", FREE_TEXT)?;
        airport.required_text("city", FREE_TEXT)?;
        airport.optional_text("terminal", FREE_TEXT)?;
        airport.optional_text("gate", FREE_TEXT)?;
    }
    let schedule = info.require("flight_schedule")?;
    schedule.object(&["boarding_time", "departure_time", "arrival_time"])?;
    local_time(&schedule.require("departure_time")?)?;
    schedule.optional("boarding_time", local_time)?;
    schedule.optional("arrival_time", local_time)
}

/// `2026-12-01T08:30`, without a zone.
fn local_time(time: &Param<'_>) -> Result<(), GraphError> {
    match jiff::civil::DateTime::strptime("%Y-%m-%dT%H:%M", time.string()?) {
        Ok(_) => Ok(()),
        Err(_) => Err(time.must("be a time like 2026-12-01T08:30")),
    }
}

fn travel_class(class: &Param<'_>) -> Result<(), GraphError> {
    class.one_of(&["economy", "business", "first_class"]).map(drop)
}

fn label_and_value(field: &Param<'_>) -> Result<(), GraphError> {
    field.object(&["label", "value"])?;
    field.required_text("label", FREE_TEXT)?;
    field.required_text("value", FREE_TEXT).map(drop)
}

/// Documented as text; a number is the same thing in a Graph parameter.
fn amount(amount: &Param<'_>) -> Result<(), GraphError> {
    if amount.value().is_number() { Ok(()) } else { amount.text(FREE_TEXT).map(drop) }
}
