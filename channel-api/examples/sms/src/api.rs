use channel_api::{BuildContext, ErrorKind, ProviderRequest, Receipt, Result, Retry};
use channel_http::{Call, Client, Provider, Reported, Rule};

use crate::config::SmsAccount;

/// Acme, in the words that errors need, and what its own errors mean.
static ACME: Provider = Provider {
    token: "API key",
    address_field: "api_url",
    example_path: "/v1/sms",
    when_unsure: "look in Acme's console whether it went out before sending it again",
    report: |json| {
        let error = json.get("error").filter(|error| error.is_object())?;
        Some(Reported {
            code: error["code"].as_i64().map(Into::into),
            message: error["message"].as_str().unwrap_or_default(),
            trace_id: error["trace"].as_str(),
            ..Reported::default()
        })
    },
    rules: &[
        Rule::code("10", ErrorKind::Credentials, "sms.key", "Acme does not accept the API key")
            .with_hint("make a new key in the console and enter it"),
        Rule::code("21", ErrorKind::RecipientUnavailable, "sms.unsubscribed", "this person wants no messages"),
        Rule::code("29", ErrorKind::RateLimited, "sms.rate_limited", "too many messages")
            .with_retry(Retry::SAFE)
            .with_hint("wait, and send more slowly"),
    ],
    ..Provider::new("sms", "Acme", "Acme's API")
};

pub(crate) fn client(account: &SmsAccount, context: &BuildContext) -> Result<Client> {
    Client::new(&ACME, &account.api_url, context)?.with_bearer(&account.api_key)
}

/// Makes one call, once.
pub(crate) async fn send(client: &Client, request: &ProviderRequest) -> Result<Receipt> {
    let answer = client.call(Call::of(request)).await?;
    match answer["id"].as_str() {
        Some(id) => Ok(Receipt { message_id: Some(id.to_owned()), ..Receipt::default() }),
        None => Err(ACME.unsure("sms.no_id", "Acme took the message but gave it no id")),
    }
}
