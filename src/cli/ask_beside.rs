//! What `vniah ask` sends beside pictures.
//!
//! In: `--subtitles` and `--sound`, rows, the mode. Out: the settings of the run; a refusal where a mode cannot send what is asked for.

use clap::ValueEnum;

use super::exit::{Exit, Failure};
use crate::ask::Mode;
use crate::ask::beside::{Sound, Subtitles, has_subtitles};
use crate::dataset::Row;

/// Options of what is sent beside pictures.
#[derive(Debug, clap::Args)]
pub(super) struct Beside {
    /// Where the lines of subtitle tracks stand: all before the question (Video-MME), or between frames by their times
    /// (`LongVideoBench`) [default: `block`; with `--mode text`, `none` unless there are no videos]
    #[arg(long, value_enum)]
    subtitles: Option<SubtitlesName>,
    /// How to send sound beside frames where a question needs it: as a WAV file in an `input_audio` part (16 kHz, mono), or
    /// not. With `--mode video-url` it is in the video [default: `input-audio`]
    #[arg(long, value_enum)]
    sound: Option<SoundName>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SubtitlesName {
    /// All lines before the question.
    Block,
    /// Each line between the frames around it.
    Interleaved,
    /// No lines.
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SoundName {
    /// A WAV file in a part of its own.
    InputAudio,
    /// No sound.
    None,
}

impl Beside {
    /// Where the lines of subtitle tracks stand; nothing where no video has one.
    pub(super) fn subtitles(&self, rows: &[Row], mode: Mode) -> Result<Option<Subtitles>, Failure> {
        let usage = |message: String| Err(Failure::message(Exit::Usage, message));
        let wanted = self.subtitles.map(|name| match name {
            SubtitlesName::Block => Subtitles::Block,
            SubtitlesName::Interleaved => Subtitles::Interleaved,
            SubtitlesName::None => Subtitles::None,
        });
        if !rows.iter().any(has_subtitles) {
            return match wanted {
                Some(Subtitles::Block | Subtitles::Interleaved) => {
                    usage("--subtitles: no video of the dataset has a subtitle track".to_owned())
                }
                _ => Ok(None),
            };
        }
        if wanted == Some(Subtitles::Interleaved) && mode != Mode::Frames {
            return usage(format!(
                "--subtitles interleaved puts lines between frames, and --mode {} sends no frames one by one; use --mode frames, \
                 or --subtitles block",
                mode.name()
            ));
        }
        // The text alone is without what goes with a video, unless there is nothing else.
        let is_left_out = mode == Mode::Text && rows.iter().any(|row| row.num_frames > 0);
        Ok(Some(wanted.unwrap_or(if is_left_out { Subtitles::None } else { Subtitles::Block })))
    }

    /// How sound is sent beside frames; nothing where no question needs it, or where the video holds it.
    pub(super) fn sound(&self, rows: &[Row], mode: Mode) -> Result<Option<Sound>, Failure> {
        let is_apart = matches!(mode, Mode::Frames | Mode::VideoJpeg);
        if self.sound == Some(SoundName::InputAudio) && !is_apart {
            let what = if mode == Mode::Text { "sends no sound" } else { "sends the sound in the video" };
            let message = format!("--sound input-audio goes with frames, and --mode {} {what}", mode.name());
            return Err(Failure::message(Exit::Usage, message));
        }
        let is_sent = self.sound != Some(SoundName::None);
        let sound = if is_sent { Sound::InputAudio } else { Sound::None };
        Ok((is_apart && rows.iter().any(|row| row.audio_needed)).then_some(sound))
    }
}
