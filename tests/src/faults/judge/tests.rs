use super::*;

/// A message that was meant for the person, taken, carried out once and told as sent.
fn sent(number: u64) -> Evidence {
    let text = format!("hello {number}");
    let id = format!("msg_{number}");
    let carried = Some(Carried { order: usize::try_from(number).unwrap(), mid: format!("m_{number}"), at: 0 });
    let call = Call { person: "p".into(), text: text.clone(), metadata: None, fault: None, carried, answered: true };
    Evidence {
        intents: vec![Intent {
            person: "p".into(),
            number,
            text: text.clone(),
            posted: 1,
            ended: Ended::Accepted(id.clone()),
        }],
        calls: vec![call],
        kept: vec![Kept { id, status: "sent".into(), code: String::new(), text }],
        echoes: true,
        ..Evidence::default()
    }
}

fn both(mut one: Evidence, other: Evidence) -> Evidence {
    one.intents.extend(other.intents);
    one.calls.extend(other.calls);
    one.kept.extend(other.kept);
    one
}

/// The words before each colon: what is broken.
fn broken(evidence: &Evidence) -> Vec<String> {
    let first = |said: String| said.split_once(": ").map_or(said.clone(), |(first, _)| first.to_owned());
    evidence.judge().broken().into_iter().map(first).collect()
}

#[test]
fn what_went_well_breaks_nothing() {
    let evidence = both(sent(0), sent(1));
    assert_eq!(broken(&evidence), Vec::<String>::new());
    let verdict = evidence.judge();
    assert_eq!((verdict.meant, verdict.accepted, verdict.sent), (2, 2, 2));
}

#[test]
fn nothing_at_all_shows_nothing() {
    assert_eq!(broken(&Evidence::default()), ["nothing was sent"]);
}

#[test]
fn what_was_taken_and_never_carried_out_is_lost() {
    let mut evidence = both(sent(0), sent(1));
    evidence.calls[1].carried = None;
    assert_eq!(broken(&evidence), ["1 lost", "1 misreported"]);
    evidence.kept.remove(1);
    assert_eq!(broken(&evidence), ["1 lost"]);
}

#[test]
fn what_was_carried_out_twice_is_doubled() {
    let mut evidence = sent(0);
    evidence.calls.push(evidence.calls[0].clone());
    assert_eq!(broken(&evidence), ["1 doubled"]);
}

#[test]
fn order_counts_where_outcomes_are_known() {
    let mut evidence = both(sent(0), sent(1));
    evidence.calls[0].carried.as_mut().unwrap().order = 9;
    assert_eq!(broken(&evidence), ["1 out of order"]);
    evidence.calls[0].fault = Some(Fault::Hang);
    assert_eq!(broken(&evidence), Vec::<String>::new());
}

#[test]
fn unknown_is_only_what_nobody_can_know() {
    let mut evidence = both(sent(0), sent(1));
    evidence.kept[1].status = "unknown".into();
    assert_eq!(broken(&evidence), ["1 unknown in spite of its echo", "1 unknown"]);
    evidence.echoes = false;
    evidence.in_flight = 1;
    assert_eq!(broken(&evidence), Vec::<String>::new());
    evidence.in_flight = 0;
    evidence.calls[1].carried = None;
    evidence.calls[1].fault = Some(Fault::CutOff);
    assert_eq!(broken(&evidence), Vec::<String>::new(), "an answer that told nothing, of what was not done");
}

#[test]
fn a_passing_refusal_is_no_reason_to_give_up() {
    let mut evidence = both(sent(0), sent(1));
    evidence.calls[1].carried = None;
    evidence.calls[1].fault = Some(Fault::Throttled);
    evidence.kept[1].status = "failed".into();
    assert_eq!(broken(&evidence), ["1 given up"]);
    evidence.calls[1].fault = Some(Fault::ErrorInside);
    assert_eq!(broken(&evidence), Vec::<String>::new());
}

#[test]
fn who_was_told_that_it_failed_must_not_have_been_sent_to() {
    let mut evidence = both(sent(0), sent(1));
    evidence.calls[1].fault = Some(Fault::ErrorInside);
    evidence.kept[1].status = "failed".into();
    assert_eq!(broken(&evidence), ["1 misreported"]);
}
