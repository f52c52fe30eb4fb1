use channel_api::{Issue, Pointer, Report};

use super::TENANT;

/// Where a channel stands in Linktor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The core's id of the channel, in lower case.
    pub channel_id: String,
    /// The core's id of the tenant whose it is, in lower case.
    pub tenant_id: String,
}

/// What `[[channels]]` say of their places.
pub(in crate::config) struct Given<'a> {
    pub(in crate::config) channel_id: Option<&'a str>,
    pub(in crate::config) tenant_id: Option<&'a str>,
}

/// The places of the channels, in their order. A channel that names none has none. `tenant` is whose all are that do not say.
pub(in crate::config) fn places<'a>(
    given: impl Iterator<Item = Given<'a>>,
    tenant: Option<&str>,
    list: &Pointer<'_>,
    report: &mut Report,
) -> Vec<Option<Place>> {
    let mut places: Vec<Option<Place>> = Vec::new();
    for (index, Given { channel_id, tenant_id }) in given.enumerate() {
        let at = list.index(index);
        let (here, whose) = (at.key("linktor_channel_id"), at.key("linktor_tenant_id"));
        let tenant_id = match tenant_id {
            Some(given) => uuid(given, &whose, TENANT, report),
            None => tenant.map(str::to_owned),
        };
        let channel_id = channel_id.and_then(|given| uuid(given, &here, "the channel's id in Linktor", report));
        let Some(channel_id) = channel_id else {
            places.push(None);
            continue;
        };
        if places.iter().flatten().any(|earlier| earlier.channel_id == channel_id) {
            let message = "another channel stands in this place of Linktor";
            let hint = "make a channel of its own in Linktor for each, or an answer has two ways to go";
            report.refuse(Issue::new(&here, "duplicate", message).with_hint(hint));
        }
        if tenant_id.is_none() && report.refusals.iter().all(|issue| issue.code != "uuid") {
            let message = "must be the tenant's id in Linktor: [linktor] tenant_id names none for all channels";
            let hint = "every answer and event of Linktor carries it as tenant_id";
            report.refuse(Issue::new(&whose, "required", message).with_hint(hint));
        }
        places.push(tenant_id.map(|tenant_id| Place { channel_id, tenant_id }));
    }
    places
}

/// A UUID, in lower case. The core's are nothing else.
pub(in crate::config) fn uuid(given: &str, at: &Pointer<'_>, what: &str, report: &mut Report) -> Option<String> {
    let dashes = [8, 13, 18, 23];
    let fits = given.len() == 36
        && given
            .bytes()
            .enumerate()
            .all(|(at, byte)| if dashes.contains(&at) { byte == b'-' } else { byte.is_ascii_hexdigit() });
    if !fits {
        let message = format!("must be {what}, a UUID such as 571eac0f-760d-403f-b150-05b6b7b16c95");
        report.refuse(Issue::new(at, "uuid", message));
        return None;
    }
    Some(given.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANTS: [&str; 2] = ["11111111-0000-4000-8000-000000000000", "22222222-0000-4000-8000-000000000000"];
    const CHANNELS: [&str; 2] = ["AAAAAAAA-0000-4000-8000-000000000000", "bbbbbbbb-0000-4000-8000-000000000000"];

    fn read(given: &[(Option<&str>, Option<&str>)], tenant: Option<&str>) -> (Vec<Option<Place>>, Vec<String>) {
        let mut report = Report::default();
        let given = given.iter().map(|&(channel_id, tenant_id)| Given { channel_id, tenant_id });
        let places = places(given, tenant, &Pointer::ROOT.key("channels"), &mut report);
        (places, report.refusals.into_iter().map(|issue| format!("{} {}", issue.pointer, issue.code)).collect())
    }

    #[test]
    fn a_channel_is_its_own_tenant_s_or_that_of_all() {
        let given = [(Some(CHANNELS[0]), None), (None, None), (Some(CHANNELS[1]), Some(TENANTS[1]))];
        let (places, refused) = read(&given, Some(TENANTS[0]));
        let place = |channel_id: &str, tenant_id: &str| {
            Some(Place { channel_id: channel_id.to_ascii_lowercase(), tenant_id: tenant_id.to_owned() })
        };
        assert_eq!(places, [place(CHANNELS[0], TENANTS[0]), None, place(CHANNELS[1], TENANTS[1])]);
        assert_eq!(refused, Vec::<String>::new());
    }

    #[test]
    fn what_is_wrong_is_placed() {
        for (given, refused) in [
            ((Some(CHANNELS[0]), None), "/channels/0/linktor_tenant_id required"),
            ((Some("571eac0f760d403fb15005b6b7b16c95"), Some(TENANTS[0])), "/channels/0/linktor_channel_id uuid"),
            ((Some("571eac0f-760d-403f-b150-05b6b7b16c9g"), Some(TENANTS[0])), "/channels/0/linktor_channel_id uuid"),
            ((Some(CHANNELS[0]), Some("mine")), "/channels/0/linktor_tenant_id uuid"),
        ] {
            assert_eq!(read(&[given], None).1, [refused]);
        }
        let lower = CHANNELS[0].to_ascii_lowercase();
        let twice = [(Some(CHANNELS[0]), None), (Some(&*lower), None)];
        assert_eq!(read(&twice, Some(TENANTS[0])).1, ["/channels/1/linktor_channel_id duplicate"]);
    }
}
