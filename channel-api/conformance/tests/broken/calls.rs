//! What is told of calls, where a provider delivers to, and when a person may be written to.

use async_trait::async_trait;
use channel_api::connection::Subscribed;
use channel_api::{
    BuildContext, Event, Issue, Judgement, Opening, OutboundMessage, Pointer, ProviderRequest, Receipt, Result,
    Timestamp,
};

use crate::kit::{BrokenAdapter, Defect, Inner, memory};

#[derive(Debug, Default)]
struct LogsItsToken;

#[async_trait]
impl Defect for LogsItsToken {
    async fn send(&self, inner: &Inner, request: &ProviderRequest) -> Result<Receipt> {
        tracing::trace!(token = inner.secret("token"), "a call");
        inner.channel.send(request).await
    }
}

#[derive(Debug, Default)]
struct KnowsBetter;

#[async_trait]
impl Defect for KnowsBetter {
    async fn connection_subscribe(&self, inner: &Inner, webhook: Option<&str>) -> Result<Subscribed> {
        let own = webhook.unwrap_or("https://host.example/webhooks");
        inner.channel.connection().unwrap().subscribe(Some(own)).await
    }
}

macro_rules! judges {
    ($($name:ident: |$inner:ident, $message:ident, $opening:ident, $now:ident| $body:expr;)*) => {
        $(#[derive(Debug, Default)]
        struct $name;

        impl Defect for $name {
            fn judge(
                &self,
                $inner: &Inner,
                $message: &OutboundMessage,
                $opening: Option<&Opening>,
                $now: Timestamp,
            ) -> Judgement {
                $body
            }
        })*
    };
}

judges! {
    NeverCloses: |inner, message, opening, now| match inner.judge(message, opening, now) {
        Judgement::Closed(_) => Judgement::Allowed,
        other => other,
    };
    ClosedUntilOpened: |inner, message, opening, now| match inner.judge(message, opening, now) {
        Judgement::Unknown => Judgement::Closed(Issue::new(&Pointer::ROOT, "window_closed", "nobody has written")),
        other => other,
    };
}

#[derive(Debug, Default)]
struct OpensByItself;

impl Defect for OpensByItself {
    fn opened_by(&self, _: &Inner, event: &Event) -> Option<Opening> {
        event.timestamp.map(|at| Opening::new(at, "message"))
    }
}

macro_rules! ends {
    ($($name:ident: $by:expr;)*) => {
        $(#[derive(Debug, Default)]
        struct $name;

        impl Defect for $name {
            fn ends_at(&self, inner: &Inner, opening: &Opening) -> Option<Timestamp> {
                let ends = inner.channel.window().unwrap().ends_at(opening)?;
                Timestamp::from_millis(ends.as_millis() + $by)
            }
        })*
    };
}

ends! {
    EndsEarly: -1;
    EndsLate: 1;
}

pub(crate) fn adapters() -> Vec<BrokenAdapter> {
    vec![
        BrokenAdapter::code::<LogsItsToken>("logs its token", "send.credentials_not_shown"),
        BrokenAdapter::registration("tells nobody of its calls", "send.observed", |it| {
            it.build = |json, context| (memory().build)(json, &BuildContext::new(context.channel_id.clone()));
        }),
        BrokenAdapter::code::<KnowsBetter>("has an address of its own", "connection.told_address"),
        BrokenAdapter::code::<OpensByItself>("opens the window by echoes", "window.openings"),
        BrokenAdapter::code::<NeverCloses>("never closes the window", "window.judgements"),
        BrokenAdapter::code::<ClosedUntilOpened>("opens nothing unless it knows", "window.nothing_known")
            .also(&["window.judgements"]),
        BrokenAdapter::code::<EndsEarly>("tells an end before the end", "window.ends"),
        BrokenAdapter::code::<EndsLate>("tells an end after the end", "window.ends"),
    ]
}
