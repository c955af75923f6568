import assert from 'node:assert/strict';
import { fittingPreview, sharperPicture } from '../../../../src/webview/viewer/pictureNeeds';
import { viewerAction } from '../../../../src/webview/viewer/viewerKeys';
import { fitted, isWhole, panned, visiblePart, zoomed } from '../../../../src/webview/viewer/zoomPan';

const stage = { width: 800, height: 600 };
const photo = { width: 4000, height: 2000 };

describe('Zooming and moving a picture', () => {
  it('fits the whole picture into the stage, in its middle, and enlarges a small one four times at most', () => {
    assert.deepEqual(fitted(photo, stage), { scale: 0.2, x: 0, y: 100 });
    assert.deepEqual(fitted({ width: 100, height: 50 }, stage), { scale: 4, x: 200, y: 200 });
    assert.ok(isWhole(fitted(photo, stage), photo, stage));
  });

  it('keeps the point under the pointer where it is', () => {
    const before = fitted(photo, stage);
    const point = { x: 200, y: 250 };
    const after = zoomed(before, 1, point, photo, stage, 1);
    assert.equal(after.scale, 1);
    for (const axis of ['x', 'y'] as const) {
      assert.equal((point[axis] - after[axis]) / after.scale, (point[axis] - before[axis]) / before.scale);
    }
    assert.ok(!isWhole(after, photo, stage));
  });

  it('ends at 32 pixels of the screen for one of the image, and at the whole picture', () => {
    const middle = { x: 400, y: 300 };
    const place = fitted(photo, stage);
    assert.equal(zoomed(place, 1000, middle, photo, stage, 2).scale, 16);
    assert.deepEqual(zoomed(place, 0.001, middle, photo, stage, 2), place);
    const small = { width: 10, height: 10 };
    assert.equal(zoomed(fitted(small, stage), 0.1, middle, small, stage, 1).scale, 1, 'a small one down to its size');
  });

  it('never moves the picture out of the stage', () => {
    const large = zoomed(fitted(photo, stage), 1, { x: 400, y: 300 }, photo, stage, 1);
    assert.deepEqual(panned(large, 1e6, 1e6, photo, stage), { scale: 1, x: 0, y: 0 });
    assert.deepEqual(panned(large, -1e6, -1e6, photo, stage), { scale: 1, x: -3200, y: -1400 });
    const whole = fitted(photo, stage);
    assert.deepEqual(panned(whole, 50, 50, photo, stage), whole);
  });

  it('knows which part can be seen', () => {
    const place = panned(zoomed(fitted(photo, stage), 2, { x: 0, y: 300 }, photo, stage, 1), -100, 0, photo, stage);
    assert.deepEqual(visiblePart(place, photo, stage), { left: 50, top: 850, width: 400, height: 300 });
    assert.deepEqual(visiblePart(fitted(photo, stage), photo, stage), { left: 0, top: 0, width: 4000, height: 2000 });
  });
});

describe('The pictures that the viewer asks for', () => {
  const key = { path: 'a.jpg', imageVersion: '1' };
  const huge = { width: 12_000, height: 9000 };
  const at = (image: typeof huge, scale: number): ReturnType<typeof zoomed> =>
    zoomed(fitted(image, stage), scale, { x: 400, y: 300 }, image, stage, 1);

  it('fill the stage at first, with the pixels of the screen', () => {
    assert.equal(fittingPreview(key, stage, 1).size, 1536);
    assert.equal(fittingPreview(key, { width: 500, height: 700 }, 1).size, 768);
    assert.equal(fittingPreview(key, { width: 3000, height: 2000 }, 2).size, 3072, 'and are never enormous');
  });

  it('are no sharper ones where those have enough pixels, or the image has no more', () => {
    assert.equal(sharperPicture(key, fitted(huge, stage), huge, stage, 1), undefined);
    const small = { width: 1000, height: 1000 };
    assert.equal(sharperPicture(key, at(small, 8), small, stage, 1), undefined);
  });

  it('are all of a picture up to 3072 pixels', () => {
    const image = { width: 3000, height: 2000 };
    assert.deepEqual(sharperPicture(key, at(image, 1), image, stage, 1), { ...key, size: 3072 });
  });

  it('are the part that can be seen of a larger one, with a margin, at no more pixels than the screen shows', () => {
    const exact = sharperPicture(key, at(huge, 1), huge, stage, 1);
    assert.deepEqual(exact?.region, { left: 5376, top: 3840, width: 1280, height: 1024 + 256 });
    assert.equal(exact.size, 1536);
    const half = sharperPicture(key, at(huge, 0.5), huge, stage, 1);
    assert.ok(half?.region !== undefined && half.region.width >= 1600 * 1.5);
    assert.equal(half.size, 1536, 'half of the pixels are enough');
  });

  it('are no other part while the one that is there covers what can be seen', () => {
    const region = { left: 5376, top: 3840, width: 1280, height: 1280 };
    const place = at(huge, 1);
    assert.equal(sharperPicture(key, place, huge, stage, 1, { region, pixels: 1280 }), undefined);
    const aside = panned(place, -500, 0, huge, stage);
    assert.notEqual(sharperPicture(key, aside, huge, stage, 1, { region, pixels: 1280 }), undefined);
    assert.notEqual(sharperPicture(key, place, huge, stage, 1, { region, pixels: 640 }), undefined, 'it is not sharp');
  });
});

describe('The keys of the viewer', () => {
  const press = (key: string, place: Partial<Parameters<typeof viewerAction>[1]> = {}, ctrlKey = false) =>
    viewerAction(
      { key, ctrlKey, metaKey: false, altKey: false, shiftKey: false },
      { isTyping: false, isOnStage: true, showsAll: true, ...place },
    );

  it('turn pages everywhere, and with arrows where the whole picture can be seen', () => {
    assert.equal(press('PageDown', { isTyping: true }), 'next');
    assert.equal(press('ArrowLeft'), 'previous');
    assert.equal(press('ArrowLeft', { showsAll: false }), 'left');
    assert.equal(press('ArrowLeft', { isTyping: true }), undefined);
  });

  it('leave typing and the shortcuts of others alone', () => {
    for (const key of ['0', '1', '+', '-', 'Home', 'Enter']) assert.equal(press(key, { isTyping: true }), undefined);
    assert.equal(press('0', {}, true), undefined);
    assert.equal(press('Enter', { isOnStage: false }), undefined, 'Enter on a button presses it');
    assert.equal(press('constructor'), undefined);
  });
});
