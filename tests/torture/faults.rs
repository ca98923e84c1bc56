//! What machines, networks, databases and other programs do to a ledger. One fault at a time, in an order that the
//! seed gives; after each the gateways have to come back by themselves.

mod database;

use std::time::{Duration, Instant};

use fastrand::Rng;

use crate::checks;
use crate::gateway::Gateway;
use crate::record::About;
use crate::world::World;

/// How long a fault may take to be over for the clients, once it is over.
const RECOVERY: Duration = Duration::from_secs(60);

/// A fault, as the report names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    GatewayKilled,
    BothGatewaysKilled,
    GatewayStopped,
    ClientsCut,
    ClientsStalled,
    ClientsSlowed,
    AnswersCut,
    ClientsRefused,
    DatabaseCut,
    DatabaseStalled,
    DatabaseSlowed,
    DatabaseRefused,
    DatabaseAnswersCut,
    ServerStopped,
    ServerKilled,
    ServerRestarted,
    SessionsTerminated,
    ConnectionsTaken,
    LockHeld,
    DiskFull,
    FilesFrozen,
    MountedReadOnly,
}

use Fault::*;

/// Each with its name, and whether it needs a database server.
const FAULTS: [(Fault, &str, bool); 22] = [
    (GatewayKilled, "gateway killed (SIGKILL)", false),
    (BothGatewaysKilled, "both gateways killed (SIGKILL)", false),
    (GatewayStopped, "gateway stopped (SIGTERM)", false),
    (ClientsCut, "connections of clients cut", false),
    (ClientsStalled, "connections of clients stalled", false),
    (ClientsSlowed, "connections of clients slow", false),
    (AnswersCut, "answers to clients cut in the middle", false),
    (ClientsRefused, "clients refused", false),
    (DatabaseCut, "connections to the database cut", true),
    (DatabaseStalled, "connections to the database stalled", true),
    (DatabaseSlowed, "connections to the database slow", true),
    (DatabaseRefused, "connections to the database refused", true),
    (DatabaseAnswersCut, "answers of the database cut in the middle", true),
    (ServerStopped, "PostgreSQL stopped at once (immediate)", true),
    (ServerKilled, "PostgreSQL killed (SIGKILL)", true),
    (ServerRestarted, "PostgreSQL restarted (fast)", true),
    (SessionsTerminated, "sessions of the database terminated", true),
    (ConnectionsTaken, "all connections of the database taken", true),
    (LockHeld, "lock held for seconds by another program", false),
    (DiskFull, "disk full", false),
    (FilesFrozen, "files of the database made immutable", false),
    (MountedReadOnly, "file system mounted read-only, then a start", false),
];

/// Makes faults until the time is over; without a time, each of them once and briefly.
pub async fn work(world: &World, rng: &mut Rng) {
    let until = world.settings.duration.map(|duration| Instant::now() + duration);
    let mut deck: Vec<usize> = Vec::new();
    let mut decks = 0;
    while until.is_none_or(|until| Instant::now() < until) {
        if deck.is_empty() {
            if until.is_none() && decks == 1 {
                return;
            }
            decks += 1;
            deck = (0..FAULTS.len()).filter(|index| world.settings.postgres || !FAULTS[*index].2).collect();
            rng.shuffle(&mut deck);
        }
        let Some(index) = deck.pop() else { return };
        let (fault, name, _) = FAULTS[index];
        if let Some(why) = database::why_not(world, fault) {
            world.record.not_tried(name, why);
            continue;
        }
        world.record.fault_begins(name);
        make(world, rng, fault, name).await;
        recover(world).await;
        world.record.fault_ends(name);
        checks::in_between(world, rng).await;
        tokio::time::sleep(Duration::from_millis(rng.u64(..500))).await;
    }
}

async fn make(world: &World, rng: &mut Rng, fault: Fault, name: &'static str) {
    let gateway = world.gateway(rng);
    let longest = if world.settings.duration.is_some() { 4_000 } else { 1_000 };
    let a_while = Duration::from_millis(rng.u64(300..longest));
    match fault {
        GatewayKilled => {
            gateway.signal("KILL").await;
            tokio::time::sleep(Duration::from_millis(rng.u64(..800))).await;
        }
        BothGatewaysKilled => {
            futures_util::future::join_all(world.gateways.iter().map(|gateway| gateway.signal("KILL"))).await;
        }
        GatewayStopped => stop(world, gateway).await,
        ClientsCut => {
            for _ in 0..rng.u8(1..=5) {
                gateway.in_front.cut();
                tokio::time::sleep(Duration::from_millis(rng.u64(..600))).await;
            }
        }
        ClientsStalled => {
            gateway.in_front.change(|weather| weather.stalled = true);
            tokio::time::sleep(2 * a_while).await;
        }
        ClientsSlowed => {
            let delay = Duration::from_millis(rng.u64(20..300));
            gateway.in_front.change(|weather| weather.delay = delay);
            tokio::time::sleep(a_while).await;
        }
        AnswersCut => {
            let bytes = rng.usize(1..60_000);
            gateway.in_front.change(|weather| weather.cut_after = Some(bytes));
            tokio::time::sleep(2 * a_while).await;
        }
        ClientsRefused => {
            gateway.in_front.change(|weather| weather.refused = true);
            gateway.in_front.cut();
            tokio::time::sleep(a_while).await;
        }
        _ => database::make(world, rng, fault, name, gateway, a_while).await,
    }
}

async fn stop(world: &World, gateway: &Gateway) {
    match gateway.signal("TERM").await {
        Some(0) => {}
        Some(code) => {
            let text = format!("gateway {} ended with {code}", gateway.name);
            world.record.failure("SIGTERM does not end a gateway in an orderly way", About::default(), text);
        }
        None => {
            let text = format!("gateway {} still runs", gateway.name);
            world.record.failure("SIGTERM does not end a gateway", About::default(), text);
            gateway.signal("KILL").await;
        }
    }
}

/// Takes the fault back, and waits until every gateway can work again.
async fn recover(world: &World) {
    for gateway in &world.gateways {
        gateway.in_front.clear();
        if let Some(behind) = &gateway.behind {
            behind.clear();
        }
    }
    database::recover(world).await;
    for gateway in &world.gateways {
        let begun = Instant::now();
        if let Err(text) = gateway.start().await {
            world.record.failure("a gateway does not come back after a fault", About::default(), text);
        }
        let text = format!("ready {} ms after the fault", begun.elapsed().as_millis());
        world.event(&format!("gateway {}", gateway.name), About::default(), text);
    }
}

/// Everything is as it should be, and stays so.
pub async fn end(world: &World) {
    recover(world).await;
}

/// Waits for something that the end of a fault has to bring.
async fn at_last(what: &str, world: &World, mut come: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !come().await {
        if begun.elapsed() > RECOVERY {
            world.record.failure("the database does not come back", About::default(), what.to_owned());
            return;
        }
        world.breathe().await;
    }
}
