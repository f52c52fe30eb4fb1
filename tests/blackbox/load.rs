//! Signed webhooks, as fast as a few connections carry them, with a record of what was acknowledged.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use hyper::Method;
use tests::webhook::{body, text};
use tests::{Connection, ids, request, sign, within};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Enough to fill a store's commit with more than one request.
const CONNECTIONS: usize = 8;

/// A load that runs until the host goes away.
#[derive(Debug)]
pub(crate) struct Load {
    connections: JoinSet<()>,
    record: Arc<Mutex<Record>>,
    acknowledged: watch::Receiver<usize>,
}

/// What was delivered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// The mids of all deliveries that were started.
    pub(crate) sent: Vec<String>,
    /// The mids of those that were answered 200.
    pub(crate) acknowledged: Vec<String>,
    /// Other answers, which a healthy host does not give.
    pub(crate) refused: Vec<u16>,
}

impl Load {
    /// Starts delivering to [`ids::CHANNEL`]. The mids start with the prefix.
    pub(crate) fn start(address: SocketAddr, prefix: &str) -> Self {
        let record = Arc::new(Mutex::new(Record::default()));
        let (count, acknowledged) = watch::channel(0);
        let mut connections = JoinSet::new();
        for number in 0..CONNECTIONS {
            let prefix = format!("{prefix}_{number}");
            connections.spawn(deliver(address, prefix, Arc::clone(&record), count.clone()));
        }
        Self { connections, record, acknowledged }
    }

    /// Waits until this many deliveries have been acknowledged.
    pub(crate) async fn acknowledged(&mut self, count: usize) {
        within("enough acknowledged deliveries", self.acknowledged.wait_for(|so_far| *so_far >= count))
            .await
            .expect("the load goes on");
    }

    /// Waits until every connection has ended, and returns the record.
    pub(crate) async fn end(mut self) -> Record {
        within("the load to end", async { while self.connections.join_next().await.is_some() {} }).await;
        self.record.lock().expect("no connection panicked").clone()
    }
}

/// Delivers one event after the other until the host is gone.
async fn deliver(address: SocketAddr, prefix: String, record: Arc<Mutex<Record>>, count: watch::Sender<usize>) {
    let Ok(mut connection) = Connection::open(address).await else { return };
    for number in 0.. {
        let mid = format!("m_{prefix}_{number}");
        let body = body([text(&mid, "hello")]);
        let signature = sign(ids::APP_SECRET, &body);
        let path = format!("/webhooks/facebook/{}", ids::CHANNEL);
        let request = request(Method::POST, &path, &[("x-hub-signature-256", &signature)], body);
        record.lock().expect("no connection panicked").sent.push(mid.clone());
        match connection.exchange(request).await {
            Ok(reply) if reply.status == 200 => {
                record.lock().expect("no connection panicked").acknowledged.push(mid);
                count.send_modify(|count| *count += 1);
            }
            Ok(reply) => record.lock().expect("no connection panicked").refused.push(reply.status),
            // A host that stops closes the connections that wait: that is the end of the load, or a reason to try again.
            Err(_) => match Connection::open(address).await {
                Ok(again) => connection = again,
                Err(_) => return,
            },
        }
    }
}
