//! The menu's rules, and how menus in menus become one list.

use serde_json::{Value, json};

use super::{check, check_warnings, good, long, many, refusals};

fn postback() -> Value {
    json!({"type": "postback", "title": "Help", "payload": "HELP"})
}

#[expect(clippy::needless_pass_by_value, reason = "every caller makes it on the spot")]
fn menu(items: Value) -> Value {
    json!([{"locale": "default", "call_to_actions": items}])
}

#[expect(clippy::needless_pass_by_value, reason = "every caller makes it on the spot")]
fn nested(title: &str, items: Value) -> Value {
    json!({"type": "nested", "title": title, "call_to_actions": items})
}

#[test]
fn entries() {
    check(
        "persistent_menu",
        vec![
            (menu(many(20, &postback())), &[]),
            (menu(many(21, &postback())), &["/0/call_to_actions profile.persistent_menu.items.count 21/20"]),
            (menu(json!([])), &[]),
            (menu(json!({})), &["/0/call_to_actions type"]),
            (json!([{"locale": "default"}]), &[]),
            (json!([{"locale": "default", "composer_input_disabled": true}]), &["/0/callToActions required"]),
            (json!([{"locale": "default", "composerInputDisabled": true}]), &["/0/callToActions required"]),
            (
                json!([{"locale": "default", "composerInputDisabled": true, "callToActions": []}]),
                &["/0/callToActions required"],
            ),
            (json!([{"locale": "default", "composerInputDisabled": true, "callToActions": [postback()]}]), &[]),
            (json!([{"locale": "default", "composerInputDisabled": "no"}]), &["/0/composerInputDisabled type"]),
            (json!([{"locale": "pt_BR", "callToActions": [postback()]}]), &[" locale.default"]),
            (json!([{"locale": "default", "items": []}]), &["/0/items unknown_field"]),
            (json!([{"locale": "default", "disabled_surfaces": [5]}]), &["/0/disabled_surfaces/0 type"]),
            (json!([]), &[" locale.default"]),
            (json!("menu"), &[" type"]),
            (json!([5]), &[" locale.default", "/0 type"]),
        ],
    );
    check_warnings(
        "persistent_menu",
        vec![
            (menu(many(5, &postback())), &[]),
            (menu(many(6, &postback())), &["/0/call_to_actions menu.long"]),
            (
                json!([{"locale": "default", "composerInputDisabled": true, "callToActions": [postback()]}]),
                &["/0/composerInputDisabled menu.composer"],
            ),
            (
                json!([
                    {"locale": "default", "composer_input_disabled": false, "callToActions": [postback()]},
                    {"locale": "pt_BR", "composer_input_disabled": true, "callToActions": [postback()]},
                ]),
                &["/1/composer_input_disabled menu.composer"],
            ),
            (
                json!([{"locale": "default", "disabled_surfaces": ["customer_chat_plugin"]}]),
                &["/0/disabled_surfaces legacy"],
            ),
        ],
    );
}

#[test]
fn items() {
    let url = "https://a.example.org";
    let cases: Vec<(Value, &[&str])> = vec![
        (postback(), &[]),
        (json!({"type": "postback", "title": long(30), "payload": long(1000)}), &[]),
        (
            json!({"type": "postback", "title": long(31), "payload": long(1001)}),
            &[
                "/payload profile.persistent_menu.payload.length 1001/1000",
                "/title profile.persistent_menu.title.length 31/30",
            ],
        ),
        (json!({"type": "postback"}), &["/payload required", "/title required"]),
        (json!({"type": "postback", "title": "a", "payload": "b", "url": url}), &["/url button.field"]),
        (
            json!({"type": "postback", "title": "a", "payload": "b", "webviewHeightRatio": "full",
                "messengerExtensions": true, "fallbackUrl": url, "webviewShareButton": "hide"}),
            &[
                "/fallbackUrl button.field",
                "/messengerExtensions button.field",
                "/webviewHeightRatio button.field",
                "/webviewShareButton button.field",
            ],
        ),
        (json!({"type": "web_url", "title": "a", "url": url}), &[]),
        (json!({"type": "web_url", "title": "a", "url": "http://a.example.org"}), &[]),
        (json!({"type": "web_url", "title": "a"}), &["/url required"]),
        (json!({"type": "web_url", "title": "a", "url": "a.example.org"}), &["/url url"]),
        (json!({"type": "web_url", "title": "a", "url": url, "payload": "b"}), &["/payload button.field"]),
        (
            json!({"type": "web_url", "title": "a", "url": "http://a.example.org", "messenger_extensions": true}),
            &["/url url.https"],
        ),
        (
            json!({"type": "web_url", "title": "a", "url": url, "webview_height_ratio": "half"}),
            &["/webview_height_ratio choice"],
        ),
        (
            json!({"type": "web_url", "title": "a", "url": url, "webview_share_button": "show"}),
            &["/webview_share_button choice"],
        ),
        (json!({"type": "web_url", "title": "a", "url": url, "fallback_url": url}), &["/fallback_url not_allowed"]),
        (
            json!({"type": "web_url", "title": "a", "url": url, "messengerExtensions": true, "fallbackUrl": "x",
                "webviewHeightRatio": "tall", "webviewShareButton": "hide"}),
            &["/fallbackUrl url"],
        ),
        (json!({"type": "phone_number", "title": "a", "payload": "+1"}), &["/type choice"]),
        (json!({"title": "a", "payload": "b"}), &["/type required"]),
        (json!({"type": 5, "title": "a"}), &["/type type"]),
        (json!({"type": "postback", "title": "a", "payload": "b", "image": "c"}), &["/image unknown_field"]),
        (json!("Help"), &[" type"]),
    ];
    for (item, expected) in cases {
        let expected: Vec<_> =
            expected.iter().map(|place| format!("/persistentMenu/0/callToActions/0{place}")).collect();
        let menu = json!([{"locale": "default", "callToActions": [item.clone()]}]);
        assert_eq!(refusals(json!({"persistentMenu": menu})), expected, "{item}");
    }
}

#[test]
fn menus_in_menus_become_one_list() {
    let page = json!({"type": "web_url", "title": "Shop", "url": "https://a.example.org",
        "webview_height_ratio": "tall", "messenger_extensions": false, "webview_share_button": "hide"});
    let inner = nested("Products", json!([page, nested("More", json!([postback()]))]));
    let plan = good(json!({"persistent_menu": menu(json!([postback(), inner, postback()]))}));
    let body = &plan.requests[0].body["persistent_menu"];
    assert_eq!(*body, menu(json!([postback(), page, postback(), postback()])));
    assert_eq!(super::lines(&plan.warnings), ["/persistent_menu/0/call_to_actions menu.nested"]);
    assert!(plan.warnings[0].message.ends_with("the menu is now: `Help`, `Shop`, `Help`, `Help`"), "{plan:?}");
}

#[test]
fn limits_count_the_flat_list_and_places_are_the_author_s() {
    let five = nested(&long(99), many(5, &postback()));
    check(
        "persistent_menu",
        vec![
            (menu(many(4, &five)), &[]),
            (
                menu(json!([five, five, five, five, postback()])),
                &["/0/call_to_actions profile.persistent_menu.items.count 21/20"],
            ),
            (
                menu(json!([postback(), nested("a", json!([{"type": "postback", "title": "a"}]))])),
                &["/0/call_to_actions/1/call_to_actions/0/payload required"],
            ),
            (menu(json!([nested("a", json!([]))])), &["/0/call_to_actions/0/call_to_actions required"]),
            (menu(json!([{"type": "nested", "title": "a"}])), &["/0/call_to_actions/0/callToActions required"]),
            (
                menu(json!([{"type": "nested", "title": "a", "call_to_actions": [postback()], "payload": "b"}])),
                &["/0/call_to_actions/0/payload button.field"],
            ),
        ],
    );
}
