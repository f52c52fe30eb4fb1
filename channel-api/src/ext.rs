//! [`ChannelAdapterExt`]: conveniences over the contract.

use async_trait::async_trait;
use serde_json::Value;

use crate::message::as_written;
use crate::read::respell;
use crate::{
    ChannelAdapter, Delivery, Denormalized, Error, ErrorKind, OutboundMessage, ProviderRequest, Receipt, Received,
    Report, Result, Verified, declared,
};

/// How far the delivery of a message came. A message may be several calls, and an earlier one stands even when a later one
/// fails.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Delivered {
    /// One for each call that was made and taken, in order.
    pub receipts: Vec<Receipt>,
    /// Why the next call failed; the ones after it were not made.
    pub failure: Option<Error>,
}

impl<'a> Delivery<'a> {
    /// Lets the adapter check who sent it. This is the only way to a [`Verified`] for what came over a network.
    ///
    /// # Errors
    /// What [`ChannelAdapter::verify`] answers.
    pub fn verify(self, adapter: &(impl ChannelAdapter + ?Sized)) -> Result<Verified<'a>> {
        let proof = adapter.verify(&self)?;
        Ok(Verified::proved(self.body, proof))
    }
}

/// What a host does most with an adapter. Implemented for every [`ChannelAdapter`].
#[async_trait]
pub trait ChannelAdapterExt: ChannelAdapter {
    /// Verifies a delivery, then translates it.
    ///
    /// # Errors
    /// Those of [`verify`](ChannelAdapter::verify) and [`normalize`](ChannelAdapter::normalize).
    fn receive(&self, delivery: Delivery<'_>) -> Result<Vec<Received>> {
        self.normalize(&delivery.verify(self)?)
    }

    /// Translates a message into the calls that deliver it, after refusing what the channel does not declare. This is the way
    /// to [`denormalize`](ChannelAdapter::denormalize): an adapter lists what it can do, and nobody lists what it cannot.
    ///
    /// # Errors
    /// [`InvalidMessage`](ErrorKind::InvalidMessage) with all the reasons.
    fn translate(&self, message: &OutboundMessage) -> Result<Denormalized> {
        complete(self, message, declared::check(message, self.capabilities()), None)
    }

    /// Translates a message given as JSON. Its author hears at once of what is wrong with its shape and of the rules that it
    /// breaks, at pointers spelled as the message spells its fields.
    ///
    /// # Errors
    /// [`InvalidMessage`](ErrorKind::InvalidMessage) with all the reasons.
    fn denormalize_json(&self, json: &Value) -> Result<Denormalized> {
        let (message, report) = OutboundMessage::read(json);
        self.denormalize_read(&message, report, json)
    }

    /// The same for a message that was [`read`](OutboundMessage::read) from this JSON, with what was found then.
    ///
    /// # Errors
    /// [`InvalidMessage`](ErrorKind::InvalidMessage) with all the reasons.
    fn denormalize_read(&self, message: &OutboundMessage, mut report: Report, json: &Value) -> Result<Denormalized> {
        as_written(&mut report, json);
        let mut undeclared = declared::check(message, self.capabilities());
        as_written(&mut undeclared, json);
        report.absorb(undeclared);
        match complete(self, message, report, Some(json)) {
            Ok(translated) => {
                let mut report = Report { warnings: translated.warnings, ..Report::default() };
                respell(&mut report, json);
                Ok(Denormalized { warnings: report.warnings, ..translated })
            }
            Err(error) if error.kind() == ErrorKind::InvalidMessage => {
                let mut report = error.into_report();
                respell(&mut report, json);
                Err(invalid(report))
            }
            Err(error) => Err(error),
        }
    }

    /// Makes a message's calls one after the other, each once, until one fails.
    async fn deliver(&self, requests: &[ProviderRequest]) -> Delivered {
        let mut delivered = Delivered { receipts: Vec::with_capacity(requests.len()), failure: None };
        for request in requests {
            match self.send(request).await {
                Ok(receipt) => delivered.receipts.push(receipt),
                Err(error) => {
                    delivered.failure = Some(error);
                    break;
                }
            }
        }
        delivered
    }
}

impl<T: ChannelAdapter + ?Sized> ChannelAdapterExt for T {}

/// Lets the adapter add to what was found in a message already. Places are those of the message's JSON, where it came as that.
fn complete<A: ChannelAdapter + ?Sized>(
    adapter: &A,
    message: &OutboundMessage,
    mut report: Report,
    json: Option<&Value>,
) -> Result<Denormalized> {
    let placed = |mut found: Report| {
        if let Some(json) = json {
            as_written(&mut found, json);
        }
        found
    };
    match adapter.denormalize(message) {
        Ok(translated) => {
            let found = placed(Report { warnings: translated.warnings, ..Report::default() });
            report.absorb(found);
            if report.refusals.is_empty() {
                return Ok(Denormalized { warnings: report.warnings, ..translated });
            }
            Err(invalid(report))
        }
        Err(error) if error.kind() == ErrorKind::InvalidMessage => {
            report.absorb(placed(error.into_report()));
            Err(invalid(report))
        }
        Err(error) => Err(error),
    }
}

fn invalid(report: Report) -> Error {
    Error::refused(ErrorKind::InvalidMessage, "invalid_message", "the message", report)
}
