//! A fixed number of signed webhooks, one event each and all distinct, over some connections; prints what it measured.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clap::Parser;
use hyper::Method;
use tests::webhook::{body, text};
use tests::{Connection, Error, Request, request, sign};

/// Delivers signed webhooks and measures how long the answers take.
#[derive(Debug, Parser)]
struct Args {
    /// Where the server listens.
    #[arg(long)]
    address: SocketAddr,
    /// The path to post to.
    #[arg(long)]
    path: String,
    /// What the bodies are signed with.
    #[arg(long)]
    secret: String,
    /// How many webhooks to deliver.
    #[arg(long)]
    total: usize,
    /// How many connections carry them.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// What the mids start with: another prefix makes other events.
    #[arg(long, default_value = "m")]
    prefix: String,
    /// Stop with an error after this many seconds.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let args = Args::parse();
    let requests = Arc::new(prepared(&args));
    let next = Arc::new(AtomicUsize::new(0));
    let mut connections = Vec::new();
    for _ in 0..args.connections {
        connections.push(Connection::open(args.address).await?);
    }
    let start = Instant::now();
    let tasks: Vec<_> = connections
        .into_iter()
        .map(|connection| tokio::spawn(deliver(connection, Arc::clone(&requests), Arc::clone(&next))))
        .collect();
    let mut took = Vec::with_capacity(args.total);
    let all = async {
        for task in tasks {
            took.extend(task.await??);
        }
        Ok::<_, Error>(())
    };
    tokio::time::timeout(Duration::from_secs(args.seconds), all).await??;
    let elapsed = start.elapsed();
    took.sort_unstable();
    writeln!(
        std::io::stdout(),
        "requests={} rps={:.0} p50_us={} p99_us={}",
        took.len(),
        f64::from(u32::try_from(took.len())?) / elapsed.as_secs_f64(),
        percentile(&took, 50).as_micros(),
        percentile(&took, 99).as_micros(),
    )?;
    Ok(())
}

/// Everything that costs the sender time is done before the clock starts.
fn prepared(args: &Args) -> Vec<Request> {
    (0..args.total)
        .map(|number| {
            let body = body([text(&format!("m_{}_{number}", args.prefix), "How late are you open today?")]);
            let signature = sign(&args.secret, &body);
            request(Method::POST, &args.path, &[("x-hub-signature-256", &signature)], body)
        })
        .collect()
}

/// Takes one request after the other until there are none, and returns how long each took.
async fn deliver(
    mut connection: Connection,
    requests: Arc<Vec<Request>>,
    next: Arc<AtomicUsize>,
) -> Result<Vec<Duration>, Error> {
    let mut took = Vec::new();
    while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
        let start = Instant::now();
        let reply = connection.exchange(request.clone()).await?;
        took.push(start.elapsed());
        if reply.status != 200 {
            return Err(format!("{} {}", reply.status, reply.text()).into());
        }
    }
    Ok(took)
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    sorted.get(rank).copied().unwrap_or_default()
}
