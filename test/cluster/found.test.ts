import { expect, test } from 'vitest'
import { ifReadable } from '#cluster/found.ts'
import { ConnectionError } from '#cluster/live/connection-errors.ts'
import { refusedWith } from '../helpers/memory-cluster.ts'

const forbidden = refusedWith(403, 'Forbidden', 'nodes is forbidden')
const notFound = refusedWith(404, 'NotFound', 'the server could not find the requested resource')
const unauthorized = refusedWith(401, 'Unauthorized', 'Unauthorized')
const broken = new ConnectionError('Unable to connect to the server: EOF', 'ECONNRESET', undefined)

test('what may be read is what was read', async () => {
  expect(await ifReadable(Promise.resolve('an answer'))).toBe('an answer')
})

test.each([
  ['what may not be read', forbidden, undefined],
  ['a kind that the server does not have', notFound, undefined],
  ['an absence that no permission hides', notFound, [404]],
  ['a missing permission alone', forbidden, [403]],
])('%s stays away', async (_, error, refusals) => {
  expect(await ifReadable(Promise.reject(error), refusals)).toBeUndefined()
})

test.each([
  ['a sender that is not known', unauthorized, undefined],
  ['a connection that broke', broken, undefined],
  ['a missing permission, where only absence was asked about', forbidden, [404]],
  ['an absence, where only a missing permission was asked about', notFound, [403]],
  ['a defect', new TypeError('x is undefined'), undefined],
])('%s is a failure', async (_, error, refusals) => {
  await expect(ifReadable(Promise.reject(error), refusals)).rejects.toBe(error)
})
