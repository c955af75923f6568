import fc from 'fast-check';

/** Captions as people and vision-language models write them: of each, all is prose. */
export const honestCaptions: readonly string[] = [
  'A young woman with long red hair stands in a sunlit field, wearing a white dress and a straw hat. She looks at the viewer with a soft smile, one hand holding the brim of her hat.',
  'The image shows a cat, curled up on a windowsill, asleep. Outside, rain falls on a grey city.',
  'A close-up portrait of an elderly man, his face lined, his beard white, lit from the left. The background is dark, out of focus.',
  'Two children play on a beach at sunset, their shadows long on the wet sand, while a brown dog, ears flying, runs after a red ball.',
  'In the foreground, a wooden table holds a bowl of oranges, a glass of water and a knife. Behind it, a blue curtain moves in the wind.',
  'This is a digital painting of a castle, tall and narrow, on a cliff above the sea. Clouds, pink and gold, fill the sky.',
  'Outdoors, a girl stands by a tree, smiling.',
  'She waves, happily.',
  'There are three birds on the wire: one red, one blue, one yellow.',
  'A sign reads "No. 6, Main St." and glows, although it is day.',
  'Dr. Brown, a man with wild white hair, shouts "Great Scott!", and points at the clock, which shows 10:04 p.m. on a stormy night.',
  'The bottle holds 3.5 litres, i.e. a little less than a gallon, and stands on a shelf, alone.',
  'a girl stands in a field, smiling. she waves at the viewer, her dress blue, her hair tied back.',
  'a photo of a woman with red hair standing in front of a brick wall, wearing a black leather jacket',
  'In Tokyo, Hatsune Miku sings on a stage, lights behind her, thousands of fans before her.',
  'On the left, a tall man, in black, holds an umbrella; on the right, a boy, soaked, laughs.',
  'Is this a robot, a toy, or a person in a suit? It stands in a corridor, arms down, eyes glowing.',
  'What a view! Mountains, snowy and sharp, rise over a lake, green and still.',
  'The U.S. flag, torn and faded, hangs from a pole in front of the old courthouse.',
  'A woman (about 30, dark hair, glasses) reads a book, "The Trial", on a train, next to a window.',
  'Her hair is black, short, and wet; her coat, too, is black... She does not look at us.',
  'Mr. Smith and Mrs. Smith, both in grey, wait at a bus stop, No. 42, in the rain.',
  'An astronaut floats above the Earth, tethered, calm, a hand stretched out toward a drifting, glittering tool.',
  'It is night. Snow falls, softly, on a village, whose windows, small and yellow, are the only light.',
  'Low-angle shot of a skyscraper, its glass, green and blue, mirroring clouds, with a crane on top of it.',
  'Eine Frau steht am Fenster, die Hände gefaltet, und schaut auf die Straße.',
  'Une femme est assise dans un café, un livre ouvert devant elle, et regarde la pluie.',
  '赤い服を着た女の子が立っている, 笑っている。猫を抱いている少女。',
  '一个年轻女孩站在花园里，手里拿着一把红色的伞，微笑着看着镜头。',
  'The style is that of the 1920s, art deco, with gold lines, black ground, and sharp, repeated fans. She wears a headband, a string of pearls, and',
  'Three men sit at a round table, playing cards, drinking, laughing; a fourth, older, watches them from the door.',
  'A bowl of ramen, seen from above, with an egg, two slices of pork, nori, and spring onions, steams on a dark counter.',
  'The character is drawn in chibi style, with a large head, tiny hands, and round, shining eyes.',
  'They walk, hand in hand, along a pier, under a sky that is grey, heavy, and low.',
  'Smoke, thick and black, rises from a burning car, while firefighters, in yellow, run toward it.',
];

/** Lists of tags that have what sentences have: full stops, exclamation marks, capital letters, many words. */
export const tagLists: readonly (readonly string[])[] = [
  ['1girl', 'dr. stone', 'senku ishigami', 'looking at viewer', 'mr. popo', 'no. 6'],
  ['1girl', 'hair over one eye', 'dr. stone', 'solo'],
  ['1girl', ':.', '...', '!?', '!!', '?', ':3', '^_^', 'o_o', '+_+'],
  ['3.5mm lens', 'f/1.8', 'ver. 2.0', '1990s (style)', 'photo, 35mm'].flatMap((tag) => tag.split(', ')),
  ['1girl', 'love live!', 'love live! school idol project', 'hand on own hip', 'smile'],
  ['hand on own hip', 'love live!', '1girl', 'k-on!', "yu-gi-oh! 5d's", 'idolmaster cinderella girls'],
  ['The Legend of Zelda', 'Super Smash Bros.', 'Link', 'dr. mario', 'solo'],
  ['oshi no ko', 'kono subarashii sekai ni shukufuku wo!', '1girl', 'megumin', 'hat'],
  ['hair between eyes', 'standing on one leg', "hand on another's shoulder", 'looking back at viewer', 'st. gloriana'],
  ['saber \\(fate\\)', 'fate/stay night', '(smile:1.2)', 'j. r. r. tolkien', 'vol. 3', 'ft. somebody'],
  ['from behind', 'two side up', 'one eye closed', 'on back', 'in water', 'at night', 'as109', 'with animal'],
  ['capt. america', 'lt. surge', 'sgt. frog', 'ms. marvel', 'mt. fuji', 'st. patrick', 'etc.'],
  ['masterpiece', 'best quality', 'very aesthetic', 'score_9', 'rating: general', 'solo.'],
  ['what', '?!', 'spoken question mark', 'heart!', 'aqua eyes', "don't starve"],
];

const subject = fc.constantFrom(
  'A woman',
  'An old man',
  'The cat',
  'A tall, thin boy',
  'Anna',
  'The red car',
  'She',
  'Dr. Lee',
);
const verb = fc.constantFrom('stands', 'is sitting', 'waits', 'sleeps', 'can be seen', 'rests', 'looks at us');
const place = fc.constantFrom(
  'in a garden',
  'on the roof of a house',
  'beside a wide, slow river',
  'under a tree (an oak, perhaps)',
  'near the sign "Main St., No. 5"',
  'at 3.5 m from the wall',
);
const aside = fc.constantFrom(
  ', smiling',
  ', tired and cold',
  ', with a hat, a scarf, and a coat',
  ', hands folded, eyes closed',
  ', sunlit',
  '; the sky is blue, almost white',
  ', e.g. a violin, in hand',
  '',
);
const end = fc.constantFrom('.', '.', '.', '!', '...', '?');

/** A sentence, with commas. */
export const sentence = fc
  .tuple(subject, verb, place, fc.array(aside, { maxLength: 3 }), end)
  .map(([who, does, where, asides, sign]) => `${who} ${does} ${where}${asides.join('')}${sign}`);

/** One to five sentences on a line. */
export const prose = fc.oneof(
  { weight: 5, arbitrary: fc.array(sentence, { minLength: 1, maxLength: 5 }).map((sentences) => sentences.join(' ')) },
  { weight: 1, arbitrary: fc.constantFrom(...honestCaptions) },
);

/** Tags as taggers write them. */
export const tags = fc.uniqueArray(
  fc.constantFrom(
    ...['1girl', 'solo', 'red hair', 'dr. stone', 'hair over one eye', ':3', 'smile', 'looking at viewer', 'hat'],
    ...['saber \\(fate\\)', '(blush:1.2)', 'love live!', 'long_hair', 'no. 6', 'from behind'],
  ),
  { minLength: 1, maxLength: 6 },
);
