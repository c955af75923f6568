import * as l10n from '@vscode/l10n';

/**
 * Loads an image into an element that the card then shows, so that nothing is loaded twice.
 * @param decoded whether to decode the image too, so that it can replace another picture without flicker
 * @throws Error when the image cannot be loaded; the signal's reason when aborted
 */
export async function loadImage(
  uri: string,
  name: string,
  signal: AbortSignal,
  decoded = false,
): Promise<HTMLImageElement> {
  const image = await load(uri, name, signal);
  // A loaded picture is usable even if decoding ahead fails.
  if (decoded) await image.decode().catch(() => undefined);
  return image;
}

function load(uri: string, name: string, signal: AbortSignal): Promise<HTMLImageElement> {
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
      if (!signal.aborted) reject(new Error(l10n.t('The picture could not be loaded.')));
    };
    signal.addEventListener('abort', stop, { once: true });
    image.src = uri;
  });
}
