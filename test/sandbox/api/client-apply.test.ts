import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject, KubeObject } from '#kube/types.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { manualClock } from '../../helpers/manual-clock.ts'
import { ask } from '../../helpers/sandbox-client.ts'

interface Recorded {
  readonly id: string
  readonly live: JsonObject
  /** Null: kubectl found nothing to send. */
  readonly patch: JsonObject | null
  readonly warned: readonly string[]
  readonly after: JsonObject
}

const file = resolve(process.env.KDS_CORPUS ?? '../shared', 'vectors/apply.jsonl')
const present = existsSync(file)
const recorded = (present ? readFileSync(file, 'utf8') : '')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Recorded)
const sent = recorded.filter(({ patch }) => patch !== null)

/** Each object lives in a namespace of its own, since all have one name. */
const namespaceOf = ({ id }: Recorded) => `v-${id}`
const placed = (one: Recorded): KubeObject =>
  ({
    ...one.live,
    metadata: { ...(one.live.metadata as JsonObject), namespace: namespaceOf(one) },
  }) as KubeObject

/** The object without what differs from run to run, and what controllers count. */
function lasting(object: unknown): unknown {
  const { metadata, status: _status, ...rest } = object as JsonObject
  const { uid, resourceVersion, creationTimestamp, managedFields, namespace, ...kept } =
    metadata as JsonObject
  return { ...rest, metadata: kept }
}

/** What kubectl adds by itself. */
const ofKubectl = /is missing the kubectl\.kubernetes\.io\/last-applied-configuration annotation/

describe.skipIf(!present)(
  present
    ? `${sent.length} patches of kubectl apply`
    : `kubectl apply's patches (SKIPPED: ${file} is absent)`,
  () => {
    let sandbox: Sandbox
    beforeAll(async () => {
      const clock = manualClock(Date.parse('2026-11-21T20:00:00Z'))
      const namespaces = sent.map((one) => ({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: namespaceOf(one) },
      }))
      sandbox = await startSandbox({ clock, objects: [...namespaces, ...sent.map(placed)] })
    })
    afterAll(() => sandbox.close())

    it.each(sent)('$id makes of the object what the real server made of it', async (one) => {
      const answer = await ask(sandbox, {
        method: 'PATCH',
        path: `/apis/apps/v1/namespaces/${namespaceOf(one)}/daemonsets/agent?fieldManager=kubectl-client-side-apply&fieldValidation=Ignore`,
        contentType: 'application/strategic-merge-patch+json',
        body: one.patch,
      })
      expect(answer.status, answer.text).toBe(200)
      expect(lasting(answer.body)).toEqual(lasting(one.after))
      const warnings = String(answer.headers.warning ?? '')
        .split(/(?:^|, )299 - /)
        .filter((text) => text !== '')
        .map((text) => JSON.parse(text) as string)
      const expected = one.warned
        .filter((text) => !ofKubectl.test(text))
        .map((text) => text.replace('Warning: ', ''))
      expect(warnings).toEqual(expected)
    })
  },
)
