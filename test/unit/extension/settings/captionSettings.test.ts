import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';
import { defaultWriteOptions, type WriteOptions } from '../../../../src/tags/writeMode';
import { captionOptionsOf, thresholdsOf, writeOptionsOf } from '../../../../src/extension/settings/captionSettings';
import { questionBeforeWriting } from '../../../../src/extension/captioning/questionBeforeWriting';
import { defaultCaptionOptions, defaultThresholds } from '../../../../src/protocol/tagging/captionOptions';

interface Manifest {
  contributes: {
    configuration: { properties: Record<string, { default: unknown; enum?: unknown[]; scope: string }> }[];
  };
}

const manifest = JSON.parse(readFileSync(path.resolve(__dirname, '../../../package.json'), 'utf8')) as Manifest;
const properties = Object.assign(
  {},
  ...manifest.contributes.configuration.map((section) => section.properties),
) as Manifest['contributes']['configuration'][number]['properties'];
/** As VS Code does while nothing is set. */
const unset = (name: string): unknown => properties[`datasetCaptions.${name}`]?.default;

describe('The settings of captions', () => {
  it('are the defaults of the program while nothing is set, but for captions that are there: they are updated', () => {
    assert.deepEqual(captionOptionsOf(unset), defaultCaptionOptions);
    assert.deepEqual(thresholdsOf(unset), defaultThresholds);
    assert.deepEqual(writeOptionsOf(unset), { ...defaultWriteOptions, mode: 'update' });
  });

  it('hold where the user has set them, also to what was the default once', () => {
    const read = (name: string): unknown => (name === 'writeMode' ? 'replace' : unset(name));
    assert.equal(writeOptionsOf(read).mode, 'replace');
  });

  it('are all contributed, for each folder', () => {
    const names = new Set<string>();
    for (const read of [captionOptionsOf, thresholdsOf, writeOptionsOf]) read((name) => void names.add(name));
    assert.equal(names.size, 19);
    for (const name of names) assert.equal(properties[`datasetCaptions.${name}`]?.scope, 'resource', name);
  });

  it('have the effect that they say', () => {
    const settings: Record<string, unknown> = {
      mcut: 'character',
      maximumTags: 30,
      rating: 'last',
      ratingNames: { general: 'safe' },
      characterTagsFirst: true,
      expandCharacterTags: true,
      tagOrder: 'model',
      keepUnderscores: true,
      escapeParentheses: true,
      excludedTags: ['solo', '*_background'],
      alwaysFirstTags: ['1girl'],
      addedTags: ['ohwx'],
      replacements: { cat: '' },
      generalThreshold: 0,
      characterThreshold: 1,
      separator: ' | ',
      writeMode: 'onlyEmpty',
      keepFirstTags: 2,
    };
    const read = (name: string): unknown => settings[name];
    assert.deepEqual(captionOptionsOf(read), {
      mcut: { general: false, character: true },
      maximumTags: 30,
      rating: 'last',
      ratingNames: { general: 'safe' },
      characterTagsFirst: true,
      expandCharacterTags: true,
      order: 'model',
      keepUnderscores: true,
      escapeParentheses: true,
      excludedTags: ['solo', '*_background'],
      alwaysFirstTags: ['1girl'],
      addedTags: ['ohwx'],
      replacements: { cat: '' },
    });
    assert.deepEqual(thresholdsOf(read), { general: 0, character: 1 });
    assert.deepEqual(writeOptionsOf(read), { mode: 'onlyEmpty', keepFirst: 2, separator: ' | ' });
  });

  for (const value of [null, undefined, 'nonsense', '', -1, 1.5, NaN, true, [], [7], {}, { a: 7 }, ['ok', 7, null]]) {
    it(`fall back to what can be used when settings.json has ${inspect(value)} everywhere`, () => {
      const read = (): unknown => value;
      const options = captionOptionsOf(read);
      const strings = Array.isArray(value) && value.length === 3 ? ['ok'] : [];
      assert.deepEqual(options, {
        ...defaultCaptionOptions,
        characterTagsFirst: value === true,
        expandCharacterTags: value === true,
        keepUnderscores: value === true,
        escapeParentheses: value === true,
        excludedTags: strings,
        alwaysFirstTags: strings,
        addedTags: strings,
      });
      assert.deepEqual(thresholdsOf(read), defaultThresholds);
      const separator = value === 'nonsense' ? 'nonsense' : ', ';
      assert.deepEqual(writeOptionsOf(read), { ...defaultWriteOptions, mode: 'update', separator });
    });
  }

  it('can be sent to another process, whatever kind of object VS Code gives', () => {
    const proxy = (value: object): unknown => new Proxy(value, {});
    const options = captionOptionsOf((name) => proxy(name === 'replacements' ? { a: 'b' } : ['a']));
    assert.deepEqual(structuredClone(options).replacements, { a: 'b' });
    assert.deepEqual(structuredClone(options).excludedTags, ['a']);
  });
});

describe('The question before captions are changed', () => {
  const ask = (images: number, changed: number, options: Partial<WriteOptions> = {}): string =>
    questionBeforeWriting({ ...defaultWriteOptions, ...options }, images, changed);

  it('says how many captions are replaced, and what stays of them', () => {
    assert.equal(ask(10, 1), 'Caption 10 images? 1 caption will be replaced.');
    assert.equal(ask(10, 7), 'Caption 10 images? 7 captions will be replaced.');
    assert.equal(
      ask(10, 7, { keepFirst: 1 }),
      'Caption 10 images? 7 captions will be replaced. The first tag of each stays.',
    );
    assert.match(ask(10, 7, { keepFirst: 3 }), /The first 3 tags of each stay\.$/);
  });

  it('does not say that captions are replaced when tags are added', () => {
    assert.equal(ask(10, 7, { mode: 'append' }), 'Caption 10 images? New tags will be appended to 7 captions.');
    assert.equal(ask(10, 1, { mode: 'append' }), 'Caption 10 images? New tags will be appended to 1 caption.');
    assert.equal(ask(10, 7, { mode: 'prepend' }), 'Caption 10 images? New tags will be put in front of 7 captions.');
    assert.match(ask(10, 1, { mode: 'prepend' }), /in front of 1 caption\.$/);
  });

  it('says of an update what stays, and where nothing is recorded that tags are only added', () => {
    const update = (images: number, changed: number, isRecorded: boolean): string =>
      questionBeforeWriting({ ...defaultWriteOptions, mode: 'update' }, images, changed, isRecorded);
    const yours = 'Who wrote what is not recorded here: what is there counts as yours, and tags are only added.';
    assert.equal(
      update(10, 7, true),
      'Caption 10 images? 7 captions will be updated: what you wrote or deleted stays so.',
    );
    assert.equal(update(10, 7, false), `Caption 10 images? 7 captions will be updated. ${yours}`);
    assert.equal(update(10, 1, false), `Caption 10 images? 1 caption will be updated. ${yours}`);
    assert.equal(update(1, 1, true), 'Update the caption of this image? What you wrote or deleted stays so.');
    assert.equal(update(1, 1, false), `Update the caption of this image? ${yours}`);
  });

  it('is short for a single image', () => {
    assert.equal(ask(1, 1), 'Replace the caption of this image?');
    assert.equal(ask(1, 1, { mode: 'append' }), 'Append new tags to the caption of this image?');
    assert.equal(ask(1, 1, { mode: 'prepend' }), 'Put new tags in front of the caption of this image?');
    assert.equal(ask(1, 1, { keepFirst: 1 }), 'Replace the caption of this image, but for its first tag?');
    assert.equal(ask(1, 1, { keepFirst: 2 }), 'Replace the caption of this image, but for its first 2 tags?');
  });
});
