#!/usr/bin/env bash
# `SqliteStorage::setup` of apalis-sqlite sets `synchronous = OFF` on a connection of the caller's pool, and leaves it so.
#
# Guess:    `setup` creates the tables, and the pool keeps the synchronization that its owner has chosen.
# Seen:     a pool with `SqliteSynchronous::Full` has a connection with `synchronous` 0 after `setup`, so acknowledged
#           tasks may be lost, and the file may be damaged, in a power cut.
# Versions: apalis-sqlite 1.0.0, sqlx 0.9.0; seen on 2026-11-28.
# Matters:  a queue that its owner has made durable is not, on one connection of several; a benchmark of the durable
#           setting measures another one. A second pool that is opened after `setup` is not affected.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
apalis-sqlite = { version = "=1.0.0", default-features = false, features = ["json", "migrate", "tokio-comp"] }
sqlx = { version = "=0.9.0", default-features = false, features = ["sqlite", "runtime-tokio"] }
tokio = { version = "1", features = ["macros", "rt"] }
TOML
cat >src/main.rs <<'RUST'
use apalis_sqlite::{SqlitePool, SqliteStorage};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous};

async fn synchronous(pool: &SqlitePool) -> i64 {
    sqlx::query_scalar("PRAGMA synchronous").fetch_one(pool).await.unwrap()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let options = SqliteConnectOptions::new()
        .filename("tasks.db")
        .create_if_missing(true)
        .synchronous(SqliteSynchronous::Full);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    println!("before setup: {}", synchronous(&pool).await);
    SqliteStorage::setup(&pool).await.unwrap();
    println!("after setup: {}", synchronous(&pool).await);
}
RUST
# 2 is FULL, 0 is OFF.
cat >expected <<'TEXT'
before setup: 2
after setup: 0
TEXT

cargo run --quiet >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
