//! Each operation with its own example: the call, and what comes of Meta's answer.

use serde_json::{Value, json};

use super::is_of_the_profile;
use super::server::Meta;
use crate::operations;

/// What Meta answers, by operation, and members that nobody knows among the rest.
#[expect(clippy::too_many_lines, reason = "it is a list")]
fn answers() -> Vec<(&'static str, &'static str, Value)> {
    let success = json!({"success": true});
    let next = "https://graph.facebook.com/v26.0/x?access_token=canary-page-token&after=QVFI";
    let paging = json!({"cursors": {"before": "QVFG", "after": "QVFI"}, "next": next});
    vec![
        ("handover", "passThreadControl", success.clone()),
        ("handover", "takeThreadControl", success.clone()),
        ("handover", "requestThreadControl", success.clone()),
        ("handover", "releaseThreadControl", json!({"success": "true"})),
        ("handover", "extendThreadControl", success.clone()),
        (
            "handover",
            "getThreadOwner",
            json!({"data": [{"thread_owner": {"app_id": 2_233_445_566_778_899_u64, "expiration": 1_763_798_400}}]}),
        ),
        (
            "handover",
            "getRoutingFeatures",
            json!({
                "messaging_feature_status": {"hop_v2": false, "msgr_multi_app": true, "ig_multi_app": false, "new": 1},
                "id": "1098765432100001"
            }),
        ),
        (
            "handover",
            "listSecondaryReceivers",
            json!({"data": [{"id": 263_902_037_430_900_u64, "name": "Page Inbox"}], "paging": paging}),
        ),
        ("persona", "createPersona", json!({"id": 1_122_334_455_667_788_u64})),
        (
            "persona",
            "listPersonas",
            json!({
                "data": [
                    {"id": "1122334455667788", "name": "Ana", "profile_picture_url": "https://cdn.example.com/a.jpg", "new": 1},
                    {"id": "1122334455667789"}
                ],
                "paging": paging
            }),
        ),
        ("persona", "getPersona", json!({"id": "1122334455667788", "name": "Ana", "profile_picture_url": null})),
        ("persona", "deletePersona", success.clone()),
        (
            "utility_template",
            "searchTemplateLibrary",
            json!({"data": [{
                "id": 1, "name": "delivery_update_1", "language": "en_US", "category": "UTILITY", "topic": "ORDER_MANAGEMENT",
                "usecase": "DELIVERY_UPDATE", "industry": ["E_COMMERCE"], "body": "Hello {{1}}, order {{2}} left.",
                "body_params": ["Ana", 17], "body_param_types": ["TEXT", "TEXT"], "new": {},
                "buttons": [{"type": "URL", "text": "Track", "url": "https://www.example.com/"}]
            }, {"name": "bare"}]}),
        ),
        (
            "utility_template",
            "createTemplate",
            json!({"id": "9988776655443322", "status": "APPROVED", "category": "UTILITY"}),
        ),
        (
            "utility_template",
            "listTemplates",
            json!({"data": [{
                "id": "9988776655443322", "name": "order_left", "language": "en_US", "category": "UTILITY",
                "status": "REJECTED", "parameter_format": "NAMED", "creation_time": "1763712000",
                "last_updated_time": "2025-11-21T08:00:00+0000", "language_count": 1,
                "rejected_reason": "INCORRECT_PARAMS", "rejection_reasons": ["INCORRECT_PARAMS"],
                "specific_rejection_reasons": [], "new": 1,
                "components": [
                    {"type": "BODY", "text": "Order {{order_id}} left.", "new": 1,
                        "example": {"body_text_named_params": [{"param_name": "order_id", "example": "A-17"}]}},
                    {"type": "BUTTONS", "buttons": [
                        {"type": "URL", "text": "Open", "url": "https://shop.example.com/o/{{1}}",
                            "example": {"url_suffix_example": "A-17"}},
                        {"type": "NEW", "text": 5}
                    ]},
                    "odd"
                ]
            }], "paging": paging}),
        ),
        ("utility_template", "deleteTemplate", success.clone()),
        ("comment", "replyPrivately", json!({"recipient_id": "7411002233445566", "message_id": "m_AbC-002"})),
        ("comment", "replyToComment", json!({"id": "1098765432100001_6655443322"})),
        ("label", "createLabel", json!({"id": 1_001_200_005_003_u64})),
        (
            "label",
            "listLabels",
            json!({"data": [{"id": "1001200005003", "page_label_name": "VIP"}, {"id": 1, "name": "old"}], "paging": paging}),
        ),
        ("label", "deleteLabel", success.clone()),
        ("label", "labelPerson", success.clone()),
        ("label", "unlabelPerson", success.clone()),
        ("label", "listLabelsOfPerson", json!({"data": []})),
        ("moderation", "moderateConversations", success),
        (
            "moderation",
            "getFeatureReview",
            json!({"data": [{"feature": "human_agent", "status": "approved", "new": 1}]}),
        ),
        (
            "conversation",
            "getConversation",
            json!({"data": [{
                "id": "t_1", "is_owner": "true", "updated_time": "2025-11-21T08:00:00+0000", "new": 1,
                "participants": {"data": [
                    {"id": 7_411_002_233_445_566_u64, "name": "Ana", "email": "7411002233445566@facebook.com"},
                    {"id": "1098765432100001", "name": "Acme"}
                ]},
                "messages": {"data": [
                    {"id": "m_2", "message": "", "created_time": "2025-11-21T08:00:00+0000", "from": null},
                    {"id": "m_1", "message": "Hello", "created_time": "2025-11-21T07:59:00+0000",
                        "from": {"id": "7411002233445566", "name": "Ana"}}
                ]}
            }]}),
        ),
        ("account_linking", "getLinkedPerson", json!({"id": "1098765432100001", "recipient": "7411002233445566"})),
        ("account_linking", "unlinkAccount", json!({"result": "unlink account success"})),
        (
            "sticker",
            "listStickerPacks",
            json!({"data": [{
                "id": 1_234_567_890, "name": "Cats", "description": "All kinds", "sticker_count": "24",
                "preview_image_url": "https://cdn.example.com/p.png"
            }], "paging": paging}),
        ),
        ("sticker", "listStickers", json!({"data": [{"id": 369_239_263_222_822_u64, "name": "Like"}]})),
        (
            "sticker",
            "searchStickers",
            json!({"data": [{
                "id": "369239263222822", "name": "Like", "image_url": "https://cdn.example.com/s.png", "width": 120,
                "height": "120", "is_animated": false
            }]}),
        ),
    ]
}

#[test]
fn every_operation_has_a_sample() {
    let answers = answers();
    for operation in operations::all().iter().filter(|operation| !is_of_the_profile(operation.name)) {
        let sampled = answers.iter().any(|(_, name, _)| *name == operation.name);
        assert!(sampled, "give an answer of Meta's to {} here", operation.name);
    }
}

#[tokio::test]
async fn each_call_is_what_meta_documents_and_each_output_what_its_schema_says() {
    let mut families: Vec<(&str, Vec<Value>)> = Vec::new();
    for (family, name, answer) in answers() {
        let operation = operations::all().iter().find(|operation| operation.name == name).unwrap();
        let meta = Meta::answers(200, &answer).await;
        let performed = meta.perform(name, &(operation.example)()).await.unwrap();
        assert_eq!(meta.asked().len(), 1, "{name}: each call once");
        let validator = jsonschema::draft202012::new(&(operation.output)()).unwrap();
        let faults: Vec<_> = validator.iter_errors(&performed.output).map(|fault| fault.to_string()).collect();
        assert_eq!(faults, [""; 0], "{name}: {}", performed.output);
        let sample = json!({"operation": name, "asked": meta.asked(), "answered": answer, "performed": performed});
        // Not Meta's address of the next piece, in which the token stands.
        assert!(!sample["performed"].to_string().contains("canary"), "{name}: {}", performed.output);
        match families.iter_mut().find(|(known, _)| *known == family) {
            Some((_, samples)) => samples.push(sample),
            None => families.push((family, vec![sample])),
        }
    }
    for (family, samples) in families {
        insta::with_settings!({snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true, sort_maps => true}, {
            insta::assert_json_snapshot!(family, samples);
        });
    }
}

/// Meta says less than it documents, now and then.
#[tokio::test]
async fn an_empty_answer_is_read_as_well_as_it_can_be() {
    for operation in operations::all().iter().filter(|operation| !is_of_the_profile(operation.name)) {
        for answer in [json!({}), json!([]), json!({"data": "?", "id": null})] {
            let meta = Meta::answers(200, &answer).await;
            match meta.perform(operation.name, &(operation.example)()).await {
                Ok(performed) => {
                    let validator = jsonschema::draft202012::new(&(operation.output)()).unwrap();
                    assert!(validator.is_valid(&performed.output), "{}: {}", operation.name, performed.output);
                }
                Err(error) => {
                    let expected = ["facebook.no_id", "facebook.no_message_id"];
                    assert!(expected.contains(&error.code()), "{}: {error}", operation.name);
                    assert_eq!(error.retry(), channel_api::Retry::IF_IDEMPOTENT, "{}", operation.name);
                }
            }
        }
    }
}
