//! Tests of the styles, with the examples of the specification.

use serde_json::json;

use super::*;

fn form(style: Style, explode: bool) -> Form {
    Form {
        style,
        explode,
        allow_reserved: false,
    }
}

/// The examples of the specification ("Style Examples"), with the percent-encoding that it requires.
#[test]
fn values_are_written_as_the_specification_shows() {
    let list = json!(["blue", "black", "brown"]);
    let object = json!({ "R": 100, "G": 200, "B": 150 });
    let text = json!("blue");
    for (style, explode, value, expected) in [
        (Style::Matrix, false, &text, ";color=blue"),
        (Style::Matrix, false, &list, ";color=blue,black,brown"),
        (
            Style::Matrix,
            true,
            &list,
            ";color=blue;color=black;color=brown",
        ),
        (Style::Matrix, false, &object, ";color=R,100,G,200,B,150"),
        (Style::Matrix, true, &object, ";R=100;G=200;B=150"),
        (Style::Label, false, &text, ".blue"),
        (Style::Label, false, &list, ".blue,black,brown"),
        (Style::Label, true, &list, ".blue.black.brown"),
        (Style::Label, false, &object, ".R,100,G,200,B,150"),
        (Style::Label, true, &object, ".R=100.G=200.B=150"),
        (Style::Simple, false, &list, "blue,black,brown"),
        (Style::Simple, false, &object, "R,100,G,200,B,150"),
        (Style::Simple, true, &object, "R=100,G=200,B=150"),
    ] {
        assert_eq!(path("color", form(style, explode), value), expected);
    }
    for (style, explode, value, expected) in [
        (Style::Form, false, &text, "color=blue"),
        (Style::Form, false, &list, "color=blue,black,brown"),
        (
            Style::Form,
            true,
            &list,
            "color=blue&color=black&color=brown",
        ),
        (Style::Form, false, &object, "color=R,100,G,200,B,150"),
        (Style::Form, true, &object, "R=100&G=200&B=150"),
        (
            Style::SpaceDelimited,
            false,
            &list,
            "color=blue%20black%20brown",
        ),
        (
            Style::SpaceDelimited,
            false,
            &object,
            "color=R%20100%20G%20200%20B%20150",
        ),
        (
            Style::PipeDelimited,
            false,
            &list,
            "color=blue%7Cblack%7Cbrown",
        ),
        (
            Style::PipeDelimited,
            false,
            &object,
            "color=R%7C100%7CG%7C200%7CB%7C150",
        ),
        (
            Style::DeepObject,
            true,
            &object,
            "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150",
        ),
    ] {
        assert_eq!(
            query("color", form(style, explode), value).join("&"),
            expected
        );
    }
}

#[test]
fn delimiters_inside_of_values_are_encoded() {
    let list = json!(["a,b", "c&d=e", "f/g?h#i", "100%", "é +"]);
    assert_eq!(
        query("x", form(Style::Form, false), &list).join("&"),
        "x=a%2Cb,c%26d%3De,f%2Fg%3Fh%23i,100%25,%C3%A9%20%2B"
    );
    let mut reserved = form(Style::Form, true);
    reserved.allow_reserved = true;
    assert_eq!(
        query("x", reserved, &json!("/a?b=c&d#e+f%g")).join("&"),
        "x=/a?b=c%26d%23e%2Bf%25g"
    );
}

#[test]
fn nested_values_have_their_path() {
    let value = json!({ "price": { "min": 1, "max": null }, "ids": [7, 8] });
    assert_eq!(
        query("f", form(Style::DeepObject, true), &value),
        [
            "f%5Bprice%5D%5Bmin%5D=1",
            "f%5Bids%5D%5B0%5D=7",
            "f%5Bids%5D%5B1%5D=8"
        ]
    );
    assert!(query("f", form(Style::Form, true), &json!([])).is_empty());
    assert!(query("f", form(Style::Form, true), &json!(null)).is_empty());
}

/// Whatever the text, the query has one pair, and a reader gets the same text back.
#[test]
fn every_text_comes_back() {
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..2_000 {
        let length = random.usize(..12);
        let sent: String = (0..length).map(|_| random.char(..)).collect();
        for reserved in [false, true] {
            let mut form = form(Style::Form, true);
            form.allow_reserved = reserved;
            let pairs = query("k", form, &json!(sent));
            let url = format!("http://localhost/?{}", pairs.join("&"));
            let url = url::Url::parse(&url).expect("a valid URL");
            let read: Vec<(String, String)> = url.query_pairs().into_owned().collect();
            assert_eq!(read, [("k".to_owned(), sent.clone())]);
        }
    }
}
