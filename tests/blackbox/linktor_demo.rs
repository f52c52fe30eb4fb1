//! `demo --linktor`: the conversation from the core's side.

use tests::Run;
use tests::linktor::nats_server;

#[tokio::test]
async fn a_conversation_is_shown_from_the_side_of_linktors_core() {
    let Ok(server) = nats_server() else { return };
    let dir = tempfile::tempdir().unwrap();
    let demo = Run::new(["demo", "--linktor", "--exit"]).env("NATS_SERVER_BIN", server.to_str().unwrap());
    let demo = demo.within(dir.path()).run().await.expect_code(0);
    let mut rest = demo.stdout.as_str();
    for part in [
        "the core makes a contact: Ana Lima",
        "Ana Lima │ Hi, I need help with my order",
        "bot │ Hello Ana!",
        "(Show me phones)",
        "00000001 is sent",
        "00000001 is delivered",
        "00000001 is read",
        "Ana Lima │ Buy Now",
        "BUY_PHONE",
        "a receipt template in metadata.rich",
        "A colleague will answer you here",
        "Rui │ Hello Ana, this is Rui.",
        "Ana Lima │ Great, thank you!",
        "message_echo: \"Have a nice day, Ana.\"",
        "I am back",
        "is read",
    ] {
        let Some((_, after)) = rest.split_once(part) else { panic!("no {part} in its place in\n{}", demo.stdout) };
        rest = after;
    }
    assert!(!demo.stdout.contains("panicked") && !demo.stderr.contains("panicked"), "{demo:?}");
    assert!(std::fs::read_dir(dir.path()).unwrap().next().is_none(), "something was left behind");
}

#[tokio::test]
async fn without_a_nats_server_it_says_how_to_get_one() {
    for (program, why) in [("/nowhere/nats-server", "cannot be run"), ("/bin/ls", "is no nats-server")] {
        let demo = Run::new(["demo", "--linktor", "--exit"]).env("NATS_SERVER_BIN", program).run().await;
        let demo = demo.expect_code(1);
        assert!(demo.stderr.contains(why) && demo.stderr.contains("tests/nats"), "{demo:?}");
    }
}
