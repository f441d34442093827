#[data]
struct Order {
    goods: String,
}
