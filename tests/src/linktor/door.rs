//! A way to a server that can be cut: a TCP proxy at an address of its own.

use std::net::SocketAddr;

use tokio::io::{copy, copy_bidirectional, sink};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// What a door lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Everything.
    Open,
    /// Nobody: connections are closed, and new ones too as soon as they are made.
    Shut,
    /// Nothing: connections stay and whatever is said on them is lost, as behind a firewall that drops.
    Silent,
    /// What the client says, and nothing that the server answers.
    Deaf,
}

/// A proxy. It goes, with all its connections, when it is dropped.
#[derive(Debug)]
pub struct Door {
    address: SocketAddr,
    way: watch::Sender<Way>,
    serving: JoinHandle<()>,
}

impl Door {
    /// To wherever the server is at the moment.
    pub(super) async fn to(server: watch::Receiver<SocketAddr>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let address = listener.local_addr().expect("a bound listener has an address");
        let (way, ways) = watch::channel(Way::Open);
        let serving = tokio::spawn(serve(listener, server, ways));
        Self { address, way, serving }
    }

    /// What a client is configured with.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://{}", self.address)
    }

    /// From now on it lets this through. Connections that have lost something do not come back.
    pub fn set(&self, way: Way) {
        self.way.send_replace(way);
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, server: watch::Receiver<SocketAddr>, ways: watch::Receiver<Way>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((client, _)) = accepted else { continue };
                let server = *server.borrow();
                connections.spawn(pass(client, server, ways.clone()));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Passes on what the way lets through, until the way changes; what has lost nothing goes on then.
async fn pass(mut client: TcpStream, server: SocketAddr, mut ways: watch::Receiver<Way>) {
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    let way = *ways.borrow_and_update();
    if way == Way::Open {
        tokio::select! {
            // Either end has ended.
            _ = copy_bidirectional(&mut client, &mut server) => return,
            _ = ways.changed() => {}
        }
    }
    let way = *ways.borrow_and_update();
    let (mut from_client, _to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let (mut nowhere, mut nowhere_either) = (sink(), sink());
    let losing = async {
        let answers = copy(&mut from_server, &mut nowhere);
        match way {
            Way::Silent => drop(tokio::join!(copy(&mut from_client, &mut nowhere_either), answers)),
            Way::Deaf => drop(tokio::join!(copy(&mut from_client, &mut to_server), answers)),
            Way::Open | Way::Shut => {}
        }
    };
    tokio::select! {
        () = losing => {}
        _ = ways.changed() => {}
    }
}
