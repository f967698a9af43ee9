//! Opening: the file that was named, as a video, and no other file.
//!
//! In: a path, of whatever bytes. Out: FFmpeg's demuxer on it, or why it is no video. A playlist, a script or a pattern of
//! names leads to files that nobody named and whose content no digest covers: such formats are refused by name.

use std::fs::File;
use std::path::Path;

use ffmpeg_next as ffmpeg;

use crate::files;
use crate::media::Error;
use crate::media::boxes::Stretch;
use crate::media::ff;
use crate::media::index::read_at;

/// Formats that are opened: those of FFmpeg that hold moving pictures and lie in one file. Containers and streams come first,
/// then videos of games and old machines, then pictures that follow each other in one file.
const FORMATS: &str = "\
    4xm,amv,apng,asf,asf_o,av1,avi,avs2,avs3,cavsvideo,cine,dhav,dirac,dnxhd,dv,evc,filmstrip,flic,flv,\
    gif,gxf,h261,h263,h264,h265,hevc,ingenient,ipu,ivf,ivr,jpegxl_anim,kux,live_flv,lmlm4,lvf,lxf,m4v,\
    matroska,mgsts,mjpeg,mjpeg_2000,mlv,moflex,mov,mpeg,mpegts,mpegvideo,mpjpeg,mtv,mv,mvi,mxf,mxg,nc,\
    nsv,nut,nuv,obu,ogg,pva,r3d,rm,ser,simbiosis_imx,smjpeg,swf,ty,vc1,vc1test,vividas,vivo,vvc,webm,\
    webp_anim,wtv,xmv,yuv4mpegpipe,anm,argo_brp,avs,bethsoftvid,bfi,bink,bmv,c93,cdg,cdxl,dfa,dsicin,\
    dxa,ea,ea_cdata,film_cpk,gdv,hnm,idcin,iff,ifv,ipmovie,jv,mm,msnwctcp,paf,pmp,psxstr,rl2,roq,rpl,\
    sdr2,sga,siff,smk,smush,thp,tiertexseq,tmv,txd,vmd,wc3movie,wsvqa,yop,alias_pix,bmp_pipe,\
    brender_pix,cri_pipe,dds_pipe,dpx_pipe,exr_pipe,fits,frm,gem_pipe,gif_pipe,hdr_pipe,ico,j2k_pipe,\
    jpeg_pipe,jpegls_pipe,jpegxl_pipe,pam_pipe,pbm_pipe,pcx_pipe,pfm_pipe,pgm_pipe,pgmyuv_pipe,pgx_pipe,\
    phm_pipe,photocd_pipe,pictor_pipe,png_pipe,ppm_pipe,psd_pipe,qdraw_pipe,qoi_pipe,sgi_pipe,\
    sunrast_pipe,tiff_pipe,vbn_pipe,webp_pipe,xbm_pipe,xpm_pipe,xwd_pipe";

/// Formats that lead to other files.
const LEADING: &str = "\
    applehttp,avisynth,concat,dash,hls,image2,image2pipe,imf,rtp,rtsp,sap,sdp,vapoursynth,vobsub,\
    webm_dash_manifest";

/// Opens a file of a format that holds video.
pub(super) fn input(path: &Path) -> Result<ffmpeg::format::context::Input, Error> {
    opened(path, |path| ff::open_input(path, FORMATS))
}

fn opened(
    path: &Path,
    open: impl FnOnce(&Path) -> Result<ffmpeg::format::context::Input, ffmpeg::Error>,
) -> Result<ffmpeg::format::context::Input, Error> {
    // Opening by hand first tells a missing or unreadable file from one that is no video.
    let file = File::open(path).map_err(files::Error::io("read", path))?;
    let metadata = file.metadata().map_err(files::Error::io("read", path))?;
    if !metadata.is_file() {
        return Err(Error::source_file(path, "is not a regular file"));
    }
    open(path).map_err(|error| unrecognised(path, &file, metadata.len(), error))
}

/// Opens a finished video, which is an MP4 file: its header says what its pictures are, and where.
pub(super) fn finished_file(path: &Path) -> Result<ffmpeg::format::context::Input, Error> {
    opened(path, |path| ff::open_header(path, "mov"))
}

/// Opens a demuxer on the bytes of a finished video, which is an MP4 file.
pub(super) fn finished(
    io: ffmpeg::format::context::StreamIo,
) -> Result<ffmpeg::format::context::Input, ffmpeg::Error> {
    let options = [("format_whitelist", "mov"), ("protocol_whitelist", "file")];
    ffmpeg::format::input_from_stream(io, None, Some(options.into_iter().collect()))
}

/// Why a file in which FFmpeg finds no picture has none.
pub(super) fn without_size(file: &File, path: &Path) -> Error {
    let head = read_at(file, path, 0, 21).unwrap_or_default();
    // The head of an extended WebP file states in its flags that it is animated.
    let is_animated = head.starts_with(b"RIFF") && head[8..16] == *b"WEBPVP8X" && head[20] & 2 != 0;
    let release = &ff::versions().release;
    Error::source_file(
        path,
        if is_animated {
            format!("is an animated WebP, which FFmpeg {release} cannot decode: convert it to a video first")
        } else {
            "is 0x0 pixels: FFmpeg finds no picture in its stream".to_owned()
        },
    )
}

/// Why a file cannot be opened as a video, in more words than FFmpeg's where the cause is a common one.
fn unrecognised(path: &Path, file: &File, length: u64, error: ffmpeg::Error) -> Error {
    if length == 0 {
        return Error::source_file(path, "is empty");
    }
    if let Some(reason) = refusal(path) {
        return Error::source_file(path, reason);
    }
    if lacks_moov(path, file, length) {
        let reason = "is cut short: its end, which says where its frames are (moov), is missing";
        return Error::source_file(path, reason);
    }
    Error::ffmpeg("recognise it as a video", path)(error)
}

/// What a file is whose format is not opened.
fn refusal(path: &Path) -> Option<String> {
    let ff::Format { names, description } = ff::format_of(path)?;
    let is_in = |list: &str| names.split(',').any(|name| list.split(',').any(|known| known == name));
    if is_in(FORMATS) {
        return None;
    }
    if names == "image2" {
        return Some("is a picture, or a pattern of names of pictures, and no video".to_owned());
    }
    let what = format!("is not a video but `{names}` ({description})");
    Some(if is_in(LEADING) {
        format!("{what}, which leads to other files: name the videos themselves")
    } else {
        what
    })
}

/// Whether a file is an MP4 file, whole boxes to its end, without the one that says where its frames are.
fn lacks_moov(path: &Path, file: &File, length: u64) -> bool {
    let mut boxes = Stretch::whole(file, path).boxes();
    let mut is_mp4 = false;
    let mut end = 0;
    for found in boxes.by_ref() {
        is_mp4 |= found.name == *b"ftyp";
        end = found.content.end();
        if !is_mp4 || found.name == *b"moov" {
            return false;
        }
    }
    is_mp4 && end >= length
}
