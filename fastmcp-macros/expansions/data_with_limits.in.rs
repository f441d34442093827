#[data]
struct Parcel {
    #[schemars(length(max = 3), inner(range(min = 1)))]
    labels: BTreeMap<String, u8>,
    #[schemars(range(max = 9))]
    weight: u8,
    #[schemars(url)]
    link: String,
}
