use fastmcp::prelude::*;

/// Archives an invoice.
#[tool]
async fn archive_every_invoice_of_the_last_year_that_has_been_paid_in_full_by_now() {}

fn main() {}
