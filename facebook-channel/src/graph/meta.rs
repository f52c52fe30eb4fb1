//! [`META`]: the provider, as the kit for HTTP channels has to know it.

use channel_http::Provider;

use super::errors;
use super::usage::Usage;
use super::words::WORDS;

pub(crate) static META: Provider = Provider {
    report: errors::report,
    classify: errors::classify,
    pressure: |headers| Usage::from_headers(headers).pressure(),
    ..WORDS
};
