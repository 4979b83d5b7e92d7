import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#base/json.ts'
import { podToAskAbout } from '#controller/changes/plan-admission.ts'
import type { DaemonSet } from '#kube/types.ts'
import { type PageData, questionIn, readData, writtenData } from '#planning/page-data.ts'

const daemonSet = (spec: object): DaemonSet => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'default' },
  spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec } },
})
const containers = [{ name: 'a', image: 'a' }]
const first = { key: 'first', operator: 'Exists' }
const second = { key: 'second', operator: 'Exists' }
const given = daemonSet({ nodeSelector: { own: '1' }, tolerations: [first], containers })
const edited = daemonSet({ nodeSelector: { other: '2' }, tolerations: [second], containers })
const specOf = (one: DaemonSet) => podToAskAbout(one, 'node').spec as JsonObject

const objects = {
  namespace: { metadata: { name: 'default' } },
  priorityClasses: [],
  serviceAccounts: undefined,
  runtimeClasses: undefined,
  limitRanges: undefined,
  resourceQuotas: undefined,
}

const dataWith = (asked: object): PageData => ({
  version: '1',
  now: 0,
  namespace: 'default',
  comparisonOperators: false,
  nodes: [{ metadata: { name: 'n' } }],
  cluster: { pods: [] },
  daemonSets: [{ value: given, findings: [], asked: { asked, objects, absent: [] } as never }],
})

/** The word on the pods of the edited DaemonSet. */
function askedAgain(asked: object) {
  const data = dataWith(asked)
  const [one] = data.daemonSets
  const question = one && questionIn(data, one)
  if (!question || !('ask' in question)) throw new Error('nobody is asked')
  return question.ask(edited).asked
}

describe('an edited DaemonSet', () => {
  it('has the pod that the server answered, with what its admission added, and with the edit', () => {
    const added = { key: 'namespace', operator: 'Exists', effect: 'NoSchedule' }
    const before = specOf(given)
    const spec = {
      ...before,
      nodeSelector: { own: '1', 'of.namespace': 'x' },
      tolerations: [...(before.tolerations as object[]), added],
      priority: 7,
    }
    const answer = { allowed: true, pod: { spec }, warnings: ['w'] }
    const asked = askedAgain({ source: 'server', answer, unjudged: [] })
    const found = asked.answer.pod?.spec as JsonObject
    expect(asked).toMatchObject({ source: 'server', answer: { allowed: true, warnings: ['w'] } })
    expect(found.nodeSelector).toEqual({ other: '2', 'of.namespace': 'x' })
    expect(found.tolerations).toEqual([...(specOf(edited).tolerations as object[]), added])
    expect(found.priority).toBe(7)
  })

  it('is refused as the server refused it', () => {
    const asked = { source: 'server', answer: { allowed: false, message: 'no' }, unjudged: [] }
    expect(askedAgain(asked).answer).toEqual({ allowed: false, message: 'no' })
  })

  it('is judged anew where rules have told', () => {
    const asked = askedAgain({ source: 'rules', answer: { allowed: false }, unjudged: [] })
    expect(asked.answer.allowed).toBe(true)
    expect(asked.answer.pod).toMatchObject({ spec: { nodeSelector: { other: '2' } } })
  })
})

it('the data is the same again once it is written and read', () => {
  const data = dataWith({ source: 'rules', answer: { allowed: true }, unjudged: [] })
  expect(readData(writtenData(data))).toEqual(JSON.parse(JSON.stringify(data)))
})

it('without a cluster there is no question', () => {
  const { cluster: _, ...data } = dataWith({ source: 'rules', answer: { allowed: true }, unjudged: [] })
  const [one] = data.daemonSets
  expect(one && questionIn(data, one)).toBeUndefined()
})
