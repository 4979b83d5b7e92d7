import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KubeObject } from '#kube/types.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { type ManualClock, manualClock } from '../helpers/manual-clock.ts'
import { type Answer, ask } from '../helpers/sandbox-client.ts'

interface Exchange {
  readonly note: string
  readonly request: {
    readonly method: string
    readonly path: string
    readonly contentType?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: unknown
  }
  readonly response: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: Readonly<Record<string, unknown>>
  }
}

const exchanges = JSON.parse(
  readFileSync('test/fixtures/sandbox/exchanges.json', 'utf8'),
) as readonly Exchange[]

/** The recorded cluster had twelve nodes; four of them can be read from its answers, the others are like the second. */
function recordedNodes(): KubeObject[] {
  const pages = exchanges.filter(({ note }) => note === 'list with a limit' || note === 'the next page')
  const known = pages.flatMap(({ response }) => response.body.items as { metadata: { name: string } }[])
  const [, plain] = known
  const others = ['2', '3', '4', '5', '6', '7', '8', '9'].map((number) => {
    const copy = structuredClone(plain) as { metadata: { name: string }; spec: { taints?: object[] } }
    copy.metadata.name = `ip-10-0-0-${number}.ec2.internal`
    if (number === '3') copy.spec.taints = [{ key: 'gpu', effect: 'NoSchedule' }]
    if (number === '5') copy.spec.taints = [{ key: 'dedicated', value: 'x', effect: 'NoExecute' }]
    return copy
  })
  return [...known, ...others].map((node) => ({ apiVersion: 'v1', kind: 'Node', ...node }) as KubeObject)
}

const volatile = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
  'time',
  'continue',
  'pod-template-hash',
  'controller-revision-hash',
])

/** What may differ between two runs is blotted out: uids, versions, times, ages, and how far the controller has got. */
function comparable(value: unknown, path: readonly string[] = []): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => comparable(item, path))
    return path.at(-1) === 'rows'
      ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : items
  }
  if (typeof value === 'string')
    return value
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')
      .replace(/too old resource version: \d+ \(\d+\)/, 'too old resource version')
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(
    ([key]) => key !== 'managedFields' && !(key === 'status' && isCounters(value)),
  )
  return Object.fromEntries(
    kept.map(([key, part]) => {
      if (volatile.has(key)) return [key, key]
      if (key === 'name' && path.includes('rows')) return [key, 'NAME']
      if (key === 'cells') return [key, (part as unknown[]).map(cell)]
      return [key.replace(/\{"uid":.*/, 'UID'), comparable(part, [...path, key])]
    }),
  )
}

const isCounters = (value: object) => 'kind' in value && value.kind === 'DaemonSet'

/** Ages differ, and the random end of a revision's name. */
const cell = (value: unknown) =>
  typeof value === 'string'
    ? value.replace(/^\d+[smh]\S*$/, 'AGE').replace(/^a-[a-z0-9]{5,10}$/, 'a-HASH')
    : value

/** Messages that carry the words of Go's own JSON parser. */
const goText = new Set(['bad JSON', 'list with a broken continue token'])

describe(`the ${exchanges.length} recorded exchanges with a v1.36 server`, () => {
  let sandbox: Sandbox
  let clock: ManualClock
  let page = ''
  const answers: Answer[] = []

  beforeAll(async () => {
    clock = manualClock(Date.parse('2026-11-20T20:39:34Z'))
    sandbox = await startSandbox({ clock, objects: recordedNodes() })
    clock.advance(1)
    for (const { note, request } of exchanges) {
      // The recorded controller had caught up with the creation here, and with each patch before the tables were asked for.
      if (note === 'merge patch' || request.method === 'PATCH') clock.advance(20)
      const answer = await send(note, request)
      answers.push(answer)
      if (note === 'list with a limit') page = continueOf(answer)
    }
  })
  afterAll(() => sandbox.close())

  const continueOf = (answer: Answer) =>
    (answer.body as { readonly metadata: { readonly continue: string } }).metadata.continue

  function send(note: string, request: Exchange['request']): Promise<Answer> {
    const path =
      note === 'the next page' ? request.path.replace(/continue=.*/, `continue=${page}`) : request.path
    return ask(sandbox, { ...request, path })
  }

  it.each(exchanges.map((exchange, at) => ({ ...exchange, at })))('$note', ({ note, response, at }) => {
    const answer = answers[at]
    const body = answer?.body as Readonly<Record<string, unknown>>
    expect({ status: answer?.status, reason: body.reason }).toEqual({
      status: response.status,
      reason: response.body.reason,
    })
    expect(answer?.headers['content-type']).toBe(response.headers['content-type'])
    expect(answer?.headers.warning).toBe(response.headers.warning)
    const drop = goText.has(note) ? { message: '' } : {}
    expect(comparable({ ...body, ...drop })).toEqual(comparable({ ...response.body, ...drop }))
  })

  it('keeps managed fields as the real server does', () => {
    const entries = exchanges.flatMap(({ note, response }, at) => {
      const recorded = managedFieldsOf(response.body)
      return recorded && response.status < 300
        ? [{ note, recorded, ours: managedFieldsOf(answers[at]?.body) }]
        : []
    })
    expect(entries.length).toBeGreaterThan(6)
    for (const { note, recorded, ours } of entries) expect(ours, note).toEqual(recorded)
  })
})

interface ManagedFields {
  readonly time: string
}

/** Counters that are there or not as the controller gets on. */
const counters = /"f:(updatedNumberScheduled|number\w+)":\{\},?/g

/** The managers of an object, but for their times. */
function managedFieldsOf(body: unknown): string | undefined {
  const { metadata } = (body ?? {}) as {
    readonly metadata?: { readonly managedFields?: readonly ManagedFields[] }
  }
  const entries = metadata?.managedFields?.map(({ time: _time, ...entry }) => entry)
  return entries && JSON.stringify(entries).replace(counters, '').replaceAll(',}', '}')
}
