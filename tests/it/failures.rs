//! What the service does when things fail: clients that go away, databases that go away, disks that are full, calls
//! that get in each other's way.

mod cancelled;
mod database_away;
mod disk;
mod sqlite_load;
mod stopping;
mod together;
mod upgrade;
