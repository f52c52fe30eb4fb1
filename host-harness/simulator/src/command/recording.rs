//! A session kept, and a session played again.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use super::phone::{Phone, client};
use super::{CommandError, output};
use crate::{PostedWebhook, corpus};

#[derive(Debug, Args)]
pub(super) struct Record {
    /// The folder to write; it must not hold a corpus yet
    folder: PathBuf,
}

impl Record {
    pub(super) async fn run(self, phone: &Phone, app_secret: &str) -> Result<(), CommandError> {
        let mut webhooks = Vec::new();
        let answer = phone.get("webhooks").await?;
        for webhook in answer["webhooks"].as_array().into_iter().flatten() {
            webhooks.push(posted(webhook));
        }
        let count = corpus::write(&self.folder, &webhooks, app_secret)
            .map_err(|error| CommandError::new(error.to_string(), None))?;
        Ok(output::text(&format!("{count} webhooks in {}", self.folder.display()))?)
    }
}

/// A webhook as the simulator lists it.
fn posted(webhook: &Value) -> PostedWebhook {
    let text = |key: &str| webhook[key].as_str().unwrap_or_default().to_owned();
    let fields = webhook["fields"].as_array().into_iter().flatten();
    PostedWebhook {
        seq: webhook["seq"].as_u64().unwrap_or_default(),
        at: text("at"),
        page: text("page"),
        fields: fields.filter_map(|field| field.as_str().map(str::to_owned)).collect(),
        attempts: webhook["attempts"].as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or_default(),
        status: webhook["status"].as_u64().and_then(|status| u16::try_from(status).ok()),
        signature: text("signature"),
        body: text("body").into(),
    }
}

#[derive(Debug, Args)]
pub(super) struct Replay {
    /// The folder of the corpus
    folder: PathBuf,
}

impl Replay {
    /// Posts one after the other, in the order of the index, and says what each was answered.
    pub(super) async fn run(self, webhook_url: Option<String>, app_secret: &str) -> Result<(), CommandError> {
        let Some(url) = webhook_url else {
            return Err(CommandError::new(
                "replay needs an address",
                Some("give the host's webhook with --webhook-url"),
            ));
        };
        let recordings = corpus::read(&self.folder).map_err(|error| CommandError::new(error.to_string(), None))?;
        let client = client()?;
        let mut all_taken = true;
        for recording in &recordings {
            let answer = match corpus::replay(&client, &url, app_secret, recording).await {
                Ok(status) => {
                    all_taken &= status == 200;
                    status.to_string()
                }
                Err(error) => {
                    all_taken = false;
                    error.without_url().to_string()
                }
            };
            output::text(&format!("{}\t{answer}", recording.file))?;
        }
        if all_taken { Ok(()) } else { Err(CommandError::NotTaken) }
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::HeaderMap;
    use bytes::Bytes;
    use tokio::sync::mpsc;

    use super::super::CommandError;
    use super::super::phone::Act;
    use super::{Phone, Record, Replay};
    use crate::{Page, Person, Simulator};

    fn page(webhook_url: String) -> Page {
        Page {
            id: "1098765432100001".into(),
            name: "Acme".into(),
            app_id: "2233445566778899".into(),
            app_secret: "made-up".into(),
            access_token: "token".into(),
            webhook_url: Some(webhook_url),
            verify_token: "verify".into(),
            subscribed_fields: vec!["messages".into()],
            require_appsecret_proof: false,
        }
    }

    #[tokio::test]
    async fn what_was_recorded_is_played_again() {
        let (sender, mut received) = mpsc::unbounded_channel();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hook = format!("http://{}/hook", listener.local_addr().unwrap());
        let take = move |headers: HeaderMap, body: Bytes| async move {
            sender.send((headers["x-hub-signature-256"].clone(), body)).unwrap();
        };
        let app = Router::new().fallback(take);
        tokio::spawn(async move { axum::serve(listener, app).await });
        let person = Person { psid: "7411002233445566".into(), ..Person::default() };
        let simulator = Simulator::new().page(page(hook.clone())).person(person).start().await.unwrap();

        let phone = Phone { url: simulator.url(), from: None };
        phone.act(Act::Say { text: vec!["Größe".into(), "1/2?".into()] }).await.unwrap();
        let first = received.recv().await.unwrap();
        simulator.settled().await;
        let folder = tempfile::tempdir().unwrap();
        let record = || Record { folder: folder.path().to_owned() };
        assert!(
            matches!(record().run(&phone, "guess").await, Err(CommandError::Refused { message, .. }) if message.contains("app secret"))
        );
        record().run(&phone, "made-up").await.unwrap();

        let replay = || Replay { folder: folder.path().to_owned() };
        replay().run(Some(hook), "made-up").await.unwrap();
        assert_eq!(received.recv().await.unwrap(), first);
        assert!(matches!(replay().run(None, "made-up").await, Err(CommandError::Refused { .. })));
        let nowhere = replay().run(Some(format!("{}/_sim/nothing", simulator.url())), "made-up").await;
        assert!(matches!(nowhere, Err(CommandError::NotTaken)), "an answer other than 200 is a failure");
    }
}
