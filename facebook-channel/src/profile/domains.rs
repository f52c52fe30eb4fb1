//! `whitelisted_domains`: where web views with Messenger's extensions, and plugins, may come from.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/messenger-profile-api/domain-whitelisting>

use channel_api::{Issue, Pointer};
use reqwest::Url;
use serde_json::Value;

use super::members::elements;
use super::notes::Notes;
use crate::limits;
use crate::send::rules;

const ADVICE: &str = "must be a domain with https:// in front and a full host name, as in https://shop.example.org";

/// A list of domains; a bare text is a list of one.
pub(super) fn read(value: &Value, at: &Pointer<'_>, notes: &mut Notes) -> Value {
    if let Some(domain) = value.as_str() {
        check(domain, at, notes);
        return Value::Array(vec![domain.into()]);
    }
    let list = elements(value, at, "a list of domains", notes).unwrap_or_default();
    if value.is_array() {
        rules::count(at, list.len(), &limits::WHITELISTED_DOMAINS, "domains", &mut notes.rules);
    }
    let mut seen: Vec<String> = Vec::new();
    for (index, domain) in list.iter().enumerate() {
        let here = at.index(index);
        let Some(domain) = domain.as_str() else {
            notes.misfit(&here, "a string");
            continue;
        };
        check(domain, &here, notes);
        let origin = origin(domain);
        rules::doubtful(&here, seen.contains(&origin), "domain.duplicate", "is in the list already", &mut notes.rules);
        seen.push(origin);
    }
    Value::Array(list.to_vec())
}

fn check(domain: &str, at: &Pointer<'_>, notes: &mut Notes) {
    let refusal = match Url::parse(domain) {
        _ if domain.contains(|c: char| c.is_whitespace() || c.is_control()) => Some(("url", ADVICE)),
        Err(_) => Some(("url", ADVICE)),
        Ok(url) if url.scheme() != "https" => Some(("url.https", ADVICE)),
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
                rules::doubtful(at, longer, "domain.path", doubt, &mut notes.rules);
                None
            }
        },
    };
    if let Some((code, advice)) = refusal {
        notes.rules.refuse(Issue::new(at, code, advice));
    }
}

/// A domain as everybody would write it, without what follows the host: Meta answers with a slash more or less.
pub(super) fn origin(domain: &str) -> String {
    match Url::parse(domain) {
        Ok(url) if url.has_host() => url.origin().ascii_serialization(),
        _ => domain.to_owned(),
    }
}
