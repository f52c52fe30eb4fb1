use std::path::PathBuf;

use channel_api::Registry;
use channel_conformance::Subject;
use clap::Args;

use super::{Failure, output};
use crate::conformance::{self, corpus, junit, table};

#[derive(Debug, Args)]
pub(super) struct Conformance {
    /// The channel type; without it all of them
    channel_type: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[arg(long, value_name = "FILE", conflicts_with = "corpus", help = "Write JUnit XML to this file as well")]
    junit: Option<PathBuf>,
    /// Run a directory of recorded webhook bodies through the adapter instead, and score what comes of them
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
}

impl Conformance {
    pub(super) fn run(self) -> Result<(), Failure> {
        let registry = Registry::discover()?;
        let subjects = conformance::subjects(&registry, self.channel_type.as_deref())?;
        match &self.corpus {
            Some(directory) => self.score(&subjects, directory),
            None => self.measure(&subjects),
        }
    }

    fn measure(&self, subjects: &[Subject]) -> Result<(), Failure> {
        let reports =
            conformance::run(subjects, |case| if self.json { Ok(()) } else { output::text(&table::case(case)) })?;
        let all = conformance::together(&reports);
        if let Some(file) = &self.junit {
            std::fs::write(file, junit::xml(&reports))
                .map_err(|error| Failure::new(format!("{}: {error}", file.display()), None))?;
        }
        if self.json {
            output::pretty(&all)?;
        } else {
            output::text(&all.summary())?;
        }
        if conformance::is_good(&reports) { Ok(()) } else { Err(Failure::Shown) }
    }

    fn score(&self, subjects: &[Subject], directory: &std::path::Path) -> Result<(), Failure> {
        let mut scores = Vec::new();
        for subject in subjects {
            scores.push(corpus::score(subject, directory)?);
        }
        if self.json {
            match &scores[..] {
                [one] => output::pretty(one)?,
                several => output::pretty(&several)?,
            }
        } else {
            scores.iter().try_for_each(|score| output::text(&corpus::table(score)))?;
        }
        let good = !scores.is_empty() && scores.iter().all(corpus::Score::is_good);
        if good { Ok(()) } else { Err(Failure::Shown) }
    }
}
