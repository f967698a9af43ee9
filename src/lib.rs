//! vniah hides needles in video haystacks, asks what was hidden, and scores the answers.
//!
//! It is a generator and scorer of benchmarks of the kind that VideoNIAH / VNBench (arXiv 2406.09367) describes. The
//! stages are joined by files, and each is a pure function of the files before it:
//!
//! ```text
//! spec.toml -> plan -> videos/ + metadata.jsonl + manifest.json -> answers.jsonl -> scores.json -> report.html
//! ```
//!
//! Modules form layers; a module uses lower layers only, and a test holds them to it:
//!
//! | layer | modules |
//! |---|---|
//! | 10 | [`cli`] |
//! | 9 | [`project`] |
//! | 8 | [`export`], [`quiz`] |
//! | 7 | [`report`], [`frames`], [`ask`], [`serve`], [`card`] |
//! | 6 | [`render`], [`baseline`], [`coverage`], [`audit`] |
//! | 5 | [`plan`], [`score`], [`picture`], [`detect`] |
//! | 4 | [`spec`], [`dataset`], [`answers`], [`media`] |
//! | 3 | [`question`] |
//! | 2 | [`needle`], [`haystack`], [`sampler`], [`partial_dir`], [`job`], [`checksum`] |
//! | 1 | [`scene`], [`subtitle`] |
//! | 0 | [`time`], [`seed`], [`id`], [`digest`], [`files`], [`language`], [`version`], [`cancel`], [`markup`], [`wording`], [`template`], [`letter`], [`interned`] |

pub mod answers;
pub mod ask;
pub mod audit;
pub mod baseline;
pub mod cancel;
pub mod card;
pub mod checksum;
pub mod cli;
pub mod coverage;
pub mod dataset;
pub mod detect;
pub mod digest;
pub mod export;
pub mod files;
pub mod frames;
pub mod haystack;
pub mod id;
pub mod interned;
pub mod job;
pub mod language;
pub mod letter;
pub mod markup;
pub mod media;
pub mod needle;
pub mod partial_dir;
pub mod picture;
pub mod plan;
pub mod project;
pub mod question;
pub mod quiz;
pub mod render;
pub mod report;
pub mod sampler;
pub mod scene;
pub mod score;
pub mod seed;
pub mod serve;
pub mod spec;
pub mod subtitle;
pub mod template;
pub mod time;
pub mod version;
pub mod wording;
