/** Color themes by their names in settings: how the picker calls them, and the file that the workbench's class names. */
export const colorThemes: Record<string, { label: string; file: string }> = {
  'Dark 2026': { label: 'Dark 2026', file: '2026-dark' },
  'Light 2026': { label: 'Light 2026', file: '2026-light' },
  'Dark Modern': { label: 'Dark Modern', file: 'dark_modern' },
  'Light Modern': { label: 'Light Modern', file: 'light_modern' },
  'Default High Contrast': { label: 'Dark High Contrast', file: 'hc_black' },
  'Default High Contrast Light': { label: 'Light High Contrast', file: 'hc_light' },
};
