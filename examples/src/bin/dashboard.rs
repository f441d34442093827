//! A shop whose background work the dashboard shows.
//!
//! ```text
//! dashboard ADDRESS
//! ```
//!
//! Serves the dashboard at `http://ADDRESS/dashboard`, and adds tasks of several kinds until it is stopped: short ones,
//! long ones with progress, some that fail, and two that run on a timetable. With
//! `FASTMCP_DOCKET_URL=sqlite://shop.db` they outlive the process.

use std::time::Duration;

use fastmcp::dependencies::CurrentExecution;
use fastmcp::prelude::*;
use tokio::time::sleep;

/// Sends the receipt of an order.
#[task(retry(attempts = 3, delay = "2s"))]
async fn send_receipt(order: u32) -> Result<String> {
    sleep(Duration::from_millis(50 + u64::from(order % 7) * 40)).await;
    match order % 23 {
        0 => Err(ToolError::new(format!(
            "SMTP 550 5.1.1: no mailbox for the customer of order {order}"
        ))
        .into()),
        _ => Ok(format!("receipt-{order}.pdf")),
    }
}

/// Charges the card of an order.
#[task(retry(attempts = 2, delay = "3s"), priority = high)]
async fn charge_card(order: u32) -> Result<u32> {
    sleep(Duration::from_millis(400)).await;
    match order % 9 {
        4 => Err(ToolError::new(
            "payment gateway: 503 Service Unavailable (upstream connect error, reset before headers)",
        )
        .into()),
        _ => Ok(order * 100),
    }
}

/// Resizes the pictures of a product.
#[task(concurrency(3), timeout = "2m")]
async fn resize_pictures(product: u32, progress: Progress) -> Result<u64> {
    let pictures = 12 + u64::from(product % 5) * 6;
    progress.set_total(pictures).await?;
    for picture in 1..=pictures {
        sleep(Duration::from_millis(700)).await;
        progress.increment(1).await?;
        progress
            .set_message(format!("picture {picture} of product {product}"))
            .await?;
    }
    Ok(pictures)
}

/// Imports the catalogue of a supplier.
#[task(concurrency(2), timeout = "10m")]
async fn import_catalogue(supplier: String, progress: Progress) -> Result<u64> {
    let rows = 4_800;
    progress.set_total(rows).await?;
    for row in (0..rows).step_by(60) {
        sleep(Duration::from_millis(900)).await;
        progress.increment(60).await?;
        progress
            .set_message(format!("rows {row} to {} of {supplier}.csv", row + 60))
            .await?;
    }
    Ok(rows)
}

/// Scores a payment.
#[task]
async fn detect_fraud(order: u32) -> f64 {
    sleep(Duration::from_millis(120)).await;
    let scores = [0.1, 0.4, 0.02, 0.9];
    // A mistake, for the dashboard: some orders have the index 4.
    scores[order as usize % 29 / 7]
}

/// Sends the newsletter to a customer.
#[task(priority = low)]
async fn send_newsletter(customer: u32) -> String {
    sleep(Duration::from_millis(300)).await;
    format!("sent to customer {customer}")
}

/// Compares the stock with the warehouse.
#[task(perpetual(every = "45s", automatic))]
async fn sync_stock(run: CurrentExecution) -> Result<u64> {
    sleep(Duration::from_secs(3)).await;
    Ok(u64::from(run.attempt()))
}

/// Writes the report of the day.
#[task(cron("0 6 * * mon-fri", tz = "Europe/Berlin", automatic))]
async fn daily_report() -> Result<()> {
    Ok(())
}

/// Returns the number of tasks that wait.
#[tool(annotations(read_only))]
async fn waiting_tasks(docket: Docket) -> Result<usize> {
    Ok(docket.stats().await?.counts.queued)
}

/// Adds tasks, as a shop with customers would.
async fn open_shop(docket: Docket) -> Result<()> {
    for supplier in ["nordwind", "atlas-tools", "maritime"] {
        docket.add(import_catalogue)(supplier.to_owned())
            .key(format!("catalogue/{supplier}"))
            .await?;
    }
    for order in 1.. {
        docket.add(send_receipt)(order)
            .key(format!("order-{order}/receipt"))
            .await?;
        if order % 2 == 0 {
            docket.add(charge_card)(order)
                .key(format!("order-{order}/charge"))
                .await?;
        }
        if order % 4 == 1 {
            docket.add(detect_fraud)(order)
                .key(format!("order-{order}/fraud"))
                .await?;
        }
        if order % 6 == 0 {
            docket.add(resize_pictures)(order)
                .key(format!("product-{order}/pictures"))
                .await?;
        }
        if order % 60 == 20 {
            for customer in 0..120 {
                docket.add(send_newsletter)(customer).await?;
            }
        }
        // The visitors come in waves.
        let wave = (order / 40) % 3;
        sleep(Duration::from_millis(150 + u64::from(wave) * 120)).await;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    let _log = fastmcp::log_to_stderr();
    let Some(address) = std::env::args().nth(1) else {
        eprintln!("usage: dashboard ADDRESS");
        std::process::exit(2);
    };
    let server = FastMcp::new("shop")
        .enable_docket()
        .worker(|worker| worker.concurrency(8))
        .dashboard("/dashboard", fastmcp::Dashboard::show_contents)
        .start()
        .await?;
    if let Some(docket) = server.docket() {
        tokio::spawn(open_shop(docket.clone()));
    }
    let listener = tokio::net::TcpListener::bind(&address).await?;
    println!("http://{}/dashboard", listener.local_addr()?);
    server.serve_http(listener).await?;
    Ok(server.shutdown().await?)
}
