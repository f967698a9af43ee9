#!/bin/sh
# Speaks the words of the packs `spoken` and `spoken_zh` and writes needles/spoken/*.flac, needles/spoken_zh/*.flac and both pack.toml.
# Needs flite, espeak-ng and ffmpeg: apt-get install flite espeak-ng ffmpeg. What it has written is committed, since other versions of
# these programs speak otherwise.
#
# The English voices are flite's `slt` and `rms` (US English) and `awb` (Scottish English), made from the CMU ARCTIC recordings: free for
# any use, with the notice in NOTICE. The Mandarin ones are espeak-ng's `cmn` in two variants; what it speaks carries no licence.
set -eu
cd "$(dirname "$0")/../needles"
wav=$(mktemp)
trap 'rm -f "$wav"' EXIT

# Silence off both ends, 20 ms of it left, the same height for all, 16 kHz mono, no date and no program's name in the file.
keep() {
    trim="silenceremove=start_periods=1:start_threshold=-55dB:start_silence=0.02"
    gain=$(ffmpeg -nostdin -hide_banner -nostats -i "$wav" -af volumedetect -f null - 2>&1 | sed -n 's/.*max_volume: -\{0,1\}\([0-9.]*\) dB/\1/p')
    ffmpeg -nostdin -hide_banner -loglevel error -y -i "$wav" -af "volume=${gain}dB,volume=-6dB,$trim,areverse,$trim,areverse" \
        -ar 16000 -ac 1 -sample_fmt s16 -compression_level 12 -map_metadata -1 -fflags +bitexact -flags:a +bitexact -metadata_header_padding 0 "$1"
}

head() {
    printf '# %s\n# Written by scripts/spoken.sh.\nid = "%s"\nlicence = "%s"\ncredit = "%s"\n' "$1" "$2" "$3" "$4"
}

mkdir -p spoken spoken_zh
head "Words, each spoken by three voices." spoken LicenseRef-CMU-ARCTIC \
    "Carnegie Mellon University, voices slt, rms and awb of flite, from the CMU ARCTIC recordings" >spoken/pack.toml
while read -r word chinese; do
    for voice in slt rms awb; do
        flite -voice "$voice" -t "$word" -o "$wav"
        keep "spoken/$word-$voice.flac"
    done
    printf '\n[[items]]\nlabel = "%s"\nnames.zh = { label = "%s" }\nrecordings = ["%s-slt.flac", "%s-rms.flac", "%s-awb.flac"]\n' \
        "$word" "$chinese" "$word" "$word" "$word" >>spoken/pack.toml
done <<'WORDS'
zero 零
one 一
two 二
three 三
four 四
five 五
six 六
seven 七
eight 八
nine 九
apple 苹果
river 河流
window 窗户
garden 花园
monkey 猴子
yellow 黄色
hammer 锤子
pencil 铅笔
button 按钮
chicken 鸡肉
orange 橙子
dragon 龙
butter 黄油
island 岛屿
WORDS
head "Mandarin words, each spoken by two voices." spoken_zh CC0-1.0 "vniah, spoken by espeak-ng" >spoken_zh/pack.toml
while read -r id text; do
    for variant in m3 f2; do
        espeak-ng -v "cmn+$variant" -s 130 -w "$wav" "$text"
        keep "spoken_zh/$id-$variant.flac"
    done
    printf '\n[[items]]\nlabel = "%s"\nnames.zh = { label = "%s" }\nrecordings = ["%s-m3.flac", "%s-f2.flac"]\n' "$id" "$text" "$id" "$id" >>spoken_zh/pack.toml
done <<'WORDS'
pingguo 苹果
heliu 河流
chuanghu 窗户
huayuan 花园
houzi 猴子
qianbi 铅笔
xiaoji 小鸡
xigua 西瓜
daoyu 岛屿
yusan 雨伞
shuben 书本
huoche 火车
laoshi 老师
diannao 电脑
shafa 沙发
niunai 牛奶
WORDS
