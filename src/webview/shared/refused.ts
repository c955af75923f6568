import { say } from './say';

/** pitch in hertz, length in seconds and loudness (at most 1) of the tone: low, short and soft */
const tone = { pitch: 196, length: 0.12, loudness: 0.06 };

let audio: AudioContext | undefined;

/**
 * Tells the user that a key or click had no effect, because its answer is still awaited or it means nothing here: with
 * a soft tone and in words, also for screen readers.
 * @param text a sentence that says why
 */
export function refused(text: string): void {
  say(text);
  refusedTone();
}

/** The tone of {@link refused} alone, for where the words stand already. Does nothing where there is no sound. */
export function refusedTone(): void {
  if (!('AudioContext' in globalThis)) return;
  try {
    audio ??= new AudioContext();
    const { currentTime, destination } = audio;
    const gain = audio.createGain();
    gain.gain.setValueAtTime(tone.loudness, currentTime);
    gain.gain.exponentialRampToValueAtTime(tone.loudness / 100, currentTime + tone.length);
    const oscillator = audio.createOscillator();
    oscillator.frequency.value = tone.pitch;
    oscillator.connect(gain).connect(destination);
    oscillator.start(currentTime);
    oscillator.stop(currentTime + tone.length);
  } catch {
    // No sound device, or the browser allows no sound: the words remain.
  }
}
