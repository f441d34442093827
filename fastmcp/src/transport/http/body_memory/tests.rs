//! Tests of [`BodyMemory`].

use super::*;

fn used(memory: &BodyMemory) -> usize {
    lock(&memory.state).used
}

/// Returns a body that has taken memory.
async fn incomplete(memory: &Arc<BodyMemory>, bytes: usize) -> CountedBytes {
    let mut body = memory.begin();
    body.take(bytes).await.unwrap();
    body
}

/// Returns a body that waits until all its handlers are dropped, and then gives its memory back.
fn slow(mut body: CountedBytes) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        body.given_up().await;
        body.take(1).await.unwrap_err();
    })
}

#[tokio::test(start_paused = true)]
async fn the_costliest_incomplete_body_gives_way() {
    let memory = BodyMemory::new(100);
    let large = slow(incomplete(&memory, 40).await);
    tokio::time::advance(MAX_SILENCE).await;
    let small = slow(incomplete(&memory, 30).await);
    // As much as is left free: no need to wait.
    let begin = Instant::now();
    let smallest = slow(incomplete(&memory, 15).await);
    assert_eq!(begin.elapsed(), Duration::ZERO);
    let quick = incomplete(&memory, 20).await;
    assert_eq!(begin.elapsed(), Duration::ZERO);
    large.await.unwrap();
    assert!(!small.is_finished());
    assert_eq!(used(&memory), 65);
    // The others have a second.
    let another = incomplete(&memory, 30).await;
    assert_eq!(begin.elapsed(), MAX_SILENCE);
    small.await.unwrap();
    assert!(!smallest.is_finished());
    drop((quick, another));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_arrives_has_more_time() {
    let memory = BodyMemory::new(100);
    let begin = Instant::now();
    let mut arrives = incomplete(&memory, 90).await;
    let parts = tokio::spawn(async move {
        loop {
            tokio::select! {
                () = arrives.given_up() => return,
                () = tokio::time::sleep(MAX_SILENCE / 2) => {}
            }
            arrives.has_part();
        }
    });
    let next = incomplete(&memory, 10).await;
    assert_eq!(begin.elapsed(), MIN_TIME);
    parts.await.unwrap();
    drop(next);
}

#[tokio::test(start_paused = true)]
async fn bodies_wait_for_complete_ones() {
    let memory = BodyMemory::new(100);
    let mut first = incomplete(&memory, 90).await;
    first.complete(80, 1000).await.unwrap();
    assert_eq!(used(&memory), 1080, "one message is always parsed");
    let begin = Instant::now();
    let refused = memory.begin().take(20).await;
    refused.unwrap_err();
    assert_eq!(begin.elapsed(), MAX_WAIT);

    let waiting = Arc::clone(&memory);
    let second = tokio::spawn(async move { incomplete(&waiting, 20).await });
    tokio::task::yield_now().await;
    first.parsed();
    tokio::task::yield_now().await;
    assert!(!second.is_finished(), "twenty bytes are free, not forty");
    drop(first);
    let mut second = second.await.unwrap();
    let mut third = incomplete(&memory, 20).await;
    second.complete(20, 50).await.unwrap();
    let parsed = async {
        tokio::task::yield_now().await;
        second.parsed();
    };
    let (third_parsed, ()) = tokio::join!(third.complete(20, 50), parsed);
    third_parsed.unwrap();
    drop((second, third));
    assert_eq!(used(&memory), 0);
}

#[tokio::test(start_paused = true)]
async fn a_body_of_unknown_length_grows_within_the_budget() {
    let memory = BodyMemory::new(100);
    let other = slow(incomplete(&memory, 10).await);
    let begin = Instant::now();
    let mut growing = incomplete(&memory, 20).await;
    growing.take(20).await.unwrap();
    assert_eq!(begin.elapsed(), Duration::ZERO);
    // Sixty would not leave sixty free, so the costliest gives way: this body.
    growing.take(20).await.unwrap_err();
    assert_eq!(begin.elapsed(), MAX_SILENCE);
    drop(growing);
    assert!(!other.is_finished());
    assert_eq!(used(&memory), 10);
}

#[tokio::test(start_paused = true)]
async fn many_bodies_at_once_are_received_in_turn() {
    let memory = BodyMemory::new(100);
    let bodies = (0..20).map(|_| {
        let memory = Arc::clone(&memory);
        tokio::spawn(async move {
            let mut body = incomplete(&memory, 25).await;
            tokio::time::sleep(MAX_SILENCE / 4).await;
            body.complete(25, 25).await.unwrap();
            tokio::time::sleep(MAX_SILENCE / 4).await;
            assert!(used(&memory) <= 125);
        })
    });
    for body in bodies.collect::<Vec<_>>() {
        body.await.unwrap();
    }
    assert_eq!(used(&memory), 0);
}
