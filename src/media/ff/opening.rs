//! Opening a file, and no other, with FFmpeg's demuxers.
//!
//! In: a path, as bytes, and the formats that are allowed. Out: an input whose demuxer cannot open a second file, or the
//! format that a file is of.

use std::ffi::{CStr, CString, c_char, c_int};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::ptr;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::ffi;

use super::init;

/// Opens a file with FFmpeg's demuxer, if its format is one of `formats`, which commas separate. What its header does not say of
/// its streams is found by reading and decoding their beginnings.
///
/// The name is taken as bytes, and for a file's whatever it looks like; whatever the file says, no other is opened.
pub(in crate::media) fn open_input(
    path: &Path,
    formats: &str,
) -> Result<ffmpeg::format::context::Input, ffmpeg::Error> {
    let mut input = open_header(path, formats)?;
    // SAFETY: the context of an open input, which the wrapper frees whatever is found.
    let found = unsafe { ffi::avformat_find_stream_info(input.as_mut_ptr(), ptr::null_mut()) };
    if found < 0 { Err(ffmpeg::Error::from(found)) } else { Ok(input) }
}

/// As [`open_input`], of a file whose header says all that is asked of its streams.
pub(in crate::media) fn open_header(
    path: &Path,
    formats: &str,
) -> Result<ffmpeg::format::context::Input, ffmpeg::Error> {
    init();
    let url = url(path)?;
    let mut options = ffmpeg::Dictionary::new();
    options.set("format_whitelist", formats);
    options.set("protocol_whitelist", "file");
    // SAFETY: a context of our own, which FFmpeg frees where it cannot open it; the options are taken back to be freed;
    // on success the wrapper owns the context.
    unsafe {
        let mut context = ffi::avformat_alloc_context();
        if context.is_null() {
            return Err(ffmpeg::Error::Other { errno: ffmpeg::error::ENOMEM });
        }
        (*context).io_open = Some(open_itself);
        let mut raw = options.disown();
        let opened = ffi::avformat_open_input(&raw mut context, url.as_ptr(), ptr::null_mut(), &raw mut raw);
        drop(ffmpeg::Dictionary::own(raw));
        if opened < 0 {
            return Err(ffmpeg::Error::from(opened));
        }
        Ok(ffmpeg::format::context::Input::wrap(context))
    }
}

/// A file's name as FFmpeg's `file` protocol takes it: without the prefix, `12:30.mp4` is a protocol.
fn url(path: &Path) -> Result<CString, ffmpeg::Error> {
    CString::new([b"file:", path.as_os_str().as_bytes()].concat())
        .map_err(|_nul| ffmpeg::Error::Other { errno: ffmpeg::error::ENOENT })
}

/// What a demuxer calls to open a file: lets it open the one that it was made for.
unsafe extern "C" fn open_itself(
    context: *mut ffi::AVFormatContext,
    opened: *mut *mut ffi::AVIOContext,
    url: *const c_char,
    flags: c_int,
    options: *mut *mut ffi::AVDictionary,
) -> c_int {
    // SAFETY: FFmpeg calls this with a valid context, and asks for the file itself by the context's own field.
    unsafe {
        if opened == &raw mut (*context).pb {
            ffi::avio_open2(opened, url, flags, &raw const (*context).interrupt_callback, options)
        } else {
            ffi::AVERROR(ffmpeg::error::EACCES)
        }
    }
}

/// A format of FFmpeg's.
pub(in crate::media) struct Format {
    /// Its names, with commas between.
    pub(in crate::media) names: String,
    /// What it is.
    pub(in crate::media) description: String,
}

/// The format that FFmpeg takes a file for.
pub(in crate::media) fn format_of(path: &Path) -> Option<Format> {
    init();
    let url = url(path).ok()?;
    // SAFETY: FFmpeg opens and closes the file; a format that it finds is static, and so are its texts.
    unsafe {
        let mut io = ptr::null_mut();
        if ffi::avio_open2(&raw mut io, url.as_ptr(), ffi::AVIO_FLAG_READ, ptr::null(), ptr::null_mut()) < 0 {
            return None;
        }
        let mut format: *const ffi::AVInputFormat = ptr::null();
        let probed =
            ffi::av_probe_input_buffer2(io, (&raw mut format).cast(), url.as_ptr(), ptr::null_mut(), 0, 0);
        ffi::avio_closep(&raw mut io);
        let format = format.as_ref().filter(|_| probed >= 0)?;
        let text = |text: *const c_char| {
            if text.is_null() { String::new() } else { CStr::from_ptr(text).to_string_lossy().into_owned() }
        };
        Some(Format { names: text(format.name), description: text(format.long_name) })
    }
}
