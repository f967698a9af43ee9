// Reads a file's sound, converts it to 48 kHz stereo and encodes it as AAC, as vniah does, and prints a checksum of each step.
// The second argument, if any, is the processor's features in FFmpeg's flags (AV_CPU_FLAG_*): fewer than there are.
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/audio_fifo.h>
#include <libavutil/cpu.h>
#include <libavutil/crc.h>
#include <libswresample/swresample.h>
#include <stdio.h>
#include <stdlib.h>

enum { RATE = 48000, MOST = 65536, PACKET = 1024 };

static AVCodecContext *encoder(void) {
    const AVCodec *codec = avcodec_find_encoder(AV_CODEC_ID_AAC);
    AVCodecContext *context = avcodec_alloc_context3(codec);
    context->sample_rate = RATE;
    context->sample_fmt = AV_SAMPLE_FMT_FLTP;
    av_channel_layout_default(&context->ch_layout, 2);
    context->bit_rate = 128000;
    context->flags |= AV_CODEC_FLAG_BITEXACT;
    return avcodec_open2(context, codec, NULL) < 0 ? NULL : context;
}

static AVFrame *next_frame(AVAudioFifo *fifo, const AVCodecContext *context, int64_t start) {
    AVFrame *frame = av_frame_alloc();
    frame->nb_samples = PACKET;
    frame->format = AV_SAMPLE_FMT_FLTP;
    frame->sample_rate = RATE;
    frame->pts = start;
    av_channel_layout_copy(&frame->ch_layout, &context->ch_layout);
    av_frame_get_buffer(frame, 0);
    av_audio_fifo_read(fifo, (void **)frame->data, PACKET);
    return frame;
}

int main(int count, char **arguments) {
    if (count > 2) av_force_cpu_flags((int)strtol(arguments[2], NULL, 0));
    const AVCRC *table = av_crc_get_table(AV_CRC_32_IEEE_LE);
    uint32_t decoded = 0, converted = 0, encoded = 0;
    AVFormatContext *input = NULL;
    if (count < 2 || avformat_open_input(&input, arguments[1], NULL, NULL) < 0) return 1;
    avformat_find_stream_info(input, NULL);
    int stream = av_find_best_stream(input, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0);
    AVCodecContext *out = encoder();
    if (stream < 0 || out == NULL) return 1;
    const AVCodecParameters *parameters = input->streams[stream]->codecpar;
    const AVCodec *codec = avcodec_find_decoder(parameters->codec_id);
    AVCodecContext *in = avcodec_alloc_context3(codec);
    avcodec_parameters_to_context(in, parameters);
    if (avcodec_open2(in, codec, NULL) < 0) return 1;
    AVChannelLayout layout;
    av_channel_layout_default(&layout, in->ch_layout.nb_channels);
    SwrContext *converter = NULL;
    swr_alloc_set_opts2(&converter, &out->ch_layout, AV_SAMPLE_FMT_FLTP, RATE, &layout, in->sample_fmt, in->sample_rate, 0, NULL);
    if (swr_init(converter) < 0) return 1;
    AVAudioFifo *fifo = av_audio_fifo_alloc(AV_SAMPLE_FMT_FLTP, 2, MOST);
    AVPacket *packet = av_packet_alloc(), *written = av_packet_alloc();
    AVFrame *frame = av_frame_alloc();
    int64_t start = 0;
    for (; av_read_frame(input, packet) >= 0; av_packet_unref(packet)) {
        if (packet->stream_index != stream) continue;
        avcodec_send_packet(in, packet);
        while (avcodec_receive_frame(in, frame) >= 0) {
            decoded = av_crc(table, decoded, frame->data[0], (size_t)av_get_bytes_per_sample(in->sample_fmt) * frame->nb_samples);
            uint8_t *samples[2];
            av_samples_alloc(samples, NULL, 2, MOST, AV_SAMPLE_FMT_FLTP, 0);
            int number = swr_convert(converter, samples, MOST, (const uint8_t **)frame->extended_data, frame->nb_samples);
            converted = av_crc(table, converted, samples[0], sizeof(float) * number);
            av_audio_fifo_write(fifo, (void **)samples, number);
            av_freep(&samples[0]);
            for (; av_audio_fifo_size(fifo) >= PACKET; start += PACKET) {
                AVFrame *whole = next_frame(fifo, out, start);
                avcodec_send_frame(out, whole);
                av_frame_free(&whole);
                for (; avcodec_receive_packet(out, written) >= 0; av_packet_unref(written))
                    encoded = av_crc(table, encoded, written->data, written->size);
            }
        }
    }
    printf("decoded %08x converted %08x encoded %08x\n", decoded, converted, encoded);
    return 0;
}
