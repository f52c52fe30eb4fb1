//! Bodies at and above the limit of 8 MiB.

use tests::webhook::{body, text};
use tests::{Error, HostConfig, HostProcess, ids, sign, within};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const LIMIT: usize = 8 << 20;

/// A webhook that is valid and exactly this long: JSON may have blanks between its parts.
fn padded(mid: &str, length: usize) -> Vec<u8> {
    let mut body = body([text(mid, "hello")]);
    body.resize(length, b' ');
    body
}

/// Posts bytes and reads the answer at the same time, as a host that refuses a body need not read all of it.
async fn status_of(host: &HostProcess, head: &str, body: &[u8]) -> Result<u16, Error> {
    let stream = TcpStream::connect(host.address()).await?;
    let (mut from, mut to) = stream.into_split();
    let path = format!("/webhooks/facebook/{}", ids::CHANNEL);
    let head = format!("POST {path} HTTP/1.1\r\nhost: linktor.test\r\n{head}\r\n\r\n");
    let writing = async {
        to.write_all(head.as_bytes()).await?;
        to.write_all(body).await?;
        to.flush().await
    };
    let reading = async {
        let mut answer = Vec::new();
        while !answer.windows(4).any(|end| end == b"\r\n\r\n") {
            if !from.read_buf(&mut answer).await.is_ok_and(|read| read > 0) {
                break;
            }
        }
        String::from_utf8_lossy(&answer).split(' ').nth(1).and_then(|status| status.parse().ok())
    };
    // A broken pipe is how a refusal in the middle looks to a writer.
    let (_written, status) = within("an answer to a large body", async { tokio::join!(writing, reading) }).await;
    status.ok_or_else(|| "the connection ended without an answer".into())
}

#[tokio::test]
async fn a_body_of_exactly_eight_mebibytes_is_taken_and_one_byte_more_is_not() {
    let host = HostConfig::alone().serve().await;
    host.deliver(padded("m_full", LIMIT)).await.expect_status(200);
    let over = padded("m_over", LIMIT + 1);
    let head = format!("x-hub-signature-256: {}\r\ncontent-length: {}", sign(ids::APP_SECRET, &over), over.len());
    assert_eq!(status_of(&host, &head, &over).await.unwrap(), 413);
    let mids: Vec<_> = host.events().await.iter().map(|event| event.mid().to_owned()).collect();
    assert_eq!(mids, ["m_full"]);
}

#[tokio::test]
async fn nine_megabytes_are_refused_and_the_host_goes_on() {
    let host = HostConfig::alone().serve().await;
    let large = padded("m_large", 9_000_000);
    let head = format!("x-hub-signature-256: {}\r\ncontent-length: {}", sign(ids::APP_SECRET, &large), large.len());
    assert_eq!(status_of(&host, &head, &large).await.unwrap(), 413);
    host.deliver(body([text("m_1", "still here")])).await.expect_status(200);
    assert_eq!(host.events().await.len(), 1);
    assert!(host.log().contains("too_large"), "the operator can see it: {}", host.log());
}

#[tokio::test]
async fn a_large_body_without_a_length_is_refused_too() {
    let host = HostConfig::alone().serve().await;
    let large = padded("m_chunked", 9_000_000);
    let head = format!("x-hub-signature-256: {}\r\ntransfer-encoding: chunked", sign(ids::APP_SECRET, &large));
    let mut chunked = Vec::new();
    for chunk in large.chunks(65_536) {
        chunked.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunked.extend_from_slice(chunk);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    assert_eq!(status_of(&host, &head, &chunked).await.unwrap(), 413);
    assert_eq!(host.events().await, []);
}
