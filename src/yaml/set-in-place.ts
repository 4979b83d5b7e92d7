import type { FieldPath } from '#base/field-path.ts'

/** A text to put at a place of a document. */
export interface Edit {
  readonly path: FieldPath
  readonly value: string
}

/** YAML or JSON with texts put in place; comments, order and layout of all the rest stay. */
export async function setInYaml(text: string, edits: readonly Edit[]): Promise<string> {
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text)
  for (const { path, value } of edits) document.setIn(path, value)
  return document.toString({ lineWidth: 0 })
}
