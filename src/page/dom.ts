/** Elements are made of text and attributes alone: nothing that a page shows is ever read as markup. */
type Child = Node | string | undefined | false

interface Properties {
  readonly [attribute: string]: string | number | boolean | ((event: Event) => void) | undefined
}

/** An element; functions are listeners, `true` is an attribute without value, `false` and undefined are none. */
export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue
    if (typeof value === 'function') element.addEventListener(key, value)
    else if (key === 'text') element.textContent = String(value)
    else element.setAttribute(key, value === true ? '' : String(value))
  }
  for (const child of children) if (child !== undefined && child !== false) element.append(child)
  return element
}

/**
 * Puts others in the place of what is in an element. Whoever had the focus keeps it, if it has a like by `data-key`; else the
 * section around gets it.
 */
export function fill(element: Element, ...children: readonly Child[]): void {
  const focused = element.contains(document.activeElement) ? document.activeElement : null
  const key = focused?.getAttribute('data-key')
  element.replaceChildren(...children.filter((child) => child !== undefined && child !== false))
  if (!focused) return
  const like = [...element.querySelectorAll<HTMLElement>('[data-key]')].find(
    (one) => one.getAttribute('data-key') === key,
  )
  const next = like ?? element.closest<HTMLElement>('[tabindex="-1"]')
  next?.focus({ preventScroll: true })
}

/** The element of the page's own skeleton that has this id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found) throw new Error(`the page has no #${id}`)
  return found
}
