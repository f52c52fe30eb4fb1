//! The form for an address. Source: `…/send-messages/templates/structured-information-template`.

use super::feedback::{EXPIRES_IN_DAYS, privacy};
use crate::graph_error::GraphError;
use crate::rules::param::Param;

/// Countries that the form has fields for.
const COUNTRIES: &[&str] = &["BR", "CA", "FR", "ID", "IN", "MX", "PH", "SG", "TH", "UK", "US", "VN"];

pub(super) fn judge(template: &Param<'_>) -> Result<(), GraphError> {
    template.object(&[
        "template_type",
        "countries",
        "business_privacy",
        "expires_in_days",
        "purpose",
        "address_overrides",
        "contact_overrides",
    ])?;
    for country in template.require("countries")?.items(COUNTRIES.len())? {
        country.one_of(COUNTRIES)?;
    }
    privacy(template)?;
    template.optional_whole("expires_in_days", EXPIRES_IN_DAYS)?;
    template.optional_one_of("purpose", &["SHIPPING"])?;
    for entry in template.optional_items("address_overrides", COUNTRIES.len())? {
        entry.object(&["country", "overrides"])?;
        entry.require("country")?.one_of(COUNTRIES)?;
        fields(&entry.require("overrides")?)?;
    }
    template.optional("contact_overrides", |contact| {
        contact.object(&["name", "phone"])?;
        fields(contact)
    })
}

/// Each with a label and whether it must be filled in.
fn fields(overrides: &Param<'_>) -> Result<(), GraphError> {
    let names = overrides.value().as_object().ok_or_else(|| overrides.must("be an object"))?;
    for name in names.keys() {
        let field = overrides.require(name)?;
        field.object(&["label", "required"])?;
        field.optional("label", |label| label.string().map(drop))?;
        field.optional_bool("required")?;
    }
    Ok(())
}
