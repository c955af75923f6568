// A process that edits the captions of a dataset as a window does, at random, until it is killed. Its arguments: the
// folder, a seed. It adds tags by hand (h1, h2, …) and in bulk (b1, …), deletes d1 to d5, and takes edits back.
import { setTimeout as sleep } from 'node:timers/promises';
import type { CaptionChange } from '../../../../src/dataset/captions/Caption';
import type { EditAuthor } from '../../../../src/dataset/files/FileWriter';
import { hand, OpenDataset } from './OpenDataset';

const [folder = '', seed = '1'] = process.argv.slice(2);
let state = Number(seed);

function random(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

async function edit(): Promise<void> {
  const window = await OpenDataset.open(folder);
  const names = Array.from(window.dataset.allCaptions, (caption) => caption.path);
  const done: { changes: CaptionChange[]; by: EditAuthor }[] = [];
  process.stdout.write('edits\n');
  for (let round = 0; ; round++) {
    const name = names[random(names.length)] ?? '';
    const tags = window.text(name).split(', ');
    const what = random(5);
    if (what === 4) {
      const last = done.pop();
      if (last !== undefined) await window.replay(last.changes, 'undo', last.by);
    } else if (what === 3) {
      const by = { by: 'bulk', name: 'Edit' } as const;
      const edits = Object.fromEntries(names.map((one) => [one, `${window.text(one)}, b${round}`]));
      done.push({ changes: await window.bulk('Edit', edits), by });
    } else {
      const deleted = tags.find((tag) => tag.startsWith('d'));
      const text = what === 2 && deleted !== undefined ? tags.filter((tag) => tag !== deleted) : [...tags, `h${round}`];
      window.commit();
      const change = window.type(name, text.join(', '));
      if (change !== undefined) done.push({ changes: [change], by: hand });
    }
    if (random(3) > 0) await window.save();
    await sleep(0);
  }
}

edit().catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});
