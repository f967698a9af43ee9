//! Preparing sound: a source's sound as AAC-LC packets, aligned with its video.
//!
//! In: a probed source. Out: a file of packets behind one line of JSON that says how long each is. The sound starts
//! with the first video frame: what lies before is cut, what is missing is silence.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;

use ffmpeg_next as ffmpeg;
use serde::{Deserialize, Serialize};

use crate::files;
use crate::job::Job;
use crate::media::Error;
use crate::media::ff;
use crate::media::index::AudioTrack;
use crate::media::open;
use crate::media::sound;
use crate::media::source::Source;
use crate::media::timestamps::{Finder, Follower, Stamp};

/// Samples per second of prepared sound.
pub const SAMPLE_RATE: u32 = 48_000;

/// Milliseconds after the last frame from which on sound is left out.
const AFTER_MILLIS: i64 = 10_000;

/// First line of a prepared sound file.
#[derive(Serialize, Deserialize)]
struct Head {
    sample_rate: u32,
    channels: u16,
    config: Vec<u8>,
    first_sample: i64,
    sizes: Vec<u32>,
}

/// Writes the sound of stream `stream` of a source in canonical form, with 1 or 2 channels.
pub fn sound(source: &Source, stream: usize, channels: u16, path: &Path, job: &Job) -> Result<(), Error> {
    let mut pipe = Pipe::open(source, stream, channels)?;
    pipe.run(source, stream, job)?;
    let sizes = pipe.packets.iter().map(|packet| packet.len() as u32).collect();
    // The encoder's first packet primes decoders: its samples lie before the first of the sound.
    let first_sample = -(sound::PRIMING as i64);
    let head = Head {
        sample_rate: SAMPLE_RATE,
        channels: pipe.channels,
        config: pipe.config()?,
        first_sample,
        sizes,
    };
    files::write_atomic(path, |writer| {
        let line = serde_json::to_string(&head).expect("a head serialises");
        let write = |error| files::Error::io("write", path)(error);
        writeln!(writer, "{line}").map_err(write)?;
        pipe.packets.iter().try_for_each(|packet| writer.write_all(packet).map_err(write))?;
        Ok::<(), Error>(())
    })
}

/// Decodes all sound of a stream, and brings it into the form in which it would be prepared.
pub(super) fn decode(source: &Source, stream: usize, channels: u16, job: &Job) -> Result<(), Error> {
    Pipe::open(source, stream, channels)?.run(source, stream, job)
}

/// What is wrong with a prepared sound file, as far as can be told without its digest.
pub fn fault(path: &Path) -> Result<Option<String>, files::Error> {
    let found = std::fs::metadata(path).map_err(files::Error::io("read", path))?.len();
    Ok(match open(path) {
        Err(Error::File(error)) if !error.is_malformed() => return Err(error),
        Err(_) => Some("it is not prepared sound".to_owned()),
        Ok(track) => {
            let end = track.packets.last().map_or(0, |(at, size)| at + u64::from(*size));
            (end != found).then(|| format!("it has {found} bytes, not {end}"))
        }
    })
}

/// Opens a prepared sound file.
pub fn open(path: &Path) -> Result<AudioTrack, Error> {
    let file = std::fs::File::open(path).map_err(files::Error::io("read", path))?;
    let mut line = String::new();
    BufReader::new(file).read_line(&mut line).map_err(files::Error::io("read", path))?;
    let head: Head = serde_json::from_str(&line).map_err(|error| {
        Error::source_file(path, format!("is not prepared sound ({error}); remove it and run again"))
    })?;
    let mut at = line.len() as u64;
    let mut packets = Vec::with_capacity(head.sizes.len());
    for &size in &head.sizes {
        packets.push((at, size));
        at += u64::from(size);
    }
    Ok(AudioTrack {
        path: path.to_owned(),
        sample_rate: head.sample_rate,
        channels: head.channels,
        config: head.config,
        first_sample: head.first_sample,
        packets,
        silence: sound::silence(head.sample_rate, head.channels)?,
    })
}

/// Decoder, resampler and encoder in a row.
struct Pipe {
    input: ffmpeg::format::context::Input,
    decoder: ffmpeg::decoder::Audio,
    /// Seconds per unit of the stream's time, as a fraction; decoded frames keep it.
    time_base: (i64, i64),
    graph: Option<ffmpeg::filter::Graph>,
    /// What the frames are that the graph takes.
    form: Option<FrameForm>,
    encoder: ffmpeg::encoder::Audio,
    channels: u16,
    /// Frames that the encoder was given.
    frames: u64,
    packets: Vec<Vec<u8>>,
}

/// What frames of sound have to have in common to go through the same filters.
#[derive(Clone, Copy, PartialEq, Eq)]
struct FrameForm {
    rate: u32,
    format: ffmpeg::format::Sample,
    channels: u16,
    layout: u64,
}

impl FrameForm {
    fn of(frame: &ffmpeg::frame::Audio) -> Self {
        let layout = frame.channel_layout().bits();
        Self { rate: frame.rate(), format: frame.format(), channels: frame.channels(), layout }
    }
}

impl Pipe {
    fn open(source: &Source, stream: usize, channels: u16) -> Result<Self, Error> {
        ff::init();
        let path = &source.path;
        let input = open::input(path)?;
        let from = input.stream(stream).ok_or_else(|| Error::source_file(path, "has changed"))?;
        let time_base = (i64::from(from.time_base().numerator()), i64::from(from.time_base().denominator()));
        let decoder = sound::decoder(&from, path)?;
        let encoder = sound::encoder(SAMPLE_RATE, channels, path)?;
        Ok(Self {
            input,
            decoder,
            time_base,
            graph: None,
            form: None,
            encoder,
            channels,
            frames: 0,
            packets: Vec::new(),
        })
    }

    fn run(&mut self, source: &Source, stream: usize, job: &Job) -> Result<(), Error> {
        let path = &source.path;
        let clock = &source.clock;
        let mut pictures = Finder::new(clock.rule, clock.time_base);
        let mut follower = Follower::new(&clock.jumps, clock.time_base, self.time_base);
        loop {
            job.go_on()?;
            let mut packet = ffmpeg::Packet::empty();
            match packet.read(&mut self.input) {
                // Where the clock of the pictures jumps, that of the sound does too.
                Ok(()) if packet.stream() == source.stream && !clock.jumps.is_empty() => {
                    pictures.next(Stamp::of(&packet));
                    continue;
                }
                Ok(()) if packet.stream() != stream => continue,
                // A damaged packet gives no samples; the resampler fills the gap with silence.
                Ok(()) => {
                    if !clock.jumps.is_empty() {
                        follower.next(Stamp::of(&packet), pictures.jumps.len()).put(&mut packet);
                    }
                    self.decoder.send_packet(&packet).ok();
                }
                Err(_) => {
                    ff::check_reads(&self.input).map_err(Error::ffmpeg("read it", path))?;
                    self.decoder.send_eof().ok();
                    self.decoded(source)?;
                    return self.finish(path);
                }
            }
            self.decoded(source)?;
        }
    }

    fn decoded(&mut self, source: &Source) -> Result<(), Error> {
        let path = &source.path;
        let mut frame = ffmpeg::frame::Audio::empty();
        while self.decoder.receive_frame(&mut frame).is_ok() {
            let rate = i128::from(frame.rate());
            let time = frame.timestamp().or_else(|| frame.pts()).unwrap_or(0);
            // Sample of the frame's start, counted from the start of the video.
            let (num, den) = (i128::from(self.time_base.0), i128::from(self.time_base.1));
            let video = i128::from(source.clock.times[0]) * i128::from(source.clock.time_base.0) * rate
                / i128::from(source.clock.time_base.1);
            let at = i128::from(time) * num * rate / den - video;
            // A gap is filled with silence: one that a wrong time makes would have no end.
            let end = i128::from(source.clock.millis(source.clock.span()) + AFTER_MILLIS) * rate / 1000;
            if at > end {
                continue;
            }
            frame.set_pts(i64::try_from(at).ok());
            if self.form != Some(FrameForm::of(&frame)) {
                self.change(&frame, path)?;
            }
            if let Some(mut source) = self.graph.as_mut().and_then(|graph| graph.get("in")) {
                source.source().add(&frame).map_err(Error::ffmpeg("resample its sound", path))?;
            }
            self.encode(path)?;
        }
        Ok(())
    }

    /// Goes on with frames of another form, where the sound before them ends: broadcasts change the number of channels.
    fn change(&mut self, frame: &ffmpeg::frame::Audio, path: &Path) -> Result<(), Error> {
        self.flush(path)?;
        let start = self.frames * sound::PACKET_SAMPLES;
        self.graph = Some(graph(frame, self.channels, start, path)?);
        self.form = Some(FrameForm::of(frame));
        Ok(())
    }

    /// Takes out of the filters what they still hold.
    fn flush(&mut self, path: &Path) -> Result<(), Error> {
        if let Some(mut source) = self.graph.as_mut().and_then(|graph| graph.get("in")) {
            source.source().flush().map_err(Error::ffmpeg("resample its sound", path))?;
        }
        self.encode(path)
    }

    fn encode(&mut self, path: &Path) -> Result<(), Error> {
        let Some(graph) = &mut self.graph else { return Ok(()) };
        let mut frame = ffmpeg::frame::Audio::empty();
        while graph.get("out").is_some_and(|mut sink| sink.sink().frame(&mut frame).is_ok()) {
            frame.set_pts(Some((self.frames * sound::PACKET_SAMPLES) as i64));
            self.frames += 1;
            self.encoder.send_frame(&frame).map_err(Error::ffmpeg("encode its sound", path))?;
            receive(&mut self.encoder, &mut self.packets);
        }
        Ok(())
    }

    fn finish(&mut self, path: &Path) -> Result<(), Error> {
        self.flush(path)?;
        self.encoder.send_eof().map_err(Error::ffmpeg("encode its sound", path))?;
        receive(&mut self.encoder, &mut self.packets);
        // Sound that can be decoded, and has ended before the first frame is shown.
        if self.packets.is_empty() {
            self.packets.push(sound::silence(SAMPLE_RATE, self.channels)?);
        }
        Ok(())
    }

    fn config(&self) -> Result<Vec<u8>, Error> {
        let config = ff::encoder_extradata(&self.encoder);
        if config.is_empty() { Err(Error::Missing("AAC encoder that describes itself")) } else { Ok(config) }
    }
}

fn receive(encoder: &mut ffmpeg::encoder::Audio, packets: &mut Vec<Vec<u8>>) {
    let mut packet = ffmpeg::Packet::empty();
    while encoder.receive_packet(&mut packet).is_ok() {
        packets.push(packet.data().unwrap_or_default().to_vec());
    }
}

/// Filters for frames like `first`, which give sound from sample `start` on.
fn graph(
    first: &ffmpeg::frame::Audio,
    channels: u16,
    start: u64,
    path: &Path,
) -> Result<ffmpeg::filter::Graph, Error> {
    let step = |step| Error::ffmpeg(step, path);
    let find =
        |name: &'static str| ffmpeg::filter::find(name).ok_or(Error::Missing("filter library of its own"));
    let mut layout = first.channel_layout();
    if layout.is_empty() {
        layout = ffmpeg::ChannelLayout::default(i32::from(first.channels()));
    }
    let mut graph = ffmpeg::filter::Graph::new();
    let rate = first.rate();
    let format = first.format().name();
    let arguments = format!(
        "time_base=1/{rate}:sample_rate={rate}:sample_fmt={format}:channel_layout=0x{:x}",
        layout.bits()
    );
    graph.add(&find("abuffer")?, "in", &arguments).map_err(step("set up a sound filter"))?;
    graph.add(&find("abuffersink")?, "out", "").map_err(step("set up a sound filter"))?;
    let to = if channels == 1 { "mono" } else { "stereo" };
    let chain = format!(
        "aresample={SAMPLE_RATE}:async=1:first_pts={start},aformat=sample_fmts=fltp:channel_layouts={to},asetnsamples=n={}:p=1",
        sound::PACKET_SAMPLES
    );
    graph
        .output("in", 0)
        .and_then(|parser| parser.input("out", 0))
        .and_then(|parser| parser.parse(&chain))
        .and_then(|()| graph.validate())
        .map_err(step("set up its sound filters"))?;
    Ok(graph)
}
