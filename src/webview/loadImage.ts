/**
 * Loads an image into an element of its own, which the card then shows: nothing is loaded a second time.
 * @throws Error when the image cannot be loaded, or the signal's reason
 */
export function loadImage(uri: string, name: string, signal: AbortSignal): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const image = new Image();
    image.alt = name;
    image.decoding = 'async';
    image.draggable = false;
    const stop = (): void => {
      image.removeAttribute('src');
      reject(new DOMException('Scrolled away', 'AbortError'));
    };
    image.onload = () => {
      signal.removeEventListener('abort', stop);
      resolve(image);
    };
    image.onerror = () => {
      signal.removeEventListener('abort', stop);
      if (!signal.aborted) reject(new Error('The picture could not be loaded.'));
    };
    signal.addEventListener('abort', stop, { once: true });
    image.src = uri;
  });
}
