//! Tasks that schedule themselves, are local to a function, have many parameters, or are called
//! directly.
#![allow(dead_code)]

use fastmcp::prelude::*;

#[task]
async fn countdown(from: u32, docket: Docket) -> Result<()> {
    if from > 0 {
        docket.add(countdown)(from - 1).key("countdown").await?;
    }
    Ok(())
}

#[task]
async fn many(
    a: u8,
    b: u16,
    c: u32,
    d: u64,
    e: i8,
    f: i16,
    g: i32,
    h: i64,
    i: f32,
    j: f64,
    k: bool,
    l: char,
) -> bool {
    let _ = (a, b, c, d, e, f, g, h, i, j, l);
    k
}

mod elsewhere {
    #[fastmcp::task]
    pub async fn imported(text: String) -> Result<String, std::num::ParseIntError> {
        text.parse::<u32>().map(|number| number.to_string())
    }
}

use elsewhere::imported;

fn main() {
    #[task]
    async fn local(text: String) -> usize {
        text.len()
    }

    async fn uses(docket: Docket) -> Result<()> {
        let later = std::time::Duration::from_secs(5);
        let execution = docket.add(imported)("4".into())
            .after(later)
            .key("k")
            .await?;
        let number: String = execution.result().await?;
        docket.replace(imported, "k")(number)
            .cancel_previous()
            .await?;
        docket.add(many)(1, 2, 3, 4, 5, 6, 7, 8, 9.0, 10.0, true, 'l').await?;
        docket.cancel("k").await?;
        let _: usize = local("text".into()).await;
        let _ = docket.add(local)("text".into()).await?;
        Ok(())
    }
    let _ = uses;
}
