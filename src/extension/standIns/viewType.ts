/** The view type of the editor that shows a folder as a dataset; must be the same as in package.json. */
export const datasetEditorViewType = 'datasetCaptions.editor';
