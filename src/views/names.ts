import { escapeLine } from '#base/escape.ts'
import { displayWidth } from '#base/width.ts'

/** As many names as fit into `width`, at least one, then how many more there are: `a, b and 31 more`. */
export function sampleNames(names: readonly string[], width: number): string {
  const more = (shown: number) => (shown < names.length ? ` and ${names.length - shown} more` : '')
  let text = escapeLine(names[0] ?? '')
  let shown = Math.min(1, names.length)
  while (shown < names.length) {
    const longer = `${text}, ${escapeLine(names[shown] ?? '')}`
    if (displayWidth(longer) + more(shown + 1).length > width) break
    text = longer
    shown++
  }
  return text + more(shown)
}

/** What all names end in from a dot on, when there are several: `.eu-west-1.compute.internal`; empty if nothing. */
export function commonDomain(names: readonly string[]): string {
  const [first = '', ...rest] = new Set(names)
  if (rest.length === 0) return ''
  for (let dot = first.indexOf('.'); dot > 0; dot = first.indexOf('.', dot + 1)) {
    const domain = first.slice(dot)
    if (rest.every((name) => name.length > domain.length && name.endsWith(domain))) return domain
  }
  return ''
}

/** `1 node`, `3 nodes`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}

/** `namespace/name`, escaped. */
export function objectName(object: { readonly namespace: string; readonly name: string }): string {
  return escapeLine(`${object.namespace}/${object.name}`)
}
