//! `demo`: the first thing that a newcomer runs.

use tests::Run;

#[tokio::test]
async fn a_conversation_is_shown_without_an_account_anywhere() {
    let demo = Run::new(["demo", "--exit"]).run().await.expect_code(0);
    for part in ["Hi, I need help with my order", "How can I help you today?", "quick reply", "button"] {
        assert!(demo.stdout.contains(part), "no {part} in\n{}", demo.stdout);
    }
    let hand_over =
        ["A colleague will answer you here", "keeps quiet", "Rui", "gives the conversation back", "I am back"];
    let mut rest = demo.stdout.as_str();
    for part in hand_over {
        let Some((_, after)) = rest.split_once(part) else { panic!("no {part} in its place in\n{}", demo.stdout) };
        rest = after;
    }
    assert!(!demo.stdout.contains("panicked") && !demo.stderr.contains("panicked"), "{demo:?}");
}

#[tokio::test]
async fn the_demo_needs_no_home_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let demo = Run::new(["demo", "--exit"]).within(dir.path()).run().await;
    demo.expect_code(0);
    let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}
