/** The view type of the editor that shows a folder as a dataset, as package.json names it. */
export const datasetEditorViewType = 'datasetCaptions.editor';
