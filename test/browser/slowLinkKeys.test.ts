import assert from 'node:assert/strict';
import { LinkKeys, type Stroke } from './link/LinkKeys';
import { useGridBrowser } from './useGridBrowser';

const strokes = (keys: string, pause: number): Stroke[] => keys.split(' ').map((key) => ({ key, pause }));

describe('the same keys over a nearer and a farther link', function () {
  this.timeout(60_000);
  const keys = new LinkKeys(useGridBrowser());

  it('try', async () => {
    for (const [text, mode] of [
      ['F2 x y Control+Enter z Escape', 'text'],
      ['F2 x y Control+f m o', 'text'],
      ['F2 x Escape ArrowRight F2 y Escape Control+z', 'text'],
      ['F2 m o ArrowDown Enter Delete', 'tags'],
      ['Enter PageDown PageDown F2 x y', 'text'],
    ] as const)
      for (const delay of [0, 150]) {
        const begun = Date.now();
        const { captions, ...rest } = await keys.play(strokes(text, 30), delay, { captionMode: mode });
        console.log(text, delay, Object.values(captions).join('|'), JSON.stringify(rest), Date.now() - begun);
      }
    assert.ok(true);
  });
});
