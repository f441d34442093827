//! Middleware and mounted servers.

use std::sync::{Arc, Mutex};

use fastmcp::middleware::{Next, TaskRequest, ToolCall, from_fn};
use fastmcp::prelude::*;
use fastmcp::{Selection, TaskFallback};
use serde_json::json;

use crate::stage::{AFTER, builder, call, clients, task_id};

/// The requests that the middleware have seen.
type Seen = Arc<Mutex<Vec<String>>>;

fn seen(seen: &Seen) -> Vec<String> {
    std::mem::take(&mut seen.lock().unwrap())
}

#[tokio::test(start_paused = true)]
async fn middleware_sees_the_task_and_the_three_tools() {
    let log = Seen::default();
    let (calls, tasks) = (Arc::clone(&log), Arc::clone(&log));
    let calls = from_fn(move |call: ToolCall, next: Next<ToolCall>| {
        let line = format!("call {}", call.component().name());
        calls.lock().unwrap().push(line);
        next.run(call)
    });
    let tasks = from_fn(move |task: TaskRequest, next: Next<TaskRequest>| {
        let line = format!("task {:?}", task.operation());
        tasks.lock().unwrap().push(line);
        next.run(task)
    });
    let server = builder()
        .middleware(calls)
        .middleware(tasks)
        .task_fallback(TaskFallback::after(AFTER))
        .start()
        .await
        .unwrap();
    let [mut wire, _] = clients(&server).await;
    seen(&log);
    let answer = call(&mut wire, "report", json!({ "year": 1, "seconds": 15 })).await;
    // The creation within the request, and the call of the tool in the worker.
    assert_eq!(seen(&log), ["task Create", "call report"]);
    call(&mut wire, "task_status", task_id(&answer)).await;
    assert_eq!(seen(&log), ["call task_status", "task Get"]);
}

#[tokio::test(start_paused = true)]
async fn tools_of_mounted_servers_are_covered() {
    for own_docket in [false, true] {
        let inner = builder();
        let inner = if own_docket {
            inner
        } else {
            FastMcp::new("inner")
                .select(Selection::name("report"))
                .state(crate::stage::Running::default())
        };
        let server = FastMcp::new("outer")
            .select(Selection::name("add"))
            .docket(Docket::memory("outer"))
            .mount("inner", inner.select(Selection::name("report")))
            .task_fallback(TaskFallback::after(AFTER))
            .start()
            .await
            .unwrap();
        for mut wire in clients(&server).await {
            let list = wire.request("tools/list", json!({})).await;
            let tools = list["result"]["tools"].as_array().unwrap();
            let report = tools
                .iter()
                .find(|it| it["name"] == "inner_report")
                .unwrap();
            assert!(report.get("outputSchema").is_none(), "{report}");
            let arguments = json!({ "year": 1, "seconds": 15 });
            let answer = call(&mut wire, "inner_report", arguments).await;
            let result = call(&mut wire, "task_result", task_id(&answer)).await;
            assert_eq!(result["structuredContent"]["pages"], 7, "{result}");
        }
    }
}
