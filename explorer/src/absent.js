// Stands where Monaco's diff editors would be: nothing on this page compares texts.
export class DiffEditorWidget {}
export class MultiDiffEditorWidget {}
