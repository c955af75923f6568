import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { captionerHash } from '../../../../src/jobs/captionerHash';
import { categoriesOfTags } from '../../../../src/jobs/run/tagCategories';
import { missingForPrompt } from '../../../../src/jobs/run/missingForPrompt';
import { CaptionTexts } from '../../../../src/jobs/run/CaptionTexts';
import type { Dataset } from '../../../../src/dataset/Dataset';
import { defaultWriteOptions } from '../../../../src/tags/writeMode';
import { openDataset } from '../../dataset/openDataset';
import { numberedImages } from '../captionJobs';
import { testProfile } from '../captionerJobs';
import { testFolder } from '../../shared/testFolder';

const { signal } = new AbortController();

describe('The categories of tags that a prompt names', () => {
  const folder = testFolder();

  async function open(captions: readonly string[]): Promise<Dataset> {
    const texts = captions.map((text, index): [string, string] => [`${index + 1}.txt`, text]);
    return openDataset(folder(), { ...numberedImages(captions.length), ...Object.fromEntries(texts) });
  }

  async function list(name: string, text: string): Promise<string> {
    const file = path.join(folder(), name);
    await writeFile(file, text);
    return file;
  }

  async function ask(
    captions: readonly string[],
    prompt: string,
    files: readonly string[],
  ): Promise<{ prompts: (string | undefined)[]; missing: number; notes: string[] }> {
    const dataset = await open(captions);
    const profile = { ...testProfile('http://localhost:1'), prompt };
    const notes: string[] = [];
    const onNote = (note: string): void => {
      notes.push(note);
    };
    const all = dataset.allImages.map(({ caption }) => caption);
    const known = await categoriesOfTags(profile, all, { files: () => Promise.resolve(files), onNote, signal });
    const captioner = { profile, hash: captionerHash(profile), ...known };
    const job = {
      root: dataset.folder,
      write: { ...defaultWriteOptions, mode: 'append' as const },
      captioner,
    };
    const targets = dataset.allImages.map((image) => ({ path: image.path, caption: image.caption }));
    const missing = await missingForPrompt(job, targets, signal, onNote);
    const lacking = new Set([...missing.values()].flat());
    const texts = new CaptionTexts(job);
    const prompts = targets.map((one) => (lacking.has(one) ? undefined : texts.promptOf(one.caption, one.path)));
    return { prompts, missing: lacking.size, notes };
  }

  it('are those of a tagger’s list, however the caption writes a tag', async () => {
    const file = await list(
      'selected_tags.csv',
      'tag_id,name,category,count\n1,1girl,0,5\n2,hatsune_miku,4,3\n3,saber_(fate),4,2\n',
    );
    const { prompts, notes } = await ask(
      ['1girl, hatsune miku, solo', 'Saber \\(fate\\), 1girl, Hatsune_Miku'],
      'This is {tags:character}.',
      [file],
    );
    assert.deepEqual(prompts, ['This is hatsune miku.', 'This is Saber \\(fate\\), Hatsune_Miku.']);
    assert.deepEqual(notes, []);
  });

  it('are those of a list without a header, with its aliases; where lists differ, the first says', async () => {
    const own = await list('danbooru.csv', 'hatsune_miku,4,100,"miku,初音ミク"\nvocaloid,3,50,\nsolo,0,9,\n');
    const other = await list('selected_tags.csv', 'tag_id,name,category,count\n1,solo,4,5\n2,luka,4,3\n');
    const { prompts } = await ask(['初音ミク, luka, solo, vocaloid'], '{tags:character} of {tags:copyright}', [
      own,
      other,
    ]);
    assert.deepEqual(prompts, ['初音ミク, luka of vocaloid']);
  });

  it('are nothing for an image without such a tag, which is said before it is asked about', async () => {
    const file = await list('selected_tags.csv', 'tag_id,name,category,count\n1,solo,0,5\n2,luka,4,3\n');
    const { prompts, missing } = await ask(['solo', 'luka'], '{tags:character}', [file]);
    assert.deepEqual([prompts, missing], [[undefined, 'luka'], 1]);
  });

  it('are said to be unknown, with what to do, where there is no list, and where a list cannot be read', async () => {
    const { notes, missing } = await ask(['luka'], '{tags:character}', [path.join(folder(), 'gone.csv')]);
    assert.equal(missing, 1);
    assert.equal(notes.length, 2);
    assert.match(notes[0] ?? '', /gone\.csv.*no such file/);
    assert.match(notes[1] ?? '', /No list of tags.*download a tagger.*--tag-list FILE/);
  });

  it('are not looked for where the prompt names none', async () => {
    const files = (): Promise<string[]> => Promise.reject(new Error('asked for'));
    const onNote = (): void => undefined;
    assert.deepEqual(await categoriesOfTags({ system: '', prompt: 'Tags: {tags}' }, [], { files, onNote, signal }), {});
  });

  it('leaves prose and further lines out of {tags}, which trainers do not read', async () => {
    const { prompts } = await ask(
      ['1girl, solo. A girl waves, happily, at us.\nsecond line, extra', 'A quiet street, at night.'],
      'T: {tags}',
      [],
    );
    assert.deepEqual(prompts, ['T: 1girl, solo', undefined]);
  });
});
