//! The samplers that there are, as a table for people.
//!
//! In: nothing. Out: name, parameters, rule and users of each. N is the number of frames, F the frame rate, D = N / F.

/// One sampler of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Listed {
    /// Name without parameters.
    pub name: &'static str,
    /// With all parameters, at their defaults where they have any.
    pub form: &'static str,
    /// What it does.
    pub rule: &'static str,
    /// Who uses it.
    pub used_by: &'static str,
}

const fn listed(name: &'static str, form: &'static str, rule: &'static str, used_by: &'static str) -> Listed {
    Listed { name, form, rule, used_by }
}

/// Every sampler.
pub const CATALOGUE: &[Listed] = &[
    listed(
        "linspace",
        "linspace(64)",
        "n frames from the first to the last, cut off; repeats where n > N",
        "LLaVA-OneVision tutorials, LongVA, VNBench's LLaVA script, lmms-eval llava_onevision, SGLang InternVL",
    ),
    listed("vllm", "vllm(n=32,fps=2)", "min(n, N, floor(D fps)) frames by linspace", "vLLM's video loader"),
    listed(
        "llava-video",
        "llava-video(fps=1,cap=64,force)",
        "every round(F / fps)th frame; above cap, or with force: linspace(cap). Bare: cap=64,force",
        "LLaVA-NeXT llava/utils.py",
    ),
    listed(
        "qwen-vl-utils",
        "qwen-vl-utils(fps=2,min=4,max=768)",
        "an even number of frames by a linspace of single precision, rounded; or nframes=64",
        "qwen-vl-utils 0.0.14, lmms-eval's Qwen chat models",
    ),
    listed(
        "sglang-qwen",
        "sglang-qwen(fps=2,min=4,max=768)",
        "as many as qwen-vl-utils, by linspace",
        "SGLang qwen_vl",
    ),
    listed(
        "hf-qwen2vl",
        "hf-qwen2vl(fps=2,min=4,max=768)",
        "an even number of frames, floor(i N / n) in single precision",
        "transformers Qwen2-VL and Qwen2.5-VL, vLLM qwen2_vl",
    ),
    listed(
        "hf-qwen3vl",
        "hf-qwen3vl(fps=2,min=4,max=768)",
        "int(D fps) frames by linspace, rounded",
        "transformers Qwen3-VL, vLLM qwen3_vl",
    ),
    listed(
        "internvl",
        "internvl(32)",
        "the middles of n segments of N - 1",
        "InternVL, lmms-eval internvl2 and 3",
    ),
    listed(
        "hf-internvl",
        "hf-internvl(32)",
        "floor((i + 1/2) N / n) in single precision",
        "transformers InternVL",
    ),
    listed(
        "videollama3",
        "videollama3(fps=1,max=180)",
        "the last frame of each whole interval; above max: linspace(max) of those",
        "VideoLLaMA3",
    ),
    listed("vlmevalkit", "vlmevalkit(8)", "int(i N / (n + 1)), i from 1 to n", "VLMEvalKit video_base"),
    listed(
        "vlmevalkit-fps",
        "vlmevalkit-fps(1)",
        "int(i F / fps), i below int(D fps)",
        "VLMEvalKit video_base",
    ),
    listed(
        "hf-default",
        "hf-default(32)",
        "floor(i N / n); fps=1: n = max(1, int(D fps))",
        "transformers video_utils (LLaVA-OneVision, LLaVA-NeXT-Video)",
    ),
    listed("longva-niah", "longva-niah", "every round(F)th frame", "LongVA's V-NIAH"),
    listed(
        "gemini",
        "gemini(fps=1)",
        "one frame each 1/fps; phase and rounding are unpublished: shorter needles may be seen or not",
        "Gemini API",
    ),
    listed("uniform", "uniform:32", "min(n, N) frames by linspace", "your own"),
    listed(
        "recent",
        "recent(n=4,fps=1)",
        "the last frame and those each 1/fps before it, n in all; `recent-4` for short",
        "SimpleStream (4), and your own: who keeps nothing but the last moments",
    ),
    listed("fps", "fps:1,max=64", "the frame shown at each 1/fps; above max: linspace(max)", "your own"),
];
