//! How do I inject a connection, and commit or roll back after each call?
//!
//! ```text
//! orders        serves standard input and output
//! ```
//!
//! The database is a list in memory; with a real one, only `Database` and `Transaction` change.

use std::sync::{Arc, Mutex};

use fastmcp::prelude::*;

struct Database {
    rows: Mutex<Vec<String>>,
}

/// Rows that are written when the transaction commits.
struct Transaction {
    database: Arc<Database>,
    rows: Mutex<Vec<String>>,
}

impl Transaction {
    fn insert(&self, row: String) -> Result<()> {
        if row.is_empty() {
            return Err(ToolError::new("an order needs goods").into());
        }
        self.rows.lock().expect("no insert panics").push(row);
        Ok(())
    }

    fn commit(self) {
        let rows = self.rows.into_inner().expect("no insert panics");
        self.database
            .rows
            .lock()
            .expect("no insert panics")
            .extend(rows);
    }
}

/// Runs once for the server, at its first use.
#[dependency(shared)]
async fn database() -> Result<Arc<Database>> {
    Ok(Arc::new(Database {
        rows: Mutex::default(),
    }))
}

/// Runs once for each call. The code after `provide` runs after the call and before its response.
#[dependency]
async fn transaction(
    #[depends(database)] database: &Arc<Database>,
    scope: Scope<Transaction>,
) -> Result<()> {
    let transaction = Transaction {
        database: Arc::clone(database),
        rows: Mutex::default(),
    };
    let ended = scope.provide(transaction).await;
    if ended.succeeded {
        ended.value.commit();
    }
    Ok(())
}

/// Orders several goods, or none of them.
#[tool]
async fn order(
    goods: Vec<String>,
    #[depends(transaction)] transaction: &Transaction,
) -> Result<()> {
    for item in goods {
        transaction.insert(item)?;
    }
    Ok(())
}

/// Returns the number of orders.
#[tool(annotations(read_only))]
async fn count(#[depends(database)] database: &Arc<Database>) -> usize {
    database.rows.lock().expect("no insert panics").len()
}

#[tokio::main]
async fn main() -> Result<()> {
    Ok(FastMcp::new("orders").run().await?)
}
