import { captionExtensionProblem } from '../../dataset/files/imageFiles';

/** The extensions that nothing but captions has beside images, as trainers name them. */
export const plainCaptionExtensions: readonly string[] = ['.txt', '.caption', '.tags'];

/** The values of a setting, as VS Code inspects it. */
export interface InspectedSetting {
  defaultValue?: string | undefined;
  globalValue?: string | undefined;
  workspaceValue?: string | undefined;
  workspaceFolderValue?: string | undefined;
}

/**
 * The extension of caption files that the settings name, `.txt` where they name none that can be one. A workspace that
 * is not trusted may only choose among {@link plainCaptionExtensions}: with any other it would have edits of captions
 * change other files, such as scripts that lie beside plots.
 */
export function captionExtensionOf(setting: InspectedSetting, isTrusted: boolean): string {
  const { globalValue, workspaceValue, workspaceFolderValue, defaultValue } = setting;
  const ofWorkspace = [workspaceFolderValue, workspaceValue].filter(
    (value) => isTrusted || value === undefined || plainCaptionExtensions.includes(value),
  );
  const [chosen = '.txt'] = [...ofWorkspace, globalValue, defaultValue].filter((value) => value !== undefined);
  return typeof chosen === 'string' && captionExtensionProblem(chosen) === undefined ? chosen : '.txt';
}
