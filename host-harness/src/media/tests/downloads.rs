//! What is fetched, and what is not. The media host is on loopback, so each test lists its address.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use bytes::Bytes;
use futures::StreamExt as _;
use reqwest::dns::Resolve as _;
use serde::Deserialize;
use tokio::net::TcpListener;

use crate::config::MediaHost;
use crate::media::downloads::DownloadLimits;
use crate::media::resolver::{NotPublic, PublicOnly};
use crate::media::{Downloads, Fetched, Refusal};

#[derive(Deserialize)]
struct To {
    to: String,
}

/// A host that keeps media, and misbehaves when it is asked to. Returns its `address:port`.
async fn media_host() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let router = Router::new()
        .route("/cat.jpg", get(async || ([(header::CONTENT_TYPE, "image/jpeg")], "0123456789")))
        .route("/page", get(async || ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], "<script>")))
        .route("/headers", get(async |headers: HeaderMap| format!("{headers:?}")))
        .route("/redirect", get(async |Query(To { to }): Query<To>| (StatusCode::FOUND, [(header::LOCATION, to)])))
        .route("/nowhere", get(async || StatusCode::FOUND))
        .route("/loop", get(async || (StatusCode::FOUND, [(header::LOCATION, "/loop")])))
        .route("/gone", get(async || StatusCode::GONE))
        .route("/broken", get(async || StatusCode::INTERNAL_SERVER_ERROR))
        .route("/large", get(async || "x".repeat(11)))
        .route("/endless", get(endless))
        .route("/silent", get(std::future::pending::<&'static str>))
        .route("/stalls", get(stalls));
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// More than is allowed, and no length that says so.
async fn endless() -> Response {
    let chunks = std::iter::repeat_n(Bytes::from_static(b"xxxx"), 100).map(Ok::<_, std::io::Error>);
    Body::from_stream(futures::stream::iter(chunks)).into_response()
}

/// Begins, and says no more.
async fn stalls() -> Response {
    let first = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"x"))]);
    Body::from_stream(first.chain(futures::stream::pending())).into_response()
}

fn small() -> DownloadLimits {
    DownloadLimits { bytes: 10, ..DownloadLimits::default() }
}

fn impatient() -> DownloadLimits {
    let short = Duration::from_millis(50);
    DownloadLimits { idle: short, ..small() }
}

async fn fetch_within(limits: DownloadLimits, listed: &str, url: &str) -> Result<Fetched, Refusal> {
    let listed: Vec<_> = MediaHost::parse(listed).into_iter().collect();
    let fetching = async { Downloads::within(&listed, limits).unwrap().fetch(&["cdn.example.org"], url, None).await };
    tokio::time::timeout(Duration::from_secs(20), fetching).await.unwrap()
}

async fn fetch(host: &str, path: &str) -> Result<Fetched, Refusal> {
    fetch_within(small(), host, &format!("http://{host}{path}")).await
}

async fn read(fetched: Fetched) -> std::io::Result<Vec<u8>> {
    let chunks: Vec<_> = fetched.body.collect().await;
    chunks.into_iter().try_fold(Vec::new(), |mut all, chunk| {
        all.extend_from_slice(&chunk?);
        Ok(all)
    })
}

#[tokio::test]
async fn a_file_comes_with_its_type_its_name_and_its_length() {
    let host = media_host().await;
    let cat = fetch(&host, "/cat.jpg?signature=x").await.unwrap();
    assert_eq!((cat.content_type.as_str(), cat.filename.as_str(), cat.length), ("image/jpeg", "cat.jpg", Some(10)));
    assert_eq!(read(cat).await.unwrap(), b"0123456789");
    let page = fetch(&host, "/page").await.unwrap();
    assert_eq!(page.content_type, "application/octet-stream");
}

#[tokio::test]
async fn nothing_of_ours_goes_along() {
    let host = media_host().await;
    let listed = [MediaHost::parse(&host).unwrap()];
    let downloads = Downloads::new(&listed).unwrap();
    let url = format!("http://{host}/redirect?to=/headers");
    let sent = downloads.fetch(&[], &url, None).await.unwrap();
    let sent = String::from_utf8(read(sent).await.unwrap()).unwrap();
    for name in ["authorization", "cookie", "referer", "x-api-key"] {
        assert!(!sent.contains(name), "{sent}");
    }
}

#[tokio::test]
async fn redirects_keep_the_rules() {
    let host = media_host().await;
    let redirect = async |to: &str| fetch(&host, &format!("/redirect?to={to}")).await.map(|fetched| fetched.filename);
    assert_eq!(redirect("/cat.jpg").await.unwrap(), "cat.jpg");
    let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let elsewhere = format!("http://{}/", other.local_addr().unwrap());
    assert_eq!(redirect(&elsewhere).await.unwrap_err(), Refusal::Redirect("media.address"));
    let metadata = redirect("http://169.254.169.254/latest/meta-data").await;
    assert_eq!(metadata.unwrap_err(), Refusal::Redirect("media.address"));
    assert_eq!(redirect("http://localhost/").await.unwrap_err(), Refusal::Redirect("media.scheme"));
    assert_eq!(redirect("https://cdn.example.org/").await.unwrap_err(), Refusal::RedirectScheme);
    assert_eq!(redirect("ftp://cdn.example.org/").await.unwrap_err(), Refusal::RedirectScheme);
    assert_eq!(redirect("file:///etc/passwd").await.unwrap_err(), Refusal::RedirectScheme);
    let user = format!("http://user@{host}/cat.jpg");
    assert_eq!(redirect(&user).await.unwrap_err(), Refusal::Redirect("media.user_info"));
    assert_eq!(fetch(&host, "/loop").await.unwrap_err(), Refusal::TooManyRedirects);
    assert_eq!(fetch(&host, "/nowhere").await.unwrap_err(), Refusal::Status(302));
    let nobody_came = tokio::time::timeout(Duration::ZERO, other.accept()).await;
    assert!(nobody_came.is_err(), "the other server was asked");
}

#[tokio::test]
async fn three_redirects_are_followed_and_no_fourth() {
    let host = media_host().await;
    let wrapped = |times: usize| {
        (1..times).fold("/redirect?to=/cat.jpg".to_owned(), |to, _| {
            format!("/redirect?to={}", to.replace('%', "%25").replace('?', "%3F").replace('=', "%3D"))
        })
    };
    assert_eq!(fetch(&host, &wrapped(3)).await.unwrap().filename, "cat.jpg");
    assert_eq!(fetch(&host, &wrapped(4)).await.unwrap_err(), Refusal::TooManyRedirects);
}

#[tokio::test]
async fn a_file_that_is_too_large_is_not_fetched() {
    let host = media_host().await;
    assert_eq!(fetch(&host, "/large").await.unwrap_err(), Refusal::TooLarge(10));
    let endless = fetch(&host, "/endless").await.unwrap();
    assert_eq!(endless.length, None);
    let broken_off = read(endless).await.unwrap_err();
    assert_eq!(broken_off.to_string(), "the file is larger than 10 bytes");
}

#[tokio::test]
async fn a_host_that_is_too_slow_is_left() {
    let host = media_host().await;
    let silent = fetch_within(impatient(), &host, &format!("http://{host}/silent")).await;
    assert_eq!(silent.unwrap_err(), Refusal::TooSlow);
    let short = DownloadLimits { total: Duration::from_millis(50), ..small() };
    let silent = fetch_within(short, &host, &format!("http://{host}/silent")).await;
    assert_eq!(silent.unwrap_err(), Refusal::TooSlow);
    let stalls = fetch_within(impatient(), &host, &format!("http://{host}/stalls")).await.unwrap();
    let broken_off = tokio::time::timeout(Duration::from_secs(20), read(stalls)).await.unwrap();
    assert!(broken_off.is_err());
}

#[tokio::test]
async fn what_the_media_host_answers_is_told() {
    let host = media_host().await;
    assert_eq!(fetch(&host, "/gone").await.unwrap_err(), Refusal::Gone(410));
    assert_eq!(fetch(&host, "/missing").await.unwrap_err(), Refusal::Gone(404));
    assert_eq!(fetch(&host, "/broken").await.unwrap_err(), Refusal::Status(500));
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
    assert_eq!(fetch(&closed, "/cat.jpg").await.unwrap_err(), Refusal::Unreachable);
    assert_eq!(fetch_within(small(), "", "not an address").await.unwrap_err(), Refusal::NoAddress);
    assert_eq!(fetch_within(small(), "", "https://evil.example/").await.unwrap_err(), Refusal::Host);
}

#[tokio::test]
async fn a_listed_name_that_leads_to_this_machine_is_not_asked() {
    let refused = fetch_within(small(), "localhost", "https://localhost/cat.jpg").await;
    assert_eq!(refused.unwrap_err(), Refusal::Address);
    let resolved = PublicOnly.resolve("localhost".parse().unwrap()).await;
    assert!(resolved.err().unwrap().is::<NotPublic>());
}
