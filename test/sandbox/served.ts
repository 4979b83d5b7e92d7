/** A sandbox with its HTTP side, on a clock that is moved by hand: `serve` makes one for the tests of a file. */
import { afterAll, beforeAll } from 'vitest'
import { type Sandbox, type SandboxOptions, startSandbox } from '#sandbox/sandbox.ts'
import { type ManualClock, manualClock } from '../helpers/manual-clock.ts'
import { type Answer, type Ask, ask, until } from '../helpers/sandbox-client.ts'

interface Meta {
  readonly name: string
  readonly resourceVersion: string
  readonly generation?: number
  readonly continue?: string
  readonly remainingItemCount?: number
  readonly managedFields?: readonly { readonly manager: string; readonly fieldsV1: object }[]
}

/** What the API answers with, as far as tests look into it. */
export interface Body {
  readonly kind: string
  readonly metadata: Meta
  readonly items: readonly { readonly metadata: Meta }[]
  readonly [field: string]: unknown
}

export const configMaps = '/api/v1/namespaces/default/configmaps'
export const daemonSets = '/apis/apps/v1/namespaces/default/daemonsets'

export const daemonSet = (name: string, spec: object = {}) => ({
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
    ...spec,
  },
})

export let sandbox: Sandbox
export let clock: ManualClock

/** Starts a sandbox before the tests of the file, with ConfigMaps `a` to `d`, and closes it after them. */
export function serve(options: SandboxOptions = {}): void {
  beforeAll(async () => {
    clock = manualClock(Date.parse('2026-11-20T20:00:00Z'))
    sandbox = await startSandbox({ nodes: 2, clock, faults: true, logCapacity: 100, ...options })
    clock.advance(10)
    for (const name of ['a', 'b', 'c', 'd']) await post(configMaps, { metadata: { name, labels: { name } } })
  })
  afterAll(() => sandbox.close())
}

export const send = async (asked: Ask): Promise<Answer & { readonly body: Body }> =>
  (await ask(sandbox, asked)) as Answer & { readonly body: Body }
export const get = (path: string, headers: Record<string, string> = {}) => send({ path, headers })
export const post = (path: string, body: object) => send({ method: 'POST', path, body })
export const put = (path: string, body: object) => send({ method: 'PUT', path, body })
export const merge = (path: string, body: object) =>
  send({ method: 'PATCH', path, body, contentType: 'application/merge-patch+json' })
export const remove = (path: string) => send({ method: 'DELETE', path })

export const watchIsOpen = () => until(() => sandbox.control.openWatches() > 0)

/** Every line of a watch that ends by itself: at its timeout, to which the clock is moved. */
export async function watched(
  path: string,
  during: () => Promise<unknown> = async () => undefined,
  headers: Record<string, string> = {},
) {
  const answer = get(`${path}${path.includes('?') ? '&' : '?'}watch=1&timeoutSeconds=5`, headers)
  await watchIsOpen()
  await during()
  clock.advance(6000)
  return (await answer).text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly type: string; readonly object: Body })
}
