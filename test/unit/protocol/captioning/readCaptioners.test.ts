import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { isCaptionerProfile } from '../../../../src/protocol/captioning/captionerChecks';
import { captionerPresets, presetNames } from '../../../../src/protocol/captioning/captionerPresets';
import { outputProblems, promptProblems } from '../../../../src/protocol/captioning/placeholders';
import { readCaptioners } from '../../../../src/protocol/captioning/readCaptioners';

const least = { name: 'Mine', endpoints: ['http://localhost:8000/v1'] };

describe('Captioners in the settings', () => {
  it('need a name and an address, and are else as the general preset', () => {
    const { profiles, problems } = readCaptioners([least]);
    assert.deepEqual(problems, []);
    assert.deepEqual(profiles, [{ ...captionerPresets.general, ...least }]);
  });

  it('take each value from their preset that they do not set', () => {
    const { profiles, problems } = readCaptioners([
      {
        ...least,
        preset: 'qwen3-vl',
        prompt: 'Describe it. Tags: {tags}',
        sampling: { temperature: 1.1, seed: 7 },
        output: { template: '{tags}. {prose}' },
        imageSide: 512,
      },
    ]);
    assert.deepEqual(problems, []);
    const [profile] = profiles;
    assert.equal(profile?.prompt, 'Describe it. Tags: {tags}');
    assert.equal(profile.imageSide, 512);
    assert.deepEqual(profile.sampling, { ...captionerPresets['qwen3-vl'].sampling, temperature: 1.1, seed: 7 });
    assert.equal(profile.output.template, '{tags}. {prose}');
    assert.deepEqual(profile.output.openings, captionerPresets['qwen3-vl'].output.openings);
    assert.equal(profile.maximumInFlight, captionerPresets['qwen3-vl'].maximumInFlight);
  });

  it('leave a value of the preset to the server where they say null', () => {
    const { profiles, problems } = readCaptioners([
      { ...least, preset: 'qwen3-vl', sampling: { temperature: null, topP: null, extra: null } },
    ]);
    assert.deepEqual(problems, []);
    assert.deepEqual(profiles[0]?.sampling, { maxTokens: captionerPresets['qwen3-vl'].sampling.maxTokens });
  });

  it('have each address once, without blanks around it', () => {
    const endpoints = [' http://a:1/v1', 'http://a:1/v1 ', '', 'https://b.example/api/v4'];
    assert.deepEqual(readCaptioners([{ ...least, endpoints }]).profiles[0]?.endpoints, [
      'http://a:1/v1',
      'https://b.example/api/v4',
    ]);
  });

  const wrong: [what: string, entry: object, said: RegExp][] = [
    ['no name', { endpoints: least.endpoints }, /Captioner 2 of the list.*name is missing/],
    ['no address', { name: 'Bad' }, /Captioner "Bad".*endpoints is missing/],
    ['an address of another kind', { endpoints: ['ftp://a'] }, /endpoints: An address begins with http/],
    ['an address with a password', { endpoints: ['http://u:geheim@a/v1'] }, /no user name or password/],
    ['a text for a number', { imageSide: '1024' }, /imageSide must be a whole number from 64 to 8192/],
    [
      'a temperature that is too high',
      { sampling: { temperature: 3 } },
      /sampling\.temperature must be a number from 0 to 2/,
    ],
    ['no tokens', { sampling: { maxTokens: 0 } }, /sampling\.maxTokens must be a whole number from 1/],
    ['an unknown preset', { preset: 'llava' }, /preset must be general, qwen3-vl, joycaption, toriigate/],
    ['an unknown placeholder', { prompt: 'Use {tag}.' }, /prompt: \{tag\} is no placeholder/],
    ['an empty prompt', { prompt: '' }, /prompt: The prompt is empty/],
    ['a template without the answer', { output: { template: '{tags}' } }, /output\.template: .*\{prose\}/],
    ['openings that are one text', { output: { openings: 'Sure' } }, /output\.openings must be a list of texts/],
    [
      'a language in words',
      { output: { language: 'German please' } },
      /output\.language must be the code of a language/,
    ],
    ['a key', { apiKey: 'sk-1' }, /apiKey does not belong into settings/],
    [
      'a key among the fields of the request',
      { sampling: { extra: { api_key: 'sk-1' } } },
      /does not belong into settings/,
    ],
    [
      'a field of the request that is its own',
      { sampling: { extra: { messages: [] } } },
      /sampling\.extra\.messages is set/,
    ],
    ['a sampling that is a list', { sampling: [] }, /sampling must be an object/],
    ['the name of another', { name: 'Mine' }, /name is that of another captioner/],
  ];
  for (const [what, entry, said] of wrong) {
    it(`say ${what}, and are all there but that one`, () => {
      const bad = {
        ...(what.startsWith('no ') && !what.includes('tokens') ? {} : { ...least, name: 'Bad' }),
        ...entry,
      };
      const { profiles, problems } = readCaptioners([least, bad, { ...least, name: 'Last' }]);
      assert.deepEqual(
        profiles.map(({ name }) => name),
        ['Mine', 'Last'],
      );
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.match(problems[0] ?? '', said);
      assert.doesNotMatch(problems.join(), /geheim|sk-1/);
    });
  }

  it('say a field that nobody knows, and are used all the same', () => {
    const { profiles, problems } = readCaptioners([{ ...least, promt: 'Hello' }]);
    assert.equal(profiles.length, 1);
    assert.match(problems.join(), /"Mine": promt means nothing.*prompt/);
  });

  it('are none where nothing is set, and wrong where they are no list', () => {
    assert.deepEqual(readCaptioners(undefined), { profiles: [], problems: [] });
    assert.deepEqual(readCaptioners([]), { profiles: [], problems: [] });
    assert.match(readCaptioners({ name: 'x' }).problems.join(), /must be a list/);
    assert.match(readCaptioners(['x']).problems.join(), /Captioner 1 of the list must be an object/);
  });

  it('are captioners as the manifests of jobs check them, whatever stands in the settings', () => {
    const anything = fc.record(
      {
        name: fc.oneof(fc.string(), fc.constant('a')),
        endpoints: fc.oneof(fc.constant(['http://a/v1']), fc.jsonValue()),
        preset: fc.oneof(fc.constantFrom<string>(...presetNames), fc.jsonValue()),
        prompt: fc.oneof(fc.constant('Describe it.'), fc.jsonValue()),
        sampling: fc.oneof(
          fc.record({ temperature: fc.double(), seed: fc.jsonValue(), extra: fc.jsonValue() }),
          fc.jsonValue(),
        ),
        output: fc.oneof(fc.record({ template: fc.constant('{prose}') }), fc.jsonValue()),
        imageSide: fc.oneof(fc.integer(), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(anything, fc.jsonValue()), { maxLength: 4 }), (value) => {
        const { profiles, problems } = readCaptioners(value);
        assert.ok(profiles.every(isCaptionerProfile));
        assert.ok(profiles.length + problems.length >= value.length);
      }),
    );
  });
});

/** The schema of the setting, as VS Code checks it while somebody writes. */
interface Schema {
  type?: string | string[];
  minimum?: number;
  maximum?: number;
  enum?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
}

function schemaOfCaptioner(): Record<string, Schema> {
  const manifest = JSON.parse(readFileSync(path.resolve(__dirname, '../../../package.json'), 'utf8')) as {
    contributes: { configuration: { properties: Record<string, Schema> }[] };
  };
  const sections = manifest.contributes.configuration.map(({ properties }) => properties['datasetCaptions.captioners']);
  return sections.find((section) => section !== undefined)?.items?.properties ?? {};
}

describe('The schema of the setting', () => {
  const { sampling, output, ...fields } = schemaOfCaptioner();
  const numbers = [fields, { ...sampling?.properties }].flatMap((properties, index) =>
    Object.entries(properties).flatMap(([name, { minimum, maximum }]) =>
      minimum === undefined ? [] : [{ name, minimum, maximum, group: index === 0 ? undefined : 'sampling' }],
    ),
  );

  for (const { name, minimum, maximum, group } of numbers) {
    it(`has the limits that are checked: ${name}`, () => {
      const isRead = (value: number): boolean => {
        const field = { [name]: value };
        return (
          readCaptioners([{ ...least, ...(group === undefined ? field : { [group]: field }) }]).profiles.length === 1
        );
      };
      assert.ok(isRead(minimum));
      assert.ok(!isRead(minimum - 1));
      if (maximum === undefined) return;
      assert.ok(isRead(maximum));
      assert.ok(!isRead(maximum + 1));
    });
  }

  it('has the fields that are read', () => {
    assert.ok(numbers.length >= 7);
    assert.deepEqual(Object.keys(output?.properties ?? {}).sort(), Object.keys(captionerPresets.general.output).sort());
    assert.deepEqual(
      Object.keys({ ...fields, sampling, output }).sort(),
      [...Object.keys(captionerPresets.general), 'name', 'endpoints', 'preset'].sort(),
    );
  });
});

describe('The presets', () => {
  it('are those that the schema of the setting offers', () => {
    assert.deepEqual(schemaOfCaptioner().preset?.enum?.toSorted(), [...presetNames].sort());
  });

  for (const name of presetNames) {
    it(`have one that can be used as it is: ${name}`, () => {
      const { prompt, output } = captionerPresets[name];
      assert.deepEqual([...promptProblems(prompt), ...outputProblems(output.template)], []);
      assert.ok(isCaptionerProfile({ ...captionerPresets[name], ...least }));
    });
  }

  it('put tags into ToriiGate’s prompt under its own header', () => {
    assert.match(captionerPresets.toriigate.prompt, /# Booru tags for the image\n\[\{tags\}\]/);
  });
});
