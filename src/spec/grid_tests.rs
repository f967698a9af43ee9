//! Grids as a spec writes them.

use toml::Table;

use super::grid::{Grid, read};
use super::reader::{Problems, Section};
use crate::sampler::Sampler;
use crate::time::FrameRate;

fn grid(text: &str) -> Result<Grid, Vec<String>> {
    let table: Table = toml::from_str(text).unwrap();
    let mut problems = Problems::default();
    let grid = read(Section::new(&table, "grid"), &mut problems);
    if problems.list.is_empty() { Ok(grid) } else { Err(problems.list) }
}

fn texts(text: &str) -> Vec<String> {
    let lengths = grid(text).unwrap_or_else(|problems| panic!("{problems:?}")).lengths.unwrap();
    lengths.iter().map(|length| length.text().to_owned()).collect()
}

#[test]
fn ranges_are_linear_or_logarithmic() {
    assert_eq!(
        texts("lengths = { from = \"10s\", to = \"10h\", steps = 8, scale = \"log\" }"),
        ["10s", "32.2s", "1.73m", "5.57m", "17.9m", "57.8m", "3.1h", "10h"]
    );
    assert_eq!(texts("lengths = { from = \"1m\", to = \"2m\", steps = 3 }"), ["1m", "90s", "2m"]);
    assert_eq!(
        texts("lengths = { from = \"100 frames\", to = \"100000 frames\", steps = 4, scale = \"log\" }"),
        ["100 frames", "1000 frames", "10000 frames", "100000 frames"]
    );
    let depths = grid("depths = { from = 0, to = 100, steps = 11 }").unwrap().depths.unwrap();
    let permille: Vec<u16> = depths.iter().map(|depth| depth.permille()).collect();
    assert_eq!(permille, [0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
}

#[test]
fn tokens_become_the_longest_length_that_fits() {
    let text = "sampler = \"qwen-vl-utils(fps=1,max=100000)\"\ntokens_per_frame = 64.5\n\
        lengths = { from = \"8k\", to = \"1M\", steps = 3, scale = \"log\" }";
    assert_eq!(texts(text), ["8k", "89.4k", "1M"]);
    let sampler: Sampler = "qwen-vl-utils(fps=1,max=100000)".parse().unwrap();
    for fps in [FrameRate::new(25, 1).unwrap(), FrameRate::new(30_000, 1001).unwrap()] {
        for length in grid(text).unwrap().lengths.unwrap() {
            let frames = length.frames(fps);
            let room = length.counted().1 * 1000 / 64_500;
            assert_eq!(length.problem(fps), None);
            assert!(sampler.count(frames, fps).unwrap() <= room);
            assert!(sampler.count(frames + 1, fps).unwrap() > room, "{length}");
        }
    }
    assert_eq!(grid(text).unwrap().lengths.unwrap()[2].id(), "1M-tokens");
}

#[test]
fn a_sampler_that_tokens_do_not_bound_is_a_problem() {
    let fps = FrameRate::new(25, 1).unwrap();
    let problem = |sampler: &str, tokens: &str| {
        let text = format!("sampler = \"{sampler}\"\ntokens_per_frame = 100\nlengths = [\"{tokens}\"]");
        grid(&text).unwrap().lengths.unwrap()[0].problem(fps)
    };
    assert_eq!(
        problem("linspace(64)", "8k").unwrap(),
        "8000 tokens hold 80 frames, and `linspace(64)` takes 64 however long the video is"
    );
    assert_eq!(
        problem("linspace(64)", "1k").unwrap(),
        "1000 tokens hold 10 frames, and `linspace(64)` takes at least 64"
    );
    assert!(problem("fps:1", "10M").is_none());
    assert!(problem("qwen-vl-utils", "100k").unwrap().contains("takes 768 however long"));
}

#[test]
fn wrong_ranges_are_explained() {
    let problems = |text: &str| grid(text).unwrap_err().join("\n");
    insta::assert_snapshot!(
        [
            problems("lengths = [\"8k\"]"),
            problems("sampler = \"fps:1\""),
            problems("sampler = \"fps\"\ntokens_per_frame = 0.5"),
            problems("lengths = { from = \"10s\", to = \"100 frames\", steps = 3 }"),
            problems("lengths = { from = \"10s\", to = \"5s\", steps = 3 }"),
            problems("lengths = { from = \"10ms\", to = \"12ms\", steps = 9 }"),
            problems("lengths = { from = \"10s\", steps = 1, scale = \"cubic\", base = 2 }"),
            problems("depths = { from = 0, to = 1, steps = 20 }"),
            problems("depths = { from = 0, to = 100, steps = 3, scale = \"log\" }"),
        ]
        .join("\n"),
        @r"
    grid.lengths[0]: `8k` is a number of tokens, which needs `grid.sampler` and `grid.tokens_per_frame`
    grid.sampler: needs `grid.tokens_per_frame` beside it
    grid.sampler: `fps` is not a sampler: write frames a second, as in `fps:1`
    grid.tokens_per_frame: `0.5` is not between 1 and 100000, with three decimals at most
    grid.lengths: `10s` and `100 frames` are not counted in the same
    grid.lengths: `10s` is not below `5s`
    grid.lengths: 9 lengths do not fit between `10ms` and `12ms`
    grid.lengths.steps: `1` is outside 2..=1000
    grid.lengths.scale: `cubic` is not `linear` or `log`
    grid.lengths.to: missing
    grid.lengths.base: unknown key
    grid.depths: 20 depths do not fit between them
    grid.depths.scale: `log` is not `linear`
    "
    );
}
