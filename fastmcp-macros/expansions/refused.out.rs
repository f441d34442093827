#[allow(clippy::unused_async)]
async fn find<T>(query: &mut String) -> Result<T> {
    todo(query)
}
::core::compile_error! {
    "unknown option `titel`; did you mean `title`?"
}
::core::compile_error! {
    "a tool cannot be generic, because its schema needs concrete types: write one function for each type"
}
::core::compile_error! {
    "parameter `query` cannot be `&mut`, because changes would be lost after the call: take `String` or `&String`"
}
