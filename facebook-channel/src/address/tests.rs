use super::*;

/// What is the matter with an address: the code, and `!` in front where it is only warned of.
fn found(check: impl FnOnce(&mut Report)) -> Vec<String> {
    let mut report = Report::default();
    check(&mut report);
    let refused = report.refusals.iter().map(|issue| issue.code.to_string());
    refused.chain(report.warnings.iter().map(|issue| format!("!{}", issue.code))).collect()
}

fn of_picture(url: &str) -> Vec<String> {
    found(|report| fetched(&Pointer::ROOT, Some(url), UPLOAD, report))
}

fn of_button(url: &str) -> Vec<String> {
    found(|report| opened(&Pointer::ROOT, Some(url), report))
}

fn sentence(url: &str) -> String {
    let mut report = Report::default();
    opened(&Pointer::ROOT, Some(url), &mut report);
    report.refusals.iter().chain(&report.warnings).map(ToString::to_string).collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn what_holds_the_content_and_what_only_names_it_are_told_apart() {
    for (url, told) in [
        ("data:image/png;base64,iVBO", "holds the content itself"),
        ("blob:https://shop.example.org/9115d58c", "which nobody else can open"),
        ("file:///a.png", "which nobody else can open"),
    ] {
        assert!(sentence(url).contains(told), "{}", sentence(url));
    }
}

#[test]
fn addresses_of_the_web_are_good() {
    for url in [
        "https://example.com",
        "http://a.example/c?d#e",
        "HTTPS://EXAMPLE.COM/ü",
        "https://u@shop.example.org:1/",
        "https://bücher.example/a",
        "https://my_shop.example.org./a",
        "https://shop.example.org:/a",
        "https://8.8.8.8/a.png",
        "https://[2001:4860:4860::8888]:8443/a.png",
        "https://shop.example.org/a?next=http://localhost/",
        "https://shop.example.org/{{1}}",
        "https://localhost.example.org",
    ] {
        assert_eq!(of_picture(url), NOTHING, "{url}");
        assert_eq!(of_button(url), NOTHING, "{url}");
    }
}

#[test]
fn every_fault_has_its_own_code() {
    for (url, code) in [
        ("", "required"),
        (" \n", "required"),
        ("https://shop.example.org/price list.pdf", "url.space"),
        ("https://shop.example.org/a\n", "url.space"),
        (" https://shop.example.org/a", "url.space"),
        ("https://shop.example.org/a\tb", "url.space"),
        ("https://shop.example.org/a\u{7}b", "url.space"),
        ("data:image/png;base64,iVBORw0KGgo=", "url.scheme"),
        ("file:///home/ana/cat.jpg", "url.scheme"),
        ("blob:https://shop.example.org/9115d58c", "url.scheme"),
        (r"C:\Users\ana\cat.jpg", "url.scheme"),
        ("C:/Users/ana/cat.jpg", "url.scheme"),
        (r"\\nas\pictures\cat.jpg", "url.scheme"),
        ("~/cat.jpg", "url.scheme"),
        ("tel:+4930123456", "url.scheme"),
        ("+49 30 123456", "url.scheme"),
        ("mailto:ana@example.org", "url.scheme"),
        ("ana@example.org", "url.scheme"),
        ("ftp://files.example.org/a", "url.scheme"),
        ("javascript:alert(1)", "url.scheme"),
        ("whatsapp://send?text=x", "url.scheme"),
        ("s3://bucket/key", "url.scheme"),
        ("shop.example.org/a", "url"),
        ("www.example.org", "url"),
        ("shop.example.org:8080/a", "url"),
        ("localhost:3000/a", "url"),
        ("//shop.example.org/a", "url"),
        ("https:/shop.example.org", "url"),
        ("https:shop.example.org", "url"),
        ("/uploads/cat.jpg", "url"),
        ("./cat.jpg", "url"),
        ("1857777774821032", "url"),
        ("undefined", "url"),
        ("my cat", "url"),
        ("https://", "url.host"),
        ("https:///a", "url.host"),
        ("https://?a", "url.host"),
        ("https://u@/a", "url.host"),
        ("https://{{host}}/a", "url.host"),
        ("https://a..example.org", "url.host"),
        ("https://shop%20.example.org", "url.host"),
        ("https://1.2.3.4.5/", "url.host"),
        ("https://[::1/", "url.host"),
        ("https://shop.example.org:99999/", "url.host"),
        ("https://shop.example.org:0/", "url.host"),
        ("https://shop.example.org:x/", "url.host"),
    ] {
        assert_eq!(of_picture(url), [code], "{url}");
        assert_eq!(of_button(url), [code], "{url}");
    }
}

#[test]
fn private_hosts_are_refused_to_meta_and_told_to_people() {
    for url in [
        "http://localhost:3000/x.png",
        "https://cdn.LOCALHOST/x.png",
        "http://192.168.1.20/snap.png",
        "http://10.0.0.1/a",
        "http://127.1/a",
        "http://2130706433/a",
        "http://0x7f.0.0.1/a",
        "http://[::1]:80/a",
        "http://[fd12::1]/a",
        "http://169.254.169.254/latest/meta-data",
        "https://nas.local/a",
        "https://nas.local./a",
        "https://files.internal/a",
        "https://router.home.arpa/a",
        "https://undefined",
        "https://intranet/a",
        "https://user:word@nas/a",
    ] {
        assert_eq!(of_picture(url), ["url.private"], "{url}");
        assert_eq!(of_button(url), ["!url.private"], "{url}");
    }
}

#[test]
fn encrypted_ones_are_asked_for_where_they_are_needed() {
    for (url, expected) in [("http://shop.example.org", &["url.https"][..]), ("https://shop.example.org", &[])] {
        assert_eq!(found(|report| opened_securely(&Pointer::ROOT, Some(url), report)), expected, "{url}");
        assert_eq!(found(|report| fetched_securely(&Pointer::ROOT, Some(url), PUBLISH, report)), expected, "{url}");
    }
}

#[test]
fn what_meta_takes_in_another_way_is_said() {
    for (url, way) in [
        ("tel:+4930123456", "phone_number"),
        ("mailto:ana@example.org", "into the text"),
        ("https://shop.example.org/a b", "%20"),
    ] {
        assert!(sentence(url).contains(way), "{url}: {}", sentence(url));
    }
    for url in ["data:image/png;base64,iVBO", "file:///a.png", "http://10.1.1.1/a.png"] {
        let mut report = Report::default();
        fetched(&Pointer::ROOT, Some(url), UPLOAD, &mut report);
        assert_eq!(report.refusals[0].hint.as_deref(), Some(UPLOAD), "{url}");
    }
    let mut report = Report::default();
    fetched(&Pointer::ROOT, Some("1857777774821032"), UPLOAD, &mut report);
    assert!(report.refusals[0].hint.as_deref().unwrap().contains("attachmentId"));
}

#[test]
fn words_with_an_address_in_them_are_found() {
    for (text, holds) in [
        ("see https://example.org", true),
        ("(www.example.org)", true),
        ("WWW.EXAMPLE.ORG", true),
        ("example.org", false),
        ("a wwww b", false),
    ] {
        assert_eq!(!found(|report| none_in(&Pointer::ROOT, Some(text), report)).is_empty(), holds, "{text}");
    }
}
