//! The docket engine: durable background executions, their workers and their promises.
