import { escapeLine } from '#base/escape.ts'
import { displayWidth } from '#base/width.ts'

/** Names of which mostly few are read, so they need not be a list. */
export type Names = Iterable<string> & { readonly length: number }

/** As many names as fit into `width`, at least one, then how many more there are: `a, b and 31 more`. */
export function sampleNames(names: Names, width: number): string {
  const more = (shown: number) => (shown < names.length ? ` and ${names.length - shown} more` : '')
  let text = ''
  let shown = 0
  for (const name of names) {
    const longer = shown === 0 ? escapeLine(name) : `${text}, ${escapeLine(name)}`
    if (shown > 0 && displayWidth(longer) + more(shown + 1).length > width) break
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

/** What most names have behind their first dot, where several have the same: `.eu-west-1.compute.internal`. */
export function usualDomain(names: readonly string[]): string {
  const found = new Map<string, number>()
  for (const name of names) {
    const domain = name.includes('.') ? name.slice(name.indexOf('.')) : ''
    found.set(domain, (found.get(domain) ?? 0) + 1)
  }
  const [domain, count] = [...found].sort(([, one], [, other]) => other - one)[0] ?? ['', 0]
  return count > 1 ? domain : ''
}

/** A name without that, if it ends so. */
export const withoutDomain = (name: string, domain: string): string =>
  name.endsWith(domain) ? name.slice(0, name.length - domain.length) : name

/** `1 node`, `3 nodes`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}

/** `namespace/name`, escaped. */
export function objectName(object: { readonly namespace: string; readonly name: string }): string {
  return escapeLine(`${object.namespace}/${object.name}`)
}
