//! One call over one connection: just enough of HTTP/1.1 to read it, and the freedom to answer wrongly.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Instant;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::{Behaviour, LONGEST_WAIT, Received, Shared};
use crate::Reply;

/// No adapter's call is longer.
const LONGEST_CALL: usize = 4 << 20;
/// An answer without end stops here all the same.
pub(crate) const LONGEST_POUR: usize = 48 << 20;

pub(super) fn serve(mut stream: TcpStream, shared: &Shared) {
    // A failure of the connection is the adapter's to see; here it ends the call.
    let _ended = call(&mut stream, shared);
    let _closed = stream.shutdown(Shutdown::Both);
}

fn call(stream: &mut TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_read_timeout(Some(LONGEST_WAIT))?;
    stream.set_write_timeout(Some(LONGEST_WAIT))?;
    let received = read(stream)?;
    let behaviour = {
        let mut state = shared.state();
        state.received.push(received.clone());
        let arrived = state.received.len();
        let behaviour = state.script.pop_front().unwrap_or_else(|| state.usual.clone());
        drop(state);
        shared.arrivals.send_replace(arrived);
        behaviour
    };
    match behaviour {
        Behaviour::Answer(reply) => answer(stream, &reply, reply.body.len()),
        Behaviour::Computed(answering) => {
            let reply = (answering.0)(&received);
            answer(stream, &reply, reply.body.len())
        }
        Behaviour::Held(reply) => {
            hold(shared);
            answer(stream, &reply, reply.body.len())
        }
        Behaviour::BreakOff => Ok(()),
        Behaviour::BreakInBody(reply) => answer(stream, &reply, reply.body.len() / 2),
        Behaviour::Silence => {
            // Ends when the adapter hangs up, or with the read's own time.
            let _silent = stream.read(&mut [0; 16]);
            Ok(())
        }
        Behaviour::Endless => pour(stream, shared),
    }
}

fn hold(shared: &Shared) {
    let until = Instant::now() + LONGEST_WAIT;
    let mut state = shared.state();
    while !state.released && !state.closing {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            state.expired += 1;
            return;
        }
        state = match shared.changed.wait_timeout(state, left) {
            Ok((state, _)) => state,
            Err(poisoned) => poisoned.into_inner().0,
        };
    }
}

fn answer(stream: &mut TcpStream, reply: &Reply, sent: usize) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {} Scripted\r\nconnection: close\r\n", reply.status).into_bytes();
    for (name, value) in &reply.headers {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(format!("content-length: {}\r\n\r\n", reply.body.len()).as_bytes());
    stream.write_all(&head)?;
    stream.write_all(reply.body.get(..sent).unwrap_or_default())?;
    stream.flush()
}

fn pour(stream: &mut TcpStream, shared: &Shared) -> io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 Scripted\r\nconnection: close\r\ncontent-type: application/json\r\n\r\n\"")?;
    let chunk = vec![b'x'; 64 << 10];
    let mut poured = 0;
    while poured < LONGEST_POUR {
        stream.write_all(&chunk)?;
        poured += chunk.len();
        shared.state().poured = poured;
    }
    Ok(())
}

fn read(stream: &mut TcpStream) -> io::Result<Received> {
    let mut given = Vec::new();
    let head_end = loop {
        if let Some(end) = find(&given, b"\r\n\r\n") {
            break end;
        }
        more(stream, &mut given)?;
    };
    let head = String::from_utf8_lossy(given.get(..head_end).unwrap_or_default()).into_owned();
    let mut lines = head.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = HeaderMap::new();
    for line in lines {
        let Some((name, value)) = line.split_once(':') else { continue };
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value.trim())) {
            headers.append(name, value);
        }
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let chunked = text("transfer-encoding").eq_ignore_ascii_case("chunked");
    let length: usize = text("content-length").parse().unwrap_or(0);
    let mut body = given.split_off(head_end + 4);
    if chunked {
        body = unchunk(stream, body)?;
    } else {
        while body.len() < length {
            more(stream, &mut body)?;
        }
    }
    Ok(Received { method, target, headers, body })
}

fn unchunk(stream: &mut TcpStream, mut given: Vec<u8>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let Some(end) = find(&given, b"\r\n") else {
            more(stream, &mut given)?;
            continue;
        };
        let size = String::from_utf8_lossy(given.get(..end).unwrap_or_default()).into_owned();
        let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16)
            .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        while given.len() < end + 2 + size + 2 {
            more(stream, &mut given)?;
        }
        if size == 0 {
            return Ok(body);
        }
        body.extend(given.drain(..end + 2 + size + 2).skip(end + 2).take(size));
    }
}

fn more(stream: &mut TcpStream, given: &mut Vec<u8>) -> io::Result<()> {
    let mut buffer = [0; 16 << 10];
    let read = stream.read(&mut buffer)?;
    if read == 0 || given.len() > LONGEST_CALL {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    given.extend_from_slice(buffer.get(..read).unwrap_or_default());
    Ok(())
}

fn find(given: &[u8], mark: &[u8]) -> Option<usize> {
    given.windows(mark.len()).position(|window| window == mark)
}
