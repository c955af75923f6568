/** The captions of the dataset on which cases of a slow link are played, by the paths of their images. */
export const linkCaptions: Readonly<Record<string, string>> = {
  '1_one/a.webp': 'ant, monochrome',
  '1_one/b.webp': 'bee, monochrome',
  '1_one/c.webp': 'cat, monochrome',
  '1_one/d.webp': 'dog, monochrome',
  '2_two/e.webp': 'elk, umbrella',
  '2_two/f.webp': 'fox, umbrella',
  '2_two/g.webp': 'gnu, umbrella',
  '2_two/h.webp': 'hen, umbrella',
  '3_three/i.webp': 'ibis, panorama, sepia, night',
  '3_three/j.webp': 'jay, panorama',
  '3_three/k.webp': 'koi, panorama',
  '3_three/l.webp': 'lynx, panorama',
};

/** The images in the order of names. */
export const linkImages = Object.keys(linkCaptions);
