//! What errors say.

use async_trait::async_trait;
use channel_api::{Error, ErrorKind, ProviderRequest, Receipt, Result, Retry};

use crate::kit::{BrokenAdapter, Defect, Inner, bare, whole};

macro_rules! defects {
    ($($name:ident: |$error:ident| $body:expr;)*) => {
        $(#[derive(Debug, Default)]
        struct $name;

        #[async_trait]
        impl Defect for $name {
            async fn send(&self, inner: &Inner, request: &ProviderRequest) -> Result<Receipt> {
                inner.channel.send(request).await.map_err(|$error| $body)
            }
        })*
    };
}

/// The error of another kind, code or sentence.
fn renamed(error: &Error, kind: ErrorKind, code: &str, sentence: &str) -> Error {
    let mut renamed = Error::new(kind, code.to_owned(), sentence.to_owned()).with_retry(error.retry());
    if let Some(provider) = error.provider() {
        renamed = renamed.with_provider(provider.clone());
    }
    renamed.with_hint(error.hint().unwrap_or("look at it").to_owned())
}

defects! {
    AllRejected: |error| match error.kind() {
        ErrorKind::RecipientUnavailable => renamed(&error, ErrorKind::Rejected, error.code(), &error.to_string()),
        _ => error,
    };
    AdviceToRetry: |error| match error.kind() {
        ErrorKind::WindowClosed => error.with_retry(Retry::SAFE),
        _ => error,
    };
    CodeOfWords: |error| {
        let words = error.provider().and_then(|provider| provider.message.clone()).unwrap_or_default();
        let word = words.split(' ').next().unwrap_or_default().to_lowercase();
        match error.code() {
            "memory.rejected" if word.bytes().all(|byte| byte.is_ascii_lowercase()) => renamed(&error, error.kind(), &format!("memory.{word}"), &error.to_string()),
            _ => error,
        }
    };
    NoHint: |error| match error.kind() {
        ErrorKind::Credentials => {
            let provider = error.provider().cloned().unwrap_or_default();
            bare(&error).with_provider(provider)
        }
        _ => error,
    };
    ForgetsTheProvider: |error| match error.kind() {
        ErrorKind::Permission => renamed(&bare(&error), error.kind(), error.code(), &error.to_string()),
        _ => error,
    };
    ForgetsTheWait: |error| match error.retry() {
        Retry::Safe { after: Some(_) } => whole(&error).with_retry(Retry::SAFE),
        _ => error,
    };
    TellsTheCauseTwice: |error| match std::error::Error::source(&error).map(ToString::to_string) {
        Some(cause) if error.code() == "memory.no_answer" => {
            let sentence = format!("{error}: {cause}");
            renamed(&error, error.kind(), error.code(), &sentence).with_source(cause)
        }
        _ => error,
    };
}

pub(crate) fn adapters() -> Vec<BrokenAdapter> {
    vec![
        BrokenAdapter::code::<AllRejected>("does not tell who cannot be reached", "errors.classified"),
        BrokenAdapter::code::<AdviceToRetry>("advises to try again what will fail again", "errors.classified"),
        BrokenAdapter::code::<CodeOfWords>("makes codes of the provider's words", "errors.codes_are_bounded"),
        BrokenAdapter::code::<NoHint>("does not say what to do", "errors.hints"),
        BrokenAdapter::code::<ForgetsTheProvider>("forgets the provider's code", "errors.provider_is_kept"),
        BrokenAdapter::code::<ForgetsTheWait>("forgets how long to wait", "errors.wait_is_kept"),
        BrokenAdapter::code::<TellsTheCauseTwice>("tells the cause twice", "errors.own_sentence"),
    ]
}
