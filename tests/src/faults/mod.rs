//! The series of faults: what reaches people when Meta, the disk, the clock or the host itself fails.
//!
//! Callers post messages, each with words of its own, and repeat by themselves as the clients in common use do. Meta's stand-in writes
//! down what it carried out, whatever it answered; it lives on while the host is killed. A judge compares the three records: what
//! callers meant, what was carried out, and what the host says became of each message.

mod asked;
mod callers;
mod carried;
mod clock;
mod dice;
mod disk;
mod fault;
mod intent;
mod judge;
mod kept;
mod meta;
pub mod scenarios;
mod stage;
mod steps;
mod told;
mod whereabouts;

pub use callers::{Callers, Style};
pub use carried::{Call, Carried};
pub use dice::Dice;
use disk::Disk;
pub use fault::{Fault, Plan, Receipts};
pub use intent::{Ended, Intent};
pub use judge::{Evidence, Verdict};
pub use kept::Kept;
pub use meta::Meta;
pub use stage::{Stage, paced};
pub use steps::Step;
pub use whereabouts::Whereabouts;
