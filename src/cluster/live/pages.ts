import { unexpected } from '../answers.ts'
import type { FailedCall } from '../api-error.ts'
import type { List, ListOptions } from '../port.ts'

export interface Page<U> extends List<U> {
  /** Asks for the rest; empty at the end. */
  readonly token: string
}

/**
 * Asks for the page of a token, the empty one being the first's. `ahead` is told the token of the page behind it as soon as that
 * is known: before the items, in protobuf.
 */
type AskPage<U> = (token: string, signal: AbortSignal, ahead: (token: string) => void) => Promise<Page<U>>

/**
 * A list page after page. The page behind the one that is awaited is asked for as soon as that one has told its token, and read
 * while it comes; none further on, so that a server has two requests of a list at a time.
 *
 * @throws ApiError for a server that leads in a circle, which kubectl would follow for ever
 */
export async function allPages<U>(
  { progress, signal }: Pick<ListOptions<unknown, U>, 'progress' | 'signal'>,
  call: FailedCall,
  askPage: AskPage<U>,
): Promise<List<U>> {
  const over = new AbortController()
  const within = signal ? AbortSignal.any([signal, over.signal]) : over.signal
  const items: U[] = []
  const tokens = new Set<string>()
  const ask = (token: string) => {
    let ahead = (_token: string) => {}
    const behind = new Promise<string>((resolve) => {
      ahead = resolve
    })
    const page = askPage(token, within, ahead)
    // Whoever waits for it learns of its failure.
    page.then(({ token }) => ahead(token)).catch(() => {})
    return { page, behind }
  }
  try {
    for (let awaited = ask(''); ; ) {
      const next = awaited.behind.then((token) => (token === '' ? undefined : ask(token)))
      const page = await awaited.page
      for (const item of page.items) items.push(item)
      progress?.(items.length)
      if (tokens.has(page.token)) throw unexpected(call, 'a list without an end: it repeats a continue token')
      tokens.add(page.token)
      const following = await next
      if (!following) return { items, resourceVersion: page.resourceVersion }
      awaited = following
    }
  } catch (error) {
    over.abort(error)
    throw error
  }
}
