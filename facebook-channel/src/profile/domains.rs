//! `whitelisted_domains`: where web views with Messenger's extensions, and plugins, may come from.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/messenger-profile-api/domain-whitelisting>

use channel_api::{Issue, Pointer, Report};
use reqwest::Url;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::value::{Given, ListOrText, PropertyValue, set_call};
use crate::address;
use crate::limits;
use crate::rules;

const ADVICE: &str = "must be a domain with https:// in front and a full host name, as in https://shop.example.org";

/// Sets the domains.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["domains"]))]
pub(crate) struct SetWhitelistedDomains {
    /// The domains, each with https:// and the full host name; no IP address, no localhost.
    #[serde(alias = "whitelistedDomains")]
    #[schemars(
        title = "Domains",
        with = "Vec<String>",
        length(min = limits::WHITELISTED_DOMAINS.min, max = limits::WHITELISTED_DOMAINS.max),
        inner(url),
        extend("examples" = [["https://shop.example.org"]])
    )]
    domains: Given<ListOrText<String>>,
}

set_call!(SetWhitelistedDomains { domains: ListOrText<String> = "domains" });

impl PropertyValue for ListOrText<String> {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        let domains = match self {
            Self::List(domains) => domains,
            Self::Text(domain) => return check(domain, at, report),
        };
        rules::count(at, domains.len(), &limits::WHITELISTED_DOMAINS, "domains", report);
        let mut seen: Vec<String> = Vec::new();
        for (index, domain) in domains.iter().enumerate() {
            let here = at.index(index);
            check(domain, &here, report);
            let origin = origin(domain);
            rules::doubtful(&here, seen.contains(&origin), "domain.duplicate", "is in the list already", report);
            seen.push(origin);
        }
    }

    /// A bare text is a list of one.
    fn to_meta(self) -> Value {
        match self {
            Self::List(domains) => domains.into(),
            Self::Text(domain) => json!([domain]),
        }
    }
}

fn check(domain: &str, at: &Pointer<'_>, report: &mut Report) {
    if !address::well_formed(at, domain, report) {
        return;
    }
    let refusal = match Url::parse(domain) {
        Err(_) => Some(("url", ADVICE)),
        Ok(url) => match url.domain().map(|host| host.trim_end_matches('.')) {
            None => Some(("domain.ip", "may not be an IP address: give the host's full name")),
            Some(host) if host == "localhost" || host.ends_with(".localhost") => {
                Some(("domain.localhost", "may not be this machine: give a host that Meta can reach"))
            }
            Some(host) if !host.contains('.') => Some(("domain.host", ADVICE)),
            Some(_) if !url.username().is_empty() || url.password().is_some() => {
                Some(("domain.credentials", "may not hold a user name or password: take them out"))
            }
            Some(_) => {
                let longer = url.path() != "/" || url.query().is_some() || url.fragment().is_some();
                let doubt = "is more than a domain: Meta's list knows domains only";
                rules::doubtful(at, longer, "domain.path", doubt, report);
                None
            }
        },
    };
    if let Some((code, advice)) = refusal {
        report.refuse(Issue::new(at, code, advice));
    }
}

/// A domain as everybody would write it, without what follows the host: Meta answers with a slash more or less.
pub(super) fn origin(domain: &str) -> String {
    match Url::parse(domain) {
        Ok(url) if url.has_host() => url.origin().ascii_serialization(),
        _ => domain.to_owned(),
    }
}
