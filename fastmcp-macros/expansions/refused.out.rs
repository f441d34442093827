#[allow(clippy::unused_async)]
async fn find<T>(query: &mut String) -> Result<T> {
    todo(query)
}
::core::compile_error! {
    "unknown option `titel`; did you mean `title`?"
}
::core::compile_error! {
    "a tool cannot be generic: its schema is made of concrete types; write one function for each type"
}
::core::compile_error! {
    "parameter `query` cannot be `&mut`: no change made through it would outlive the call; take `String` or `&String`"
}
