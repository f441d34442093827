//! How do I inject a connection, and commit or roll back after each call? How does a provider read an argument?
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
    customer: String,
    database: Arc<Database>,
    rows: Mutex<Vec<String>>,
}

impl Transaction {
    fn insert(&self, row: String) -> Result<()> {
        if row.is_empty() {
            return Err(ToolError::new("an order needs goods").into());
        }
        let row = format!("{}: {row}", self.customer);
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

/// The customer of the call, whose orders the transaction writes. Every tool with a transaction lists this argument.
#[dependency]
fn customer(
    /// The name of the customer
    #[argument]
    #[arg(length = 1..=40)]
    customer_name: &str,
) -> Result<String> {
    if customer_name == "Nobody" {
        return Err(ToolError::new("no such customer").into());
    }
    Ok(customer_name.to_owned())
}

/// Runs once for each call. The code after `provide` runs after the call and before its response.
#[dependency]
async fn transaction(
    #[depends(database)] database: &Arc<Database>,
    #[depends(customer)] customer: String,
    scope: Scope<Transaction>,
) -> Result<()> {
    let transaction = Transaction {
        customer,
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

/// Returns the orders of a customer.
#[tool(annotations(read_only))]
async fn orders_of(
    #[depends(customer)] customer: &str,
    #[depends(database)] database: &Arc<Database>,
) -> Vec<String> {
    let rows = database.rows.lock().expect("no insert panics");
    let own = rows
        .iter()
        .filter_map(|row| row.strip_prefix(customer)?.strip_prefix(": "));
    own.map(str::to_owned).collect()
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
