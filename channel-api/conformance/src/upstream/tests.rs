use std::io::{Read as _, Write as _};

use super::*;

/// Writes a call by hand and reads whatever comes back.
fn call(upstream: &Upstream, text: &str) -> String {
    let mut stream = TcpStream::connect(upstream.address).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = Vec::new();
    // A connection that breaks off is an answer too.
    drop(stream.read_to_end(&mut answer));
    String::from_utf8_lossy(&answer).into_owned()
}

const GET: &str = "GET /a?b=c HTTP/1.1\r\nX-One: 1\r\n\r\n";

#[test]
fn a_call_is_recorded_and_answered_as_scripted() {
    let upstream = Upstream::start().unwrap();
    assert!(call(&upstream, GET).starts_with("HTTP/1.1 503 "), "unless it is told otherwise");
    upstream.always(Behaviour::Answer(Reply::text(200, "usual").header("x-two", "2")));
    upstream.next([Behaviour::Answer(Reply::text(400, "first"))]);
    upstream.take();
    assert!(call(&upstream, "POST /p HTTP/1.1\r\ncontent-length: 4\r\n\r\nbody").ends_with("\r\n\r\nfirst"));
    let answer = call(&upstream, GET);
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.contains("x-two: 2\r\n") && answer.ends_with("usual"),
        "{answer}"
    );
    let [post, get] = &upstream.take()[..] else { panic!("two calls") };
    assert_eq!((post.method.as_str(), post.target.as_str(), &post.body[..]), ("POST", "/p", &b"body"[..]));
    assert_eq!(
        (get.method.as_str(), get.target.as_str(), get.headers["x-one"].as_bytes()),
        ("GET", "/a?b=c", &b"1"[..])
    );
}

#[test]
fn a_body_in_chunks_is_put_together() {
    let upstream = Upstream::start().unwrap();
    call(&upstream, "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\n\r\n");
    assert_eq!(upstream.take()[0].body, b"abcd");
}

#[test]
fn what_a_network_does_happens() {
    let upstream = Upstream::start().unwrap();
    upstream.always(Behaviour::BreakOff);
    assert_eq!(call(&upstream, GET), "");
    upstream.always(Behaviour::BreakInBody(Reply::text(200, "whole")));
    let half = call(&upstream, GET);
    assert!(half.contains("content-length: 5\r\n") && half.ends_with("\r\n\r\nwh"), "{half}");
    upstream.always(Behaviour::Endless);
    assert!(call(&upstream, GET).len() > LONGEST_POUR);
    assert_eq!(upstream.poured(), LONGEST_POUR);
}

#[test]
fn an_answer_is_held_until_it_is_released() {
    let upstream = Upstream::start().unwrap();
    upstream.always(Behaviour::Held(Reply::text(200, "late")));
    upstream.release();
    assert!(call(&upstream, GET).ends_with("late"));
    assert_eq!(upstream.expired(), 0);
}

#[test]
fn connections_are_counted_even_when_nothing_is_said() {
    let upstream = Upstream::start().unwrap();
    assert_eq!(upstream.connections(), 0);
    let _silent = TcpStream::connect(upstream.address).unwrap();
    assert_eq!(upstream.connections(), 1);
    assert_eq!(upstream.connections(), 1, "looking does not count");
    let nobody = Upstream::nobody().unwrap();
    assert!(TcpStream::connect(nobody.url.trim_start_matches("http://")).is_err());
}
