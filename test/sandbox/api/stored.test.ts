import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { goMapJson } from '#kube/go-text.ts'
import type { JsonObject } from '#kube/types.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { parseDocuments } from '#yaml/parse-documents.ts'
import { SourceText } from '#yaml/source-text.ts'
import { corpusAnswer, corpusAnswers, corpusFolder, describeCorpus } from '../../helpers/corpus.ts'
import { type ManualClock, manualClock } from '../../helpers/manual-clock.ts'
import { ask } from '../../helpers/sandbox-client.ts'

const lines = <T>(file: string): T[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)

let sandbox: Sandbox
let clock: ManualClock
beforeAll(async () => {
  clock = manualClock(Date.parse('2026-11-20T20:00:00Z'))
  sandbox = await startSandbox({ clock })
  clock.advance(10)
})
afterAll(() => sandbox.close())

const daemonSets = (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/daemonsets`

async function post(manifest: JsonObject, query = '') {
  const { namespace = 'default' } = manifest.metadata as { readonly namespace?: string }
  await ask(sandbox, { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: namespace } } })
  return ask(sandbox, { method: 'POST', path: `${daemonSets(namespace)}${query}`, body: manifest })
}

/** The object without what the server makes up anew each time. */
function lasting(object: unknown): JsonObject {
  const { metadata, status: _status, ...rest } = object as JsonObject
  const { uid, resourceVersion, creationTimestamp, managedFields, name, ...kept } = metadata as JsonObject
  return { ...rest, metadata: kept }
}

interface Validation {
  readonly id: string
  readonly mutation: string
  readonly manifest: JsonObject
  readonly accepted: boolean
  readonly decodeError?: string | null
  readonly strictErrors?: readonly string[] | null
  readonly errorDetails?: readonly { readonly type: string; readonly field: string }[] | null
}
const validations = lines<Validation>('test/fixtures/apiserver/validation.jsonl')

describe(`${validations.length} manifests, right and wrong`, () => {
  it.each(validations)(
    '$id $mutation',
    async ({ manifest, accepted, decodeError, strictErrors, errorDetails }) => {
      const { status, body } = await post(manifest, '?dryRun=All')
      // A namespace that cannot be is, to the API, one that is not there.
      const badNamespace = errorDetails?.some(({ field }) => field === 'metadata.namespace')
      const expected = badNamespace ? 404 : decodeError ? 400 : errorDetails?.length ? 422 : 201
      expect(status).toBe(expected)
      if (accepted) expect(expected).toBe(201)
      if (expected === 422) {
        const { details } = body as { details: { causes: { reason: string; field: string }[] } }
        const found = details.causes.map(({ reason, field }) => `${reason} ${field}`).sort()
        expect([...new Set(found)]).toEqual(
          [...new Set(errorDetails?.map(({ type, field }) => `${type} ${field}`))].sort(),
        )
      }
      if (!decodeError && strictErrors?.length) {
        const strict = await post(manifest, '?dryRun=All&fieldValidation=Strict')
        expect(strict.body).toMatchObject({
          code: 400,
          message: expect.stringContaining(strictErrors.join(', ')),
        })
      }
    },
  )
})

interface Revision {
  readonly id: string
  readonly twist: string
  readonly asWritten: JsonObject
  readonly daemonSet: JsonObject
  readonly data: string
}
const revisions = lines<Revision>('test/fixtures/controller/revisions.jsonl')

describe(`${revisions.length} DaemonSets and the data of their revisions`, () => {
  it.each(revisions)('$id $twist', async ({ id, twist, asWritten, daemonSet, data }) => {
    const { uid: _uid, ...metadata } = asWritten.metadata as JsonObject
    const name = `${id}-x`
    const answer = await post({ ...asWritten, metadata: { ...metadata, name } })
    if (twist === 'quantities2') {
      // Its requests are above its limits: good for a revision, and no DaemonSet that a server takes.
      expect((answer.body as JsonObject).message).toContain('must be less than or equal to memory limit')
      return
    }
    expect((answer.body as JsonObject).message).toBeUndefined()
    expect(lasting(answer.body).spec).toEqual(lasting(daemonSet).spec)
    clock.advance(10)
    const all = await ask(sandbox, { path: '/apis/apps/v1/controllerrevisions' })
    const { items } = all.body as { items: { metadata: { name: string }; data: JsonObject }[] }
    const own = items.find((revision) => revision.metadata.name.startsWith(`${name}-`))
    expect(goMapJson(own?.data ?? null)).toBe(data)
    expect(all.text).toContain(data)
  })
})

/** The apps/v1 DaemonSets of a file, in their order, those in Lists among them. */
async function daemonSetsOf(file: string): Promise<JsonObject[]> {
  // The recording's reader took a mode of 0400 for 400, as YAML 1.2 does.
  const text = readFileSync(`${corpusFolder}/daemonsets/${file}`, 'utf8').replace(/(mode: )0+(\d)/gi, '$1$2')
  const parsed = await parseDocuments(new SourceText(file, text))
  const documents = parsed.documents.map(({ value }) => value as JsonObject | null)
  const all = documents.flatMap((document) =>
    Array.isArray(document?.items) ? document.items : [document],
  ) as JsonObject[]
  return all.filter((object) => object?.kind === 'DaemonSet' && object.apiVersion === 'apps/v1')
}

describeCorpus('DaemonSets of the wild', () => {
  it.each(corpusAnswers)('$file $index', async ({ file, index }) => {
    const { name, stored, refused } = corpusAnswer(file, index)
    const original = (await daemonSetsOf(file))[index - 1] as JsonObject
    const {
      namespace: _namespace,
      resourceVersion: _version,
      uid: _uid,
      ...metadata
    } = original.metadata as JsonObject
    const renamed = name ?? /"([^"]+)" is invalid/.exec(refused ?? '')?.[1] ?? ''
    const answer = await post({ ...original, metadata: { ...metadata, name: renamed } }, '?dryRun=All')
    if (stored) {
      expect({ status: answer.status, message: (answer.body as JsonObject).message }).toEqual({
        status: 201,
      })
      expect(withoutLastApplied(lasting(answer.body))).toEqual(withoutLastApplied(lasting(stored)))
    } else {
      expect(answer.status).toBe(422)
      const { details } = answer.body as { details: { causes: { field: string; message: string }[] } }
      expect(details.causes).not.toEqual([])
      for (const { field, message } of details.causes) expect(refused).toContain(`${field}: ${message}`)
    }
  })
})

function withoutLastApplied(object: JsonObject): JsonObject {
  const { annotations, ...metadata } = object.metadata as { annotations?: JsonObject }
  const { 'kubectl.kubernetes.io/last-applied-configuration': _applied, ...kept } = annotations ?? {}
  return { ...object, metadata: { ...metadata, annotations: kept } as JsonObject }
}
