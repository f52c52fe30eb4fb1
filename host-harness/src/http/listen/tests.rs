//! Which answers were written whole, as connections of every kind end.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use futures::stream;
use http::StatusCode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::JoinHandle;

use super::*;
use crate::http::answered::{Answer, OnceAnswered};

/// More than the operating system takes off a connection that nobody reads from.
const BIG: usize = 64 << 20;

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Answered,
    Read,
    Unread,
    Dropped,
}

/// Tells how a request ended.
struct Witness {
    request: String,
    written: AtomicBool,
    ends: UnboundedSender<(String, End)>,
}

impl Witness {
    fn tell(&self, end: End) {
        // The test may be over.
        let _told = self.ends.send((self.request.clone(), end));
    }
}

impl Answer for Witness {
    fn written(&self) {
        self.written.store(true, Ordering::Relaxed);
        self.tell(End::Answered);
    }

    fn read(&self) {
        self.tell(End::Read);
    }

    fn unread(&self) {
        self.tell(End::Unread);
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        if !self.written.load(Ordering::Relaxed) {
            self.tell(End::Dropped);
        }
    }
}

/// Serves `/{kind}/{request}`, and tells how each request ended.
struct Server {
    address: SocketAddr,
    ends: UnboundedReceiver<(String, End)>,
    /// A request of kind `hang` has begun.
    begun: UnboundedReceiver<()>,
    stopping: CancellationToken,
    serving: JoinHandle<()>,
}

fn answer(kind: &str, witness: Witness) -> Response {
    let chunk = || Ok(Bytes::from_static(b"chunk"));
    let body = match kind {
        "big" => Body::from(vec![b'x'; BIG]),
        "streamed" => Body::from_stream(stream::iter([chunk(), chunk()])),
        "broken" => Body::from_stream(stream::iter([chunk(), Err(std::io::Error::other("broken"))])),
        _ => Body::from("small"),
    };
    let mut response = Response::new(body);
    if let Ok(status) = kind.parse() {
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
    }
    response.extensions_mut().insert(OnceAnswered(Arc::new(witness)));
    response
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let ((tell, ends), (hanging, begun)) = (mpsc::unbounded_channel(), mpsc::unbounded_channel());
        let handler = async move |Path((kind, request)): Path<(String, String)>| {
            let witness = Witness { request, written: AtomicBool::new(false), ends: tell };
            if kind == "hang" {
                hanging.send(()).unwrap();
                std::future::pending::<()>().await;
            }
            answer(&kind, witness)
        };
        let stopping = CancellationToken::new();
        let router = Router::new().route("/{kind}/{request}", get(handler));
        let serving = tokio::spawn(serve(listener, router, stopping.clone()));
        Self { address, ends, begun, stopping, serving }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// How the next request ended.
    async fn end(&mut self) -> (String, End) {
        self.ends.recv().await.unwrap()
    }

    /// How all others ended, once the server has.
    async fn rest(mut self) -> Vec<(String, End)> {
        self.stopping.cancel();
        self.serving.await.unwrap();
        let mut rest = Vec::new();
        while let Some(end) = self.ends.recv().await {
            rest.push(end);
        }
        rest
    }
}

fn request(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n")
}

/// Reads one answer whose head tells its length.
async fn read_answer(stream: &mut TcpStream) -> Vec<u8> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).await.unwrap();
    body
}

fn ended(request: &str, end: End) -> (String, End) {
    (request.to_owned(), end)
}

#[tokio::test]
async fn what_standard_clients_repeat_is_no_answer() {
    let (mut server, mut clients) = (Server::start().await, Vec::new());
    for (status, is_answer) in [
        (200, true),
        (202, true),
        (400, true),
        (404, true),
        (409, true),
        (422, true),
        (303, false),
        (408, false),
        (425, false),
        (429, false),
        (500, false),
        (503, false),
    ] {
        let mut client = server.connect().await;
        client.write_all(request(&format!("/{status}/r")).as_bytes()).await.unwrap();
        read_answer(&mut client).await;
        clients.push(client);
        let expected = if is_answer { End::Answered } else { End::Dropped };
        assert_eq!(server.end().await, ended("r", expected), "{status}");
    }
}

#[tokio::test]
async fn each_answer_of_a_kept_connection_counts_when_it_was_written() {
    let mut server = Server::start().await;
    let mut client = server.connect().await;
    for (kind, name) in [("small", "first"), ("big", "second"), ("small", "third")] {
        client.write_all(request(&format!("/{kind}/{name}")).as_bytes()).await.unwrap();
        read_answer(&mut client).await;
        assert_eq!(server.end().await, ended(name, End::Answered));
        assert!(server.ends.is_empty(), "nobody knows yet whether it was read");
        client.write_all(request(&format!("/hang/after {name}").replace(' ', "%20")).as_bytes()).await.unwrap();
        assert_eq!(server.end().await, ended(name, End::Read), "who asks for more has it");
        drop(client);
        assert_eq!(server.end().await, ended(&format!("after {name}"), End::Dropped));
        client = server.connect().await;
    }
    assert_eq!(server.rest().await, []);
}

#[tokio::test]
async fn who_closes_in_good_order_has_the_answer() {
    let mut server = Server::start().await;
    let mut client = server.connect().await;
    client.write_all(request("/small/read").as_bytes()).await.unwrap();
    read_answer(&mut client).await;
    drop(client);
    assert_eq!([server.end().await, server.end().await], [ended("read", End::Answered), ended("read", End::Read)]);
}

#[tokio::test]
async fn who_closes_on_an_answer_without_reading_it_has_none_of_it() {
    let mut server = Server::start().await;
    let mut client = server.connect().await;
    client.write_all(request("/small/read").as_bytes()).await.unwrap();
    read_answer(&mut client).await;
    assert_eq!(server.end().await, ended("read", End::Answered));
    client.write_all(request("/small/unread").as_bytes()).await.unwrap();
    assert_eq!(server.end().await, ended("read", End::Read));
    assert_eq!(server.end().await, ended("unread", End::Answered));
    client.readable().await.unwrap();
    drop(client);
    assert_eq!(server.end().await, ended("unread", End::Unread));
    assert_eq!(server.rest().await, []);
}

#[tokio::test]
async fn a_streamed_answer_counts_when_it_came_to_its_end() {
    let (mut server, mut clients) = (Server::start().await, Vec::new());
    for (kind, end) in [("streamed", End::Answered), ("broken", End::Dropped)] {
        let mut client = server.connect().await;
        client.write_all(request(&format!("/{kind}/{kind}")).as_bytes()).await.unwrap();
        assert_eq!(server.end().await, ended(kind, end));
        // Who closes on what was not read tells that.
        clients.push(client);
    }
}

#[tokio::test]
async fn who_goes_before_the_answer_has_none() {
    let mut server = Server::start().await;
    let mut client = server.connect().await;
    client.write_all(request("/hang/gone").as_bytes()).await.unwrap();
    server.begun.recv().await.unwrap();
    assert!(server.ends.is_empty());
    drop(client);
    assert_eq!(server.end().await, ended("gone", End::Dropped));
}

#[tokio::test]
async fn who_reads_half_of_an_answer_has_none() {
    let mut server = Server::start().await;
    let mut client = server.connect().await;
    client.write_all(request("/big/half").as_bytes()).await.unwrap();
    client.read_exact(&mut vec![0; BIG / 2]).await.unwrap();
    assert!(server.ends.is_empty(), "the other half cannot be written yet");
    drop(client);
    assert_eq!(server.end().await, ended("half", End::Dropped));
}

#[tokio::test]
async fn requests_on_the_heels_of_each_other_are_answered_one_by_one() {
    let mut server = Server::start().await;
    let mut client = server.connect().await;
    let all = ["/small/first", "/422/second", "/503/third", "/big/fourth", "/small/fifth"].map(request).concat();
    client.write_all(all.as_bytes()).await.unwrap();
    let mut ends = [server.end().await, server.end().await, server.end().await];
    // What is no answer is given up at once; the others when they are written.
    ends.sort_by_key(|(_, end)| *end == End::Dropped);
    assert_eq!(ends, [ended("first", End::Answered), ended("second", End::Answered), ended("third", End::Dropped)]);
    for _ in 0..3 {
        read_answer(&mut client).await;
    }
    client.read_exact(&mut vec![0; BIG / 2]).await.unwrap();
    assert!(server.ends.is_empty());
    drop(client);
    let rest = server.rest().await;
    assert!(rest.contains(&ended("fourth", End::Dropped)), "{rest:?}");
    // It had asked for all of them before, so nobody can tell that it has read these two.
    assert!(["first", "second"].iter().all(|name| rest.contains(&ended(name, End::Unread))), "{rest:?}");
}
