//! Writing FLAC files.
//!
//! In: mono samples. Out: the bytes of a FLAC file (RFC 9639), the same on every machine. Each block is predicted by a fixed predictor of
//! the second order, whose errors are Rice-coded: half the size of a WAV file, more or less, without anything lost.

/// Samples of a block.
const BLOCK: usize = 4096;

/// Bits on their way into bytes.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u64,
    count: u32,
}

impl Bits {
    /// Adds the `count` lowest bits of `value`, 32 at most.
    fn put(&mut self, value: u32, count: u32) {
        if count == 0 {
            return;
        }
        let value = u64::from(value) & ((1 << count) - 1);
        self.held = (self.held << count) | value;
        self.count += count;
        while self.count >= 8 {
            self.count -= 8;
            self.bytes.push((self.held >> self.count) as u8);
        }
    }

    fn align(&mut self) {
        let missing = (8 - self.count % 8) % 8;
        self.put(0, missing);
    }
}

/// The bytes of a FLAC file.
pub(in crate::needle) fn encoded(samples: &[i16], sample_rate: u32) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.bytes.extend(b"fLaC");
    // The one block of metadata, which is the last: its length, sizes of blocks in samples, of frames unknown.
    bits.put(0x80, 8);
    bits.put(34, 24);
    bits.put(BLOCK as u32, 16);
    bits.put(BLOCK as u32, 16);
    bits.put(0, 24);
    bits.put(0, 24);
    bits.put(sample_rate, 20);
    // One channel, 16 bits.
    bits.put(0, 3);
    bits.put(15, 5);
    bits.put((samples.len() as u64 >> 32) as u32, 4);
    bits.put(samples.len() as u32, 32);
    // No digest.
    (0..4).for_each(|_| bits.put(0, 32));
    for (number, block) in samples.chunks(BLOCK).enumerate() {
        frame(&mut bits.bytes, number as u32, block);
    }
    bits.bytes
}

fn frame(out: &mut Vec<u8>, number: u32, block: &[i16]) {
    let mut bits = Bits::default();
    // Sync code, blocks of one size; the size in 16 bits at the end, the rate as the file's; one channel of 16 bits.
    bits.put(0xfff8, 16);
    bits.put(0x70, 8);
    bits.put(0x08, 8);
    number_of(&mut bits, number);
    bits.put(block.len() as u32 - 1, 16);
    let check = crc8(&bits.bytes);
    bits.put(u32::from(check), 8);
    subframe(&mut bits, block);
    bits.align();
    let check = crc16(&bits.bytes);
    bits.put(u32::from(check), 16);
    out.extend(bits.bytes);
}

/// The number of a frame, coded as UTF-8 codes characters.
fn number_of(bits: &mut Bits, number: u32) {
    match number {
        0..0x80 => bits.put(number, 8),
        0x80..0x800 => {
            bits.put(0xc0 | (number >> 6), 8);
            bits.put(0x80 | (number & 0x3f), 8);
        }
        _ => {
            bits.put(0xe0 | (number >> 12), 8);
            bits.put(0x80 | ((number >> 6) & 0x3f), 8);
            bits.put(0x80 | (number & 0x3f), 8);
        }
    }
}

fn subframe(bits: &mut Bits, block: &[i16]) {
    if block.len() <= 2 {
        // As they are.
        bits.put(0b0000_0010, 8);
        for &sample in block {
            bits.put(u32::from(sample as u16), 16);
        }
        return;
    }
    bits.put(0b0001_0100, 8);
    for &sample in &block[..2] {
        bits.put(u32::from(sample as u16), 16);
    }
    let error = |three: &[i16]| i32::from(three[2]) - 2 * i32::from(three[1]) + i32::from(three[0]);
    // Of either sign, as numbers from 0.
    let folded: Vec<u32> =
        block.windows(3).map(error).map(|error| ((error << 1) ^ (error >> 31)) as u32).collect();
    let cost = |rice: u32| -> u64 {
        folded.iter().map(|&value| u64::from(value >> rice) + 1 + u64::from(rice)).sum()
    };
    let rice = (0..=14).min_by_key(|&rice| cost(rice)).unwrap_or(14);
    // Parameters of four bits, one partition.
    bits.put(0, 2);
    bits.put(0, 4);
    bits.put(rice, 4);
    for value in folded {
        (0..value >> rice).for_each(|_| bits.put(0, 1));
        bits.put(1, 1);
        bits.put(value, rice);
    }
}

fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc: u8, _| if crc & 0x80 == 0 { crc << 1 } else { (crc << 1) ^ 0x07 })
    })
}

fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        let crc = crc ^ (u16::from(*byte) << 8);
        (0..8).fold(crc, |crc: u16, _| if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x8005 })
    })
}

#[cfg(test)]
mod tests {
    use super::super::flac;
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let wave = |at: i64| ((at * at * 31 + at * 977) % 20_001 - 10_000) as i16;
        for count in [1_usize, 2, 3, 4095, 4096, 4097, 4098, 600_001] {
            for loud in [1_i16, 3] {
                let samples: Vec<i16> =
                    (0..count as i64).map(|at| wave(at / i64::from(loud)) * loud).collect();
                let bytes = encoded(&samples, 44_100);
                let stated = flac::stated(&bytes).unwrap();
                assert_eq!((stated.sample_rate, stated.samples), (44_100, count as u64));
                assert_eq!(flac::decoded(&bytes).unwrap(), samples, "{count}");
            }
        }
        let worst = [i16::MIN, i16::MAX].repeat(3000);
        assert_eq!(flac::decoded(&encoded(&worst, 48_000)).unwrap(), worst);
    }
}
