import { expect } from 'vitest'
import type { ApiError } from '#cluster/api-error.ts'
import { type Script, status, testServer } from '../../helpers/scripted-server.ts'
import { connectTo, testHost } from '../../helpers/test-host.ts'

/** A server that answers by scripts, and a cluster that asks it. */
export async function serving(...scripts: Script[]) {
  const server = await testServer(scripts)
  const host = testHost()
  const { cluster } = await connectTo(server.url, host)
  return { server, host, cluster }
}

export const a = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'a', namespace: 'default' } }
export const there = { name: 'a', namespace: 'default' }
export const busy = status(429, 'TooManyRequests', 'slow down', { retryAfterSeconds: 3 })
/** The error in which a call ends. */
export const failure = (call: Promise<unknown>) => {
  const error = call.then(
    () => expect.unreachable(),
    (thrown: ApiError) => thrown,
  )
  return error
}
