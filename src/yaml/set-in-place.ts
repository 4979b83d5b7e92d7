import type { FieldPath } from '#base/field-path.ts'
import { loadYamlLibrary } from './library.ts'

/** A text to put at a place of a document. */
export interface Edit {
  readonly path: FieldPath
  readonly value: string
}

/**
 * YAML or JSON with texts put in place, in double quotes. Every other character stays as it is: comments, order, indentation
 * and line ends.
 *
 * @throws Error where there is no map to hold a text, because it is an alias perhaps
 */
export async function setInYaml(text: string, edits: readonly Edit[]): Promise<string> {
  const { isMap, isScalar, parseDocument } = await loadYamlLibrary()
  const put = (before: string, { path, value }: Edit): string => {
    const document = parseDocument(before)
    const spliced = (start: number, end: number, what: string) =>
      before.slice(0, start) + what + before.slice(end)
    const old = document.getIn(path, true)
    if (isScalar(old) && old.range) {
      const [start, end] = old.range
      // An empty value stands at its colon, and one of several lines holds the end of the last of them.
      if (start === end) return spliced(start, end, ` ${JSON.stringify(value)}`)
      return spliced(start, before[end - 1] === '\n' ? end - 1 : end, JSON.stringify(value))
    }
    const map = document.getIn(path.slice(0, -1), true)
    const first = isMap(map) ? map.items[0]?.key : undefined
    if (old !== undefined || !isMap(map) || !isScalar(first) || !first.range)
      throw new Error(`there is no place for ${path.join('.')}`)
    const [start] = first.range
    const column = start - (before.lastIndexOf('\n', start - 1) + 1)
    const gap = map.flow ? ', ' : `\n${' '.repeat(column)}`
    return spliced(start, start, `${JSON.stringify(path.at(-1))}: ${JSON.stringify(value)}${gap}`)
  }
  return edits.reduce(put, text)
}
