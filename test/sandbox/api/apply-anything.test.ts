import fc from 'fast-check'
import { expect, it } from 'vitest'
import { runs } from '../../helpers/random-cases.ts'
import { type ManagedFields, ownersOf } from '../managed.ts'
import { configMaps, get, send, serve } from '../served.ts'

serve()

const path = `${configMaps}/any`
const word = fc.constantFrom('a', 'b', '__proto__', 'toString')
const data = fc.dictionary(word, fc.constantFrom('1', '2'))
const junk = fc.jsonValue({ maxDepth: 3 })
const own = fc.record({
  data: fc.oneof({ weight: 5, arbitrary: data }, junk),
  labels: fc.oneof({ weight: 5, arbitrary: data }, junk),
})
const config = own.map(({ data, labels }) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'any', labels },
  data,
}))
const request = fc.record({
  body: fc.oneof({ weight: 6, arbitrary: config }, { weight: 1, arbitrary: junk }),
  manager: fc.constantFrom('ann', 'bob'),
  way: fc.constantFrom('apply', 'force', 'merge', 'put'),
})

const contentTypes = {
  apply: 'application/apply-patch+yaml',
  force: 'application/apply-patch+yaml',
  merge: 'application/merge-patch+json',
  put: 'application/json',
} as const

it('whatever is sent, by whatever way: an answer, and managers of fields that are there', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 8 }), async (requests) => {
      await send({ method: 'DELETE', path })
      for (const { body, manager, way } of requests) {
        const { status, body: answer } = await send({
          method: way === 'put' ? 'PUT' : 'PATCH',
          path: `${path}?fieldManager=${manager}${way === 'force' ? '&force=true' : ''}`,
          body: JSON.stringify(body),
          contentType: contentTypes[way],
        })
        // What does not fit its type is a 500 to a server that applies, and says so; nothing else is.
        const expected = [200, 201, 400, 404, 409, 422]
        if (!expected.includes(status))
          expect(answer.message).toMatch(/^failed to create typed patch object /)
        const { body: now } = await get(path)
        const { managedFields = [] } = now.metadata as unknown as { managedFields?: readonly ManagedFields[] }
        const there = (field: 'data' | 'labels') =>
          Object.keys((field === 'data' ? now.data : (now.metadata as { labels?: object }).labels) ?? {})
        for (const [by, fields] of Object.entries(ownersOf(managedFields)))
          for (const owned of fields) {
            const [, of, name] = /^\.(?:metadata\.)?(data|labels)\.(.*)$/.exec(owned) ?? []
            if (name !== undefined) expect(there(of as 'data'), `${by} ${owned}`).toContain(name)
          }
      }
    }),
    runs(100),
  )
}, 60_000)
