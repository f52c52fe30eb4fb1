//! `customer_information`: a form for an address.

use std::collections::BTreeMap;

use channel_api::{Issue, Pointer, Report};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::{BusinessPrivacy, OwnTemplate};
use crate::address;
use crate::limits;
use crate::rules;
use crate::wire::snake_case;

/// The countries for which Meta's page has a table of fields. It writes UK where ISO 3166 has GB.
const COUNTRIES: [&str; 13] = ["BR", "CA", "FR", "GB", "ID", "IN", "MX", "PH", "SG", "TH", "UK", "US", "VN"];

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct CustomerInformation {
    // Anything, so that one that is no string costs its neighbours nothing.
    countries: Vec<Value>,
    business_privacy: Option<BusinessPrivacy>,
    expires_in_days: Option<u32>,
    purpose: Option<String>,
    address_overrides: Option<Vec<AddressOverride>>,
    contact_overrides: Option<Overrides>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct AddressOverride {
    country: Option<String>,
    overrides: Option<Overrides>,
}

/// The form's fields, by name.
#[derive(Debug, Default, Deserialize)]
struct Overrides(BTreeMap<String, Override>);

impl Serialize for Overrides {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, field)| (snake_case(name), field)))
    }
}

/// How one field of the form is shown.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Override {
    label: Option<String>,
    required: Option<bool>,
}

impl OwnTemplate for CustomerInformation {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        let countries = at.key("countries");
        if self.countries.is_empty() {
            rules::filled(&countries, None, "name the countries that are offered, for example [\"US\"]", report);
        }
        for (index, code) in self.countries.iter().enumerate() {
            let here = countries.index(index);
            match code.as_str() {
                Some(code) => country(&here, code, report),
                None => report.refuse(Issue::new(&here, "type", "must be a country in two capital letters: \"US\"")),
            }
        }
        let privacy = at.key("businessPrivacy");
        let url = self.business_privacy.as_ref().and_then(BusinessPrivacy::url);
        let here = privacy.key("url");
        address::opened(&here, address::required(&here, url, report), report);
        let plain = url.is_some_and(|url| url.to_ascii_lowercase().starts_with("http://"));
        let doubt = "Meta asks for https in its surveys and may do so here";
        rules::doubtful(&privacy.key("url"), plain, "url.https", doubt, report);
        rules::between(&at.key("expiresInDays"), self.expires_in_days, &limits::INFORMATION_EXPIRY, report);
        rules::choice(&at.key("purpose"), self.purpose.as_deref(), &["SHIPPING"], report);
        let overrides = at.key("addressOverrides");
        for (index, one) in self.address_overrides.iter().flatten().enumerate() {
            let here = overrides.index(index);
            let code = one.country.as_deref();
            rules::filled(&here.key("country"), code, "say for which country", report);
            if let Some(code) = code {
                country(&here.key("country"), code, report);
            }
        }
        let contact = at.key("contactOverrides");
        for field in self.contact_overrides.iter().flat_map(|contact| contact.0.keys()) {
            rules::choice(&contact.key(field), Some(field), &["name", "phone"], report);
        }
    }
}

fn country(at: &Pointer<'_>, code: &str, report: &mut Report) {
    let two_letters = |code: &str| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    rules::format(at, Some(code), two_letters, "write the country in two capital letters: US", report);
    let doubt = "is not among the countries for which Meta lists fields";
    rules::doubtful(at, two_letters(code) && !COUNTRIES.contains(&code), "country", doubt, report);
}
