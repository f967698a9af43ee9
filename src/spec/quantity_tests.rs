//! Lengths and shares as a spec writes them.

use toml::Value;

use super::quantity::{length, permille};
use crate::time::FrameRate;

#[test]
fn lengths_are_exact() {
    let fps = FrameRate::new(30000, 1001).unwrap();
    for (text, frames) in [
        ("1s", 30),
        ("1.5 s", 45),
        ("500ms", 15),
        ("1m", 1798),
        ("2h", 215_784),
        ("30 frames", 30),
        ("1 frame", 1),
        ("1ms", 1),
        ("1m30s", 2697),
        ("1h 30m", 161_838),
        ("2 minutes", 3596),
        ("1 hour 1 second", 107_922),
    ] {
        assert_eq!(length(&Value::from(text)).unwrap().frames(fps), frames, "{text}");
    }
    for text in [
        "",
        "1",
        "s",
        "-1s",
        "0s",
        "0 frames",
        "1.5 frames",
        "1.2345s",
        "0.0001s",
        "9e9s",
        "99999h",
        "1 week",
        "30m1h",
        "1m1m",
        "1h30",
        "h",
        "100000001 frames",
    ] {
        assert!(length(&Value::from(text)).is_err(), "{text}");
    }
    assert!(length(&Value::from(1)).is_err());
}

#[test]
fn a_length_without_its_unit_is_told_what_may_be_meant() {
    let problem = |value: &Value| length(value).unwrap_err();
    for (value, meant) in [
        (Value::from(60), "; did you mean `60s` or `60 frames`?"),
        ("60".into(), "; did you mean `60s` or `60 frames`?"),
        (1.5.into(), "; did you mean `1.5s`?"),
        ("01:30".into(), "; did you mean `1m30s`?"),
        ("1:02:03".into(), "; did you mean `1h2m3s`?"),
        ("ten".into(), " or `30 frames`"),
    ] {
        assert!(problem(&value).ends_with(meant), "{value}: {}", problem(&value));
    }
}

#[test]
fn no_video_is_longer_than_a_file_can_say() {
    let fps = FrameRate::new(25, 1).unwrap();
    let problem = |text: &str| length(&Value::from(text)).unwrap().problem(fps);
    assert_eq!(problem("100000000 frames"), None);
    assert_eq!(problem("1000h"), None);
    assert_eq!(
        problem("2000h").unwrap(),
        "it is 180000000 frames at 25 frames a second, and a video has at most 100000000; shorten `grid.lengths`"
    );
}

#[test]
fn shares_are_exact() {
    for (value, want) in [
        (Value::from(0), 0),
        (Value::from(100), 1000),
        (Value::from(12.5), 125),
        (Value::from("50%"), 500),
        (Value::from("33.3 %"), 333),
        (Value::from("7"), 70),
    ] {
        assert_eq!(permille("depth", &value), Ok(want));
    }
    for value in [Value::from(-1), Value::from(101), Value::from("x"), Value::from(33.33), Value::from(true)]
    {
        assert!(permille("depth", &value).is_err(), "{value}");
    }
}
